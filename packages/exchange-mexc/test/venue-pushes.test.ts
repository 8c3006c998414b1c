import { MessageType } from '@tapewire/core'
import { createEnv, type ParsedMessage, requestJson, traitsOf } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import type { MarketTrade } from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mexcSpot } from '../src/index.js'
import type { PushDataV3ApiWrapper } from '../src/shared/generated/push-data.js'
import { wireTradeId } from '../src/testing/feeds/trades.js'
import { MexcClient } from './support/mexc-client.js'
import { btc, eth, type MexcServer, startMexcServer } from './support/mexc-server.js'

const prefix = 'spot@public'
const depth = `${prefix}.aggre.depth.v3.api.pb@100ms@BTCUSDT`

let venue: MexcServer
let client: MexcClient

beforeEach(async () => {
  venue = await startMexcServer()
  client = await MexcClient.connect(venue.server.url)
})

afterEach(async () => {
  await venue.server.close()
  expect(venue.server.failures).toEqual([])
})

/** Things happen on the BTC market, spread over so many intervals of 100 ms. */
function trade(intervals: number, steps = 5): void {
  for (let interval = 0; interval < intervals; interval += 1) {
    for (let step = 0; step < steps; step += 1) venue.server.market.step(btc)
    venue.clock.advance(100)
  }
}

type Body = NonNullable<PushDataV3ApiWrapper['body']>
type ValueOf<Case extends Body['$case']> = Extract<Body, { readonly $case: Case }>['value']

function bodyOf<Case extends Body['$case']>(push: PushDataV3ApiWrapper | undefined, $case: Case): ValueOf<Case> {
  expect(push?.body?.$case).toBe($case)
  const value: unknown = push?.body?.value
  return value as ValueOf<Case>
}

async function rest(path: string): Promise<unknown> {
  return (await requestJson({ url: `${venue.server.restUrl}${path}` }, createEnv())).body
}

interface Snapshot {
  readonly lastUpdateId: number
  readonly bids: readonly [string, string][]
  readonly asks: readonly [string, string][]
}

describe('book updates of the venue', () => {
  it('continue from version to version, and rebuild the market from any snapshot', async () => {
    await client.subscribe(depth)
    trade(10)
    const snapshot = (await rest('/api/v3/depth?symbol=BTCUSDT&limit=1000')) as Snapshot
    trade(10)
    const pushes = (await client.pushesOf(depth, 20)).map((push) => bodyOf(push, 'publicAggreDepths'))
    const bids = new Map(snapshot.bids.map(([price, size]) => [Number(price), Number(size)]))
    const asks = new Map(snapshot.asks.map(([price, size]) => [Number(price), Number(size)]))
    let last = snapshot.lastUpdateId
    for (const [index, push] of pushes.entries()) {
      const before = pushes[index - 1]
      if (before !== undefined) expect(Number(push.fromVersion)).toBe(Number(before.toVersion) + 1)
      if (Number(push.toVersion) <= last) continue
      expect(Number(push.fromVersion)).toBeLessThanOrEqual(last + 1)
      last = Number(push.toVersion)
      for (const [side, levels] of [
        [bids, push.bids],
        [asks, push.asks],
      ] as const) {
        for (const { price, quantity } of levels) side.set(Number(price), Number(quantity))
      }
    }
    const truth = venue.server.market.book(btc)
    expect(last).toBe(truth.lastId)
    expect(standing(bids)).toEqual(new Map(truth.bids.map(([price, size]) => [Number(price), Number(size)])))
    expect(standing(asks)).toEqual(new Map(truth.asks.map(([price, size]) => [Number(price), Number(size)])))
  })

  it('are trimmed where snapshots are padded', async () => {
    await client.subscribe(depth)
    trade(20)
    const pushes = await client.pushesOf(depth, 20)
    const pushed = pushes.flatMap((push) => bodyOf(push, 'publicAggreDepths').asks)
    for (const { price, quantity } of pushed) {
      expect(price).toBe(String(Number(price)))
      expect(quantity).toBe(String(Number(quantity)))
    }
    expect(pushed.some(({ quantity }) => quantity === '0')).toBe(true)
    const { asks, bids } = (await rest('/api/v3/depth?symbol=BTCUSDT&limit=5')) as Snapshot
    expect(asks).toHaveLength(5)
    for (const [price, size] of [...asks, ...bids]) expect([price, size].join()).toMatch(/^\d+\.\d,\d+\.\d{5}$/)
  })

  it('are missing once when told to, so that versions jump', async () => {
    await client.subscribe(depth)
    trade(1)
    venue.control.skipUpdates(btc)
    trade(2)
    const [first, second] = (await client.pushesOf(depth, 2)).map((push) => bodyOf(push, 'publicAggreDepths'))
    expect(Number(second?.fromVersion)).toBeGreaterThan(Number(first?.toVersion) + 1)
  })

  it('go on while snapshots lag', async () => {
    venue.control.staleSnapshots(2)
    const before = venue.server.market.book(btc).lastId
    trade(1)
    const versions: number[] = []
    for (let request = 0; request < 3; request += 1) {
      versions.push(((await rest('/api/v3/depth?symbol=BTCUSDT')) as Snapshot).lastUpdateId)
    }
    expect(versions).toEqual([before, before, venue.server.market.book(btc).lastId])
  })

  it('come as the best levels, padded, when the book has changed', async () => {
    const limited = `${prefix}.limit.depth.v3.api.pb@BTCUSDT@5`
    await client.subscribe(limited)
    trade(1)
    trade(3, 0)
    const truth = venue.server.market.book(btc, 5)
    trade(1)
    const [push, next] = (await client.pushesOf(limited, 2)).map((pushed) => bodyOf(pushed, 'publicLimitDepths'))
    expect(push).toMatchObject({ eventType: `${prefix}.limit.depth.v3.api.pb`, version: String(truth.lastId) })
    expect(push?.bids.map(({ price, quantity }) => [Number(price), Number(quantity)])).toEqual(
      truth.bids.map(([price, size]) => [Number(price), Number(size)]),
    )
    expect(push?.asks[0]?.quantity).toMatch(/\.\d{5}$/)
    expect(Number(next?.version)).toBeGreaterThan(truth.lastId)
  })

  it.each([`${prefix}.limit.depth.v3.api.pb@BTCUSDT@5`, `${prefix}.bookTicker.batch.v3.api.pb@BTCUSDT`])(
    'begin for every subscriber, also on a market that rests: %s',
    async (name) => {
      await client.subscribe(name)
      venue.clock.advance(100)
      await client.pushesOf(name)
      const late = await MexcClient.connect(venue.server.url)
      await late.subscribe(name)
      venue.clock.advance(100)
      expect(await late.pushesOf(name)).toHaveLength(1)
    },
  )
})

describe('quotes and trades of the venue', () => {
  it('repeat the quote each interval, changed or not', async () => {
    const quotes = `${prefix}.aggre.bookTicker.v3.api.pb@10ms@BTCUSDT`
    await client.subscribe(quotes)
    venue.clock.advance(50)
    const pushes = (await client.pushesOf(quotes, 5)).map((push) => bodyOf(push, 'publicAggreBookTicker'))
    const [bid, ask] = [venue.server.market.book(btc, 1).bids[0], venue.server.market.book(btc, 1).asks[0]]
    for (const push of pushes) {
      expect([push.bidPrice, push.bidQuantity, push.askPrice, push.askQuantity]).toEqual([bid, ask].flat())
    }
  })

  it('batch the quotes that differ', async () => {
    const batches = `${prefix}.bookTicker.batch.v3.api.pb@BTCUSDT`
    await client.subscribe(batches)
    trade(1, 40)
    const { items, version } = bodyOf((await client.pushesOf(batches))[0], 'publicBookTickerBatch')
    expect(items.length).toBeGreaterThan(1)
    for (const [index, item] of items.entries()) expect(item).not.toEqual(items[index - 1])
    expect(version).toBe(String(venue.server.market.book(btc).lastId))
  })

  it('tell every trade once, with the taker’s side', async () => {
    const deals = `${prefix}.aggre.deals.v3.api.pb@100ms@BTCUSDT`
    const trades: MarketTrade[] = []
    await client.subscribe(deals)
    venue.server.market.listen((event) => {
      if (event.kind === 'trade' && event.pair === btc) trades.push(event)
    })
    trade(30)
    const told = (): readonly unknown[] => client.pushes.flatMap((push) => bodyOf(push, 'publicAggreDeals').deals)
    await client.until(() => told().length >= trades.length)
    expect(told()).toEqual(
      trades.map(({ id, price, size, side, time }) => ({
        price,
        quantity: size,
        tradeType: side === 'buy' ? 1 : 2,
        time,
        tradeId: wireTradeId(id),
      })),
    )
  })
})

describe('statistics of the venue', () => {
  it('push the candle once a second, its window in seconds and without a send time', async () => {
    const kline = `${prefix}.kline.v3.api.pb@BTCUSDT@Min5`
    await client.subscribe(kline)
    trade(20)
    const [, push] = await client.pushesOf(kline, 2)
    const truth = venue.server.market.candle(btc, 300_000)
    expect(push).toMatchObject({
      symbolId: expect.stringMatching(/^[0-9a-f]{32}$/),
      createTime: venue.clock.now(),
      sendTime: undefined,
    })
    expect(bodyOf(push, 'publicSpotKline')).toMatchObject({
      interval: 'Min5',
      windowStart: truth.openTime / 1000,
      windowEnd: truth.openTime / 1000 + 300,
      openingPrice: truth.open,
      closingPrice: truth.close,
      volume: truth.baseVolume,
      amount: truth.quoteVolume,
    })
  })

  it.each([
    ['Month1', '2026-02-01', '2026-03-01'],
    ['Week1', '2026-02-02', '2026-02-09'],
    ['Day1', '2026-02-03', '2026-02-04'],
    ['Hour8', '2026-02-03T08:00:00Z', '2026-02-03T16:00:00Z'],
  ])('have the windows of the calendar, in UTC: %s', async (width, start, end) => {
    venue.clock.advance(Date.parse('2026-02-03T10:11:12Z') - venue.clock.now())
    client = await MexcClient.connect(venue.server.url)
    const kline = `${prefix}.kline.v3.api.pb@BTCUSDT@${width}`
    await client.subscribe(kline)
    trade(20)
    expect(bodyOf((await client.pushesOf(kline))[0], 'publicSpotKline')).toMatchObject({
      interval: width,
      windowStart: Date.parse(start) / 1000,
      windowEnd: Date.parse(end) / 1000,
    })
  })

  it('push one pair and all pairs every 3 s, quote turnover as volume', async () => {
    const one = `${prefix}.miniTicker.v3.api.pb@BTCUSDT@24H`
    const all = `${prefix}.miniTickers.v3.api.pb@UTC+8`
    await client.subscribe(one, all)
    trade(30)
    const [push] = await client.pushesOf(all)
    const { items } = bodyOf(push, 'publicMiniTickers')
    const truth = venue.server.market.statistics(btc)
    expect(push?.symbol).toBeUndefined()
    expect(items.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT', '龙虾USDT'])
    expect(items[0]).toMatchObject({ price: truth.last, volume: truth.quoteVolume, quantity: truth.baseVolume })
    expect(bodyOf((await client.pushesOf(one))[0], 'publicMiniTicker')).toEqual(items[0])
  })

  it('describe markets over REST', async () => {
    expect(await rest('/api/v3/ping')).toEqual({})
    expect(await rest('/api/v3/time')).toEqual({ serverTime: venue.clock.now() })
    expect(await rest('/api/v3/exchangeInfo?symbols=BTCUSDT,ETHUSDT')).toMatchObject({
      symbols: [
        { symbol: 'BTCUSDT', status: '1', baseAsset: 'BTC', quoteAsset: 'USDT', isSpotTradingAllowed: true },
        { symbol: 'ETHUSDT' },
      ],
    })
    expect(await rest(`/api/v3/depth?symbol=${encodeURIComponent('龙虾USDT')}`)).toHaveProperty('lastUpdateId')
    expect(await rest('/api/v3/depth?symbol=btcusdt')).toEqual({ code: -1121, msg: 'Invalid symbol.' })
    expect(await rest('/api/v3/depth?symbol=BTCUSDT&limit=9999')).toHaveProperty('code', 33333)
    expect(await rest('/api/v3/nothing')).toHaveProperty('code', 404)
  })

  it('stand behind a firewall that can be closed', async () => {
    venue.control.blockRest('firewall')
    await expect(rest('/api/v3/time')).rejects.toMatchObject({ code: 'ERR_RATE_LIMITED', context: { Status: 403 } })
    venue.control.blockRest('rate-limit')
    await expect(rest('/api/v3/time')).rejects.toMatchObject({
      code: 'ERR_RATE_LIMITED',
      context: { Status: 429, 'Retry after': '7 s' },
    })
    venue.control.blockRest(null)
    expect(await rest('/api/v3/ping')).toEqual({})
  })
})

describe('pushes of the venue', () => {
  it('are all read by the adapter', async () => {
    const { messageParser, subscriptionStrategy } = mexcSpot.public()
    const channels = mexcSpot.channels.map(({ channel }) => channel).filter((name) => traitsOf(name).scope === 'public')
    const streams = channels.flatMap((channel) =>
      subscriptionStrategy.plan({ channel, instruments: [btc, eth], candleIntervals: null }),
    )
    await client.subscribe(...streams.map(({ id }) => id))
    for (let step = 0; step < 300; step += 1) {
      venue.server.market.step()
      venue.clock.advance(10)
    }
    await client.pushesOf(`${prefix}.miniTicker.v3.api.pb@ETHUSDT@24H`)
    const messages: ParsedMessage[] = client.frames.flatMap((frame) => messageParser.parse(frameOf(frame.bytes)))
    const types = new Set(
      client.frames
        .filter((frame) => frame.isBinary)
        .flatMap((frame) => messageParser.parse(frame))
        .map(({ type }) => type),
    )
    expect(types).toEqual(
      new Set([
        MessageType.Orderbook,
        MessageType.Trades,
        MessageType.BookTicker,
        MessageType.Ticker,
        MessageType.Candle,
      ]),
    )
    expect(messages.length).toBeGreaterThan(100)
    for (const { stream } of messages) if (stream !== null) expect(streams).toContain(stream)
  })
})

function standing(side: ReadonlyMap<number, number>): Map<number, number> {
  return new Map([...side].filter(([, size]) => size > 0))
}
