import { parseInstrument } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccountEvent, OrderEvent } from './account-event.js'
import { AccountSimulator } from './account-simulator.js'
import { MarketSimulator } from './market-simulator.js'

const pairs = ['BTC/USDT', 'ETH/USDT', 'ETH/BTC'].map(parseInstrument)

/** Exact decimal text, sign included, as a whole number of 10^-18. */
function units(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const size = BigInt(whole + fraction.padEnd(18, '0'))
  return text.startsWith('-') ? -size : size
}

function simulate(seed: number, balances?: Record<string, string>): { account: AccountSimulator; clock: ManualClock } {
  const clock = new ManualClock()
  const market = new MarketSimulator({ pairs, seed, clock, levels: 20 })
  return { account: new AccountSimulator({ market, seed, clock, ...(balances ? { balances } : {}) }), clock }
}

describe('AccountSimulator', () => {
  it('owns at any time what it started with plus what its fills brought and cost', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 400 }), (seed, steps) => {
        const start = { BTC: '1.5', ETH: '20', USDT: '100000' }
        const { account } = simulate(seed, start)
        const expected = new Map(Object.entries(start).map(([asset, text]) => [asset, units(text)]))
        const add = (asset: string, amount: bigint): void =>
          void expected.set(asset, (expected.get(asset) ?? 0n) + amount)
        account.listen((event) => {
          if (event.kind !== 'fill') return
          const sign = event.side === 'buy' ? 1n : -1n
          add(event.pair.base, sign * units(event.size))
          add(event.pair.quote, -sign * units(event.quoteSize))
          add(event.feeAsset, -units(event.fee))
          expect((units(event.price) * units(event.size)) / 10n ** 18n).toBe(units(event.quoteSize))
        })
        for (let step = 0; step < steps; step++) {
          account.step()
          account.market.step()
        }
        for (const { asset, free, locked, total } of account.balances()) {
          expect(units(total)).toBe(expected.get(asset))
          expect(units(free) + units(locked)).toBe(units(total))
          expect(units(free)).toBeGreaterThanOrEqual(0n)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('locks exactly what its open orders may cost', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 200 }), (seed, steps) => {
        const { account } = simulate(seed)
        for (let step = 0; step < steps; step++) account.step()
        const held = new Map<string, bigint>()
        for (const order of account.openOrders()) {
          const remaining = units(order.remainingSize ?? '')
          const asset = order.side === 'sell' ? order.pair.base : order.pair.quote
          const amount = order.side === 'sell' ? remaining : (remaining * units(order.price ?? '')) / 10n ** 18n
          held.set(asset, (held.get(asset) ?? 0n) + amount)
        }
        for (const { asset, locked } of account.balances()) expect(units(locked)).toBe(held.get(asset) ?? 0n)
      }),
      { numRuns: 60 },
    )
  })

  it('lets balance events lead from the starting balances to the present ones', () => {
    const { account } = simulate(7)
    const known = new Map(account.balances().map((balance) => [balance.asset, balance]))
    account.listen((event) => {
      if (event.kind !== 'balance') return
      const before = known.get(event.asset)
      expect(units(before?.free ?? '0') + units(event.freeChange)).toBe(units(event.free))
      expect(units(before?.total ?? '0') + units(event.change)).toBe(units(event.total))
      expect(units(before?.locked ?? '0') + units(event.lockedChange)).toBe(units(event.locked))
      known.set(event.asset, { asset: event.asset, free: event.free, locked: event.locked, total: event.total })
    })
    for (let step = 0; step < 500; step++) account.step()
    expect([...known.values()]).toEqual(account.balances())
  })

  it('takes every order from open to one end, through every status', () => {
    const { account } = simulate(3)
    const history = new Map<string, OrderEvent[]>()
    account.listen((event) => {
      if (event.kind === 'order') history.set(event.id, [...(history.get(event.id) ?? []), event])
    })
    for (let step = 0; step < 3_000; step++) {
      account.step()
      account.market.step()
    }
    const seen = new Set<string>()
    for (const events of history.values()) {
      expect(events[0]?.status).toBe('open')
      for (const [index, event] of events.entries()) {
        seen.add(event.status)
        const isLast = index === events.length - 1
        if (!isLast) expect(['open', 'partially_filled']).toContain(event.status)
        expect(units(event.filledSize) + units(event.remainingSize ?? '')).toBe(units(event.size ?? ''))
        expect(event.averagePrice === null).toBe(event.filledSize === '0')
      }
    }
    expect([...seen].sort()).toEqual(['cancelled', 'filled', 'open', 'partially_cancelled', 'partially_filled'])
  })

  it('gives makers their price and takers a price no worse than theirs', () => {
    const { account } = simulate(5)
    const orders = new Map<string, OrderEvent>()
    const liquidity = new Set<string>()
    account.listen((event) => {
      if (event.kind === 'order') orders.set(event.id, event)
      if (event.kind !== 'fill') return
      liquidity.add(event.liquidity)
      const order = orders.get(event.orderId)
      const better = units(order?.price ?? '') - units(event.price)
      if (event.liquidity === 'maker') expect(better).toBe(0n)
      else expect(event.side === 'buy' ? better >= 0n : better <= 0n).toBe(true)
      if (order?.timeInForce === 'post_only') expect(event.liquidity).toBe('maker')
    })
    for (let step = 0; step < 1_000; step++) account.step()
    expect([...liquidity].sort()).toEqual(['maker', 'taker'])
  })

  const btc = parseInstrument('BTC/USDT')

  /** What orders and money have come to, in few words. */
  function outcome(events: readonly AccountEvent[]): string[] {
    return events.map((event) => {
      if (event.kind === 'order')
        return `${event.type} ${event.status}${event.endedBy === null ? '' : ` ${event.endedBy}`}`
      if (event.kind === 'fill') return `fill ${event.liquidity}`
      return `${event.asset} ${event.reason}`
    })
  }

  function orderOf(events: readonly AccountEvent[]): OrderEvent {
    return events.filter((event) => event.kind === 'order').at(-1) as OrderEvent
  }

  it('places, fills and cancels orders by hand', () => {
    const { account } = simulate(1)
    const price = account.market.book(btc, 10).bids[5]?.[0] ?? ''
    const placed = account.place({ pair: btc, side: 'buy', price, size: '0.5' })
    expect(outcome(placed)).toEqual(['limit open', 'USDT order'])
    const { id } = orderOf(placed)
    const half = account.fill(id, '0.2')
    expect(outcome(half)).toEqual(['fill maker', 'limit partially_filled', 'USDT fill', 'BTC fill', 'BTC fee'])
    expect(orderOf(half)).toMatchObject({ size: '0.5', filledSize: '0.2', remainingSize: '0.3', price })
    expect(outcome(account.cancel(id))).toEqual(['limit partially_cancelled owner', 'USDT cancel'])
    expect(account.openOrders()).toEqual([])
  })

  it.each(['ioc', 'fok'] as const)('ends an order that is %s and finds no match', (timeInForce) => {
    const { account } = simulate(1)
    const price = account.market.book(btc, 10).bids[5]?.[0] ?? ''
    const events = account.place({ pair: btc, side: 'buy', price, size: '0.5', timeInForce })
    expect(outcome(events)).toEqual(['limit open', 'USDT order', 'limit cancelled time_in_force', 'USDT cancel'])
  })

  it('ends a post-only order that would find a match, and fills another', () => {
    const { account } = simulate(1)
    const price = account.market.book(btc, 10).asks[0]?.[0] ?? ''
    const order = { pair: btc, side: 'buy', price, size: '0.5' } as const
    expect(outcome(account.place({ ...order, timeInForce: 'post_only' }))).toContain('limit cancelled time_in_force')
    expect(outcome(account.place({ ...order, timeInForce: 'fok' }))).toContain('limit filled')
  })

  it('spends what a market buy names, but for what no longer buys a lot, and knows its size from then on', () => {
    const { account } = simulate(1, { USDT: '1000' })
    const events = account.place({ pair: btc, side: 'buy', type: 'market', quoteSize: '999.99999' })
    const [first] = events
    expect(first).toMatchObject({ size: null, remainingSize: null, price: null, quoteSize: '999.99999' })
    const order = orderOf(events)
    expect(order).toMatchObject({ status: 'filled', size: order.filledSize, remainingSize: '0', timeInForce: 'ioc' })
    const left = account.balances().find(({ asset }) => asset === 'USDT')
    expect(units(left?.free ?? '') + units(order.filledQuote)).toBe(units('1000'))
    expect(left?.locked).toBe('0')
  })

  it('holds nothing for an order that waits for its trigger price, and places another in its stead', () => {
    const { account } = simulate(1)
    const [bid = '', low = ''] = account.market.book(btc, 10).bids.map(([price]) => price)
    const stop = { pair: btc, side: 'sell', type: 'stop', triggerPrice: bid, price: low, size: '1' } as const
    const waiting = account.place(stop)
    expect(outcome(waiting)).toEqual(['stop open'])
    expect(orderOf(waiting)).toMatchObject({ triggerPrice: bid, price: low })
    const active = account.trigger(orderOf(waiting).id)
    expect(outcome(active).slice(0, 4)).toEqual(['limit open', 'BTC order', 'fill taker', 'limit filled'])
    expect(orderOf(active).id).not.toBe(orderOf(waiting).id)
    expect(orderOf(active).triggerPrice).toBeNull()
  })

  it('grows by what is deposited', () => {
    const { account } = simulate(1, { BTC: '1' })
    expect(account.deposit('BTC', '0.25')).toMatchObject([
      {
        asset: 'BTC',
        free: '1.25',
        total: '1.25',
        change: '0.25',
        freeChange: '0.25',
        lockedChange: '0',
        reason: 'deposit',
      },
    ])
  })

  it('says what it cannot do', () => {
    const { account } = simulate(1, { USDT: '10' })
    const failing = (act: () => unknown): void =>
      expect(act).toThrow(expect.objectContaining({ code: 'ERR_INVALID_CONFIG' }))
    failing(() => account.fill('7'))
    failing(() => account.cancel('7'))
    failing(() => account.trigger('7'))
    failing(() => account.place({ pair: btc, side: 'buy', price: '50000', size: '1' }))
    failing(() => account.place({ pair: btc, side: 'buy', price: '0.0000001', size: '1' }))
    failing(() => account.place({ pair: btc, side: 'buy', size: '1' }))
    const { id } = orderOf(account.place({ pair: btc, side: 'buy', price: '1', size: '1' }))
    failing(() => account.trigger(id))
    failing(() => account.fill(id, '2'))
  })

  it('repeats itself from the same seed', () => {
    const run = (seed: number): AccountEvent[] => {
      const { account } = simulate(seed)
      return Array.from({ length: 100 }, () => account.step()).flat()
    }
    expect(run(1)).toEqual(run(1))
    expect(run(1)).not.toEqual(run(2))
  })

  it('stands still without money, and steps on its clock with it', () => {
    expect(simulate(1, {}).account.step()).toEqual([])
    const { account, clock } = simulate(1)
    let orders = 0
    const stopListening = account.listen((event) => void (event.kind === 'order' && orders++))
    account.start(50)
    clock.advance(1_000)
    expect(orders).toBeGreaterThanOrEqual(20)
    stopListening()
    account.stop()
    expect(clock.pendingTimers).toBe(0)
  })

  it('refuses a starting balance that is not an amount', () => {
    expect(() => simulate(1, { BTC: '1e3' })).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: "1e3" is not an amount.  [ERR_INVALID_CONFIG]
      Write plain decimal text with at most 18 places, for example 1000.5.]
    `)
  })
})
