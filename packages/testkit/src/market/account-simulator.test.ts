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
          const remaining = units(order.remainingSize)
          const asset = order.side === 'sell' ? order.pair.base : order.pair.quote
          const amount = order.side === 'sell' ? remaining : (remaining * units(order.price)) / 10n ** 18n
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
      expect(units(before?.free ?? '0') + units(event.change)).toBe(units(event.free))
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
        expect(units(event.filledSize) + units(event.remainingSize)).toBe(units(event.size))
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
