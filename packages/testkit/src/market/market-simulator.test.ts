import { parseInstrument, tradingPair } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { candleWidths } from './candle-window.js'
import type { BookImage, MarketEvent } from './market-event.js'
import { MarketSimulator } from './market-simulator.js'

const btc = parseInstrument('BTC/USDT')
const eth = parseInstrument('ETH/USDT')
const trimmed = /^(0|[1-9]\d*)(\.\d*[1-9])?$/

/** Exact decimal text as a whole number of 10^-18. */
function units(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(18, '0'))
}

/** A follower as a client would keep it: absolute sizes by price, nothing else. */
class Follower {
  readonly bids: Map<string, string>
  readonly asks: Map<string, string>
  lastId: number

  constructor(image: BookImage) {
    this.bids = new Map(image.bids)
    this.asks = new Map(image.asks)
    this.lastId = image.lastId
  }

  apply(event: MarketEvent): void {
    if (event.kind !== 'book') return
    expect(event.firstId).toBe(this.lastId + 1)
    this.lastId = event.lastId
    for (const [side, levels] of [
      [this.bids, event.bids],
      [this.asks, event.asks],
    ] as const) {
      for (const [price, size] of levels) {
        if (size === '0') side.delete(price)
        else side.set(price, size)
      }
    }
  }

  image(): Pick<BookImage, 'bids' | 'asks'> {
    const rising = (a: readonly [string, string], b: readonly [string, string]): number => Number(a[0]) - Number(b[0])
    return { bids: [...this.bids].sort(rising).reverse(), asks: [...this.asks].sort(rising) }
  }
}

describe('MarketSimulator', () => {
  it('emits changes that carry any follower from an image to the book, without a gap', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 8, max: 200 }),
        fc.integer({ min: 1, max: 600 }),
        (seed, levels, steps) => {
          const market = new MarketSimulator({
            pairs: [btc, tradingPair('DOGE', 'BTC')],
            seed,
            levels,
            clock: new ManualClock(),
          })
          const followers = new Map(market.pairs.map((pair) => [pair, new Follower(market.book(pair))]))
          market.listen((event) => followers.get(event.pair)?.apply(event))
          for (let step = 0; step < steps; step++) market.step()
          for (const [pair, follower] of followers) {
            const { bids, asks, lastId } = market.book(pair)
            expect(follower.lastId).toBe(lastId)
            expect(follower.image()).toEqual({ bids, asks })
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('shows the book as it is after each step, however deep it was looked at before', () => {
    const clock = new ManualClock()
    const market = new MarketSimulator({ pairs: [btc], clock })
    for (let step = 0; step < 200; step++) {
      const [few, all] = [market.book(btc, 1), market.book(btc)]
      expect([few.bids, few.asks, few.lastId]).toEqual([all.bids.slice(0, 1), all.asks.slice(0, 1), all.lastId])
      const follower = new Follower(all)
      clock.advance(1)
      for (const event of market.step()) follower.apply(event)
      const { bids, asks, lastId, time } = market.book(btc)
      expect({ bids, asks, lastId, time }).toEqual({
        ...follower.image(),
        lastId: follower.lastId,
        time: Math.floor(clock.now()),
      })
    }
  })

  it('never crosses, empties or outgrows a book, whatever the seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 8, max: 150 }), (seed, levels) => {
        const market = new MarketSimulator({ pairs: [btc], seed, levels, clock: new ManualClock() })
        for (let step = 0; step < 2_000; step++) {
          market.step()
          const { bids, asks } = market.book(btc)
          expect(Number(bids[0]?.[0])).toBeLessThan(Number(asks[0]?.[0]))
          for (const side of [bids, asks]) {
            expect(side.length).toBeGreaterThanOrEqual(levels * 0.7)
            expect(side.length).toBeLessThanOrEqual(levels)
          }
        }
      }),
      { numRuns: 10 },
    )
  })

  it('stays near the starting price over a long run', () => {
    const market = new MarketSimulator({ pairs: [btc], seed: 3, clock: new ManualClock() })
    for (let step = 0; step < 300_000; step++) market.step()
    const { low, high } = market.statistics(btc)
    expect(Number(low)).toBeGreaterThan(87_500 * 0.7)
    expect(Number(high)).toBeLessThan(87_500 * 1.3)
  })

  it('writes every number as trimmed decimal text, in the precision of the pair', () => {
    const market = new MarketSimulator({
      pairs: [btc, eth, tradingPair('PEPE', 'USDT')],
      seed: 11,
      clock: new ManualClock(),
    })
    for (let step = 0; step < 3_000; step++) {
      for (const event of market.step()) {
        const { priceDigits, sizeDigits } = market.precision(event.pair)
        const pairs = event.kind === 'book' ? [...event.bids, ...event.asks] : [[event.price, event.size] as const]
        for (const [price, size] of pairs) {
          expect(price).toMatch(trimmed)
          expect(size).toMatch(trimmed)
          expect(price.split('.')[1]?.length ?? 0).toBeLessThanOrEqual(priceDigits)
          expect(size.split('.')[1]?.length ?? 0).toBeLessThanOrEqual(sizeDigits)
        }
      }
    }
  })

  it('repeats itself from the same seed and differs with another', () => {
    const run = (seed: number): MarketEvent[] => {
      const market = new MarketSimulator({ pairs: [btc, eth], seed, clock: new ManualClock() })
      return Array.from({ length: 200 }, () => market.step()).flat()
    }
    expect(run(5)).toEqual(run(5))
    expect(run(5)).not.toEqual(run(6))
  })

  it('has trades follow each other by id, and eat what they traded from the book', () => {
    const market = new MarketSimulator({ pairs: [btc], seed: 2, clock: new ManualClock() })
    let lastId = market.lastTrade(btc).id
    let seen = 0
    for (let step = 0; step < 2_000; step++) {
      const before = market.book(btc)
      const events = market.step()
      for (const event of events) {
        if (event.kind === 'book') continue
        seen++
        expect(event.id).toBe(++lastId)
        const own = event.side === 'buy' ? before.asks : before.bids
        const held = own.find(([price]) => price === event.price)?.[1] ?? '0'
        const change = events.at(-1)
        const side = change?.kind === 'book' ? (event.side === 'buy' ? change.asks : change.bids) : []
        const left = side.find(([price]) => price === event.price)?.[1] ?? 'absent'
        expect(units(held) - units(event.size)).toBe(units(left))
      }
    }
    expect(seen).toBeGreaterThan(100)
    expect(market.lastTrade(btc).id).toBe(lastId)
  })

  it('keeps statistics and candles that are exactly the sum of its trades', () => {
    const clock = new ManualClock()
    const market = new MarketSimulator({ pairs: [btc], seed: 9, clock })
    const first = market.lastTrade(btc)
    const trades = [first]
    market.listen((event) => void (event.kind === 'trade' && trades.push(event)))
    const closed = []
    for (let step = 0; step < 3_000; step++) {
      clock.advance(37)
      market.step()
      const candle = market.closedCandle(btc, 10_000)
      if (candle !== null && closed.at(-1)?.openTime !== candle.openTime) closed.push(candle)
    }
    const statistics = market.statistics(btc)
    const sum = (of: (trade: typeof first) => bigint): bigint => trades.reduce((total, trade) => total + of(trade), 0n)
    expect(units(statistics.baseVolume)).toBe(sum((trade) => units(trade.size)))
    expect(units(statistics.quoteVolume)).toBe(sum((trade) => (units(trade.size) * units(trade.price)) / 10n ** 18n))
    expect(statistics.last).toBe(trades.at(-1)?.price)
    expect(Number(statistics.high)).toBe(Math.max(...trades.map((trade) => Number(trade.price))))
    expect(closed.length).toBe(11)
    for (const [index, candle] of closed.entries()) {
      const within = trades.filter((trade) => trade.time >= candle.openTime && trade.time < candle.openTime + 10_000)
      const prices = [candle.open, ...within.map((trade) => trade.price)].map(Number)
      expect(candle.closed).toBe(true)
      expect(Number(candle.high)).toBe(Math.max(...prices))
      expect(Number(candle.low)).toBe(Math.min(...prices))
      expect(candle.close).toBe(within.at(-1)?.price ?? candle.open)
      expect(units(candle.baseVolume)).toBe(within.reduce((total, trade) => total + units(trade.size), 0n))
      if (index > 0) expect(candle.open).toBe(closed[index - 1]?.close)
    }
  })

  it('shows a flat candle where nothing was traded', () => {
    const clock = new ManualClock()
    const market = new MarketSimulator({ pairs: [btc], clock })
    clock.advance(10 * 60_000)
    const { price } = market.lastTrade(btc)
    const flat = { open: price, high: price, low: price, close: price, baseVolume: '0', quoteVolume: '0' }
    const now = clock.now()
    const minute = 60_000
    expect(market.candle(btc, minute)).toEqual({ openTime: now, closeTime: now + minute, ...flat, closed: false })
    expect(market.closedCandle(btc, minute)).toEqual({ openTime: now - minute, closeTime: now, ...flat, closed: true })
  })

  it('keeps the closed candles of a silence, at most 200, each beginning where the last one ended', () => {
    const clock = new ManualClock()
    const market = new MarketSimulator({ pairs: [btc], clock })
    expect(market.closedCandle(btc, 'month')).toBeNull()
    clock.advance(3 * 366 * 86_400_000)
    for (const width of candleWidths) {
      const candles = market.closedCandles(btc, width)
      if (width === 'month') expect(candles).toHaveLength(36)
      expect(candles.length).toBeLessThanOrEqual(200)
      for (const [index, { openTime }] of candles.slice(1).entries()) expect(candles[index]?.closeTime).toBe(openTime)
      expect(candles.at(-1)?.closeTime).toBe(market.candle(btc, width).openTime)
    }
  })

  it('keeps its latest trades, at most 1,000', () => {
    const market = new MarketSimulator({ pairs: [btc], seed: 5, clock: new ManualClock() })
    const told = [market.lastTrade(btc)]
    market.listen((event) => void (event.kind === 'trade' && told.push(event)))
    while (told.length < 1_100) market.step()
    expect(market.recentTrades(btc)).toEqual(told.slice(-1_000))
  })

  it('keeps of the past as much as it is told to, however long it runs', () => {
    const clock = new ManualClock()
    const market = new MarketSimulator({ pairs: [btc], clock, keptTrades: 3, keptCandles: 2 })
    const told = [market.lastTrade(btc)]
    market.listen((event) => void (event.kind === 'trade' && told.push(event)))
    for (let step = 0; step < 500; step++) {
      clock.advance(1_000)
      market.step()
    }
    expect(market.recentTrades(btc)).toEqual(told.slice(-3))
    for (const width of [1_000, 60_000] as const) {
      expect(market.closedCandles(btc, width)).toHaveLength(2)
      expect(market.closedCandles(btc, width).at(-1)?.closeTime).toBe(market.candle(btc, width).openTime)
    }
  })

  it('steps at the pace it is told, on its clock, until stopped', () => {
    const clock = new ManualClock()
    const market = new MarketSimulator({ pairs: [btc], clock })
    let changes = 0
    const stopListening = market.listen((event) => void (event.kind === 'book' && changes++))
    market.start(100)
    clock.advance(1_000)
    expect(changes).toBe(10)
    market.start(0.25)
    clock.advance(10)
    expect(changes).toBe(50)
    stopListening()
    clock.advance(10)
    expect(changes).toBe(50)
    market.stop()
    expect(clock.pendingTimers).toBe(0)
  })

  it('says what is wrong with its options and questions', () => {
    const market = new MarketSimulator({ pairs: [btc], clock: new ManualClock() })
    expect(() => market.book(eth)).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: The simulated market does not trade ETH/USDT.  [ERR_INVALID_SYMBOL]
      It trades BTC/USDT.]
    `)
    expect(() => market.candle(btc, 7)).toThrow(/No candles of width 7 /)
    expect(() => market.start(0)).toThrow(/above 0 ms/)
    expect(() => new MarketSimulator({ pairs: [] })).toThrow(/at least one pair/)
    expect(() => new MarketSimulator({ pairs: [btc], levels: 3 })).toThrow(/8 to 5,000/)
    expect(() => new MarketSimulator({ pairs: [btc], keptTrades: 0 })).toThrow(/keptTrades must be 1 to 100,000, not 0/)
    expect(() => new MarketSimulator({ pairs: [btc], keptCandles: Number.NaN })).toThrow(/keptCandles must be 1/)
  })
})
