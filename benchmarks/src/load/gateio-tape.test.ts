import { createRandom } from '@tapewire/testkit'
import { describe, expect, it } from 'vitest'
import { GateioTape } from './gateio-tape.js'

interface Push {
  readonly channel: string
  readonly result: {
    readonly s: string
    readonly U: number
    readonly b: readonly (readonly [string, string])[]
    readonly id: number
    readonly currency_pair: string
    readonly t: string
  }
}

function played(tape: GateioTape, count: number, now: number): Push[] {
  return Array.from({ length: count }, () => JSON.parse(tape.next(now)) as Push)
}

describe('GateioTape', () => {
  it('brings every channel of every market, and ids that follow on each other', () => {
    const pushes = played(new GateioTape(['A_USDT', 'B_USDT'], createRandom(1)), 5_000, 120_500)
    expect(new Set(pushes.map(({ channel }) => channel)).size).toBe(5)
    const ofBook = pushes.filter(({ channel, result }) => channel === 'spot.order_book_update' && result.s === 'B_USDT')
    const ofTrades = pushes.filter(
      ({ channel, result }) => channel === 'spot.trades' && result.currency_pair === 'A_USDT',
    )
    expect(ofBook.map(({ result }) => result.U)).toEqual(ofBook.map((_, index) => 1_000_001 + index))
    expect(ofTrades.map(({ result }) => result.id)).toEqual(ofTrades.map((_, index) => 5_000_001 + index))
    const candles = pushes.filter(({ channel }) => channel === 'spot.candlesticks')
    expect(new Set(candles.map(({ result }) => result.t))).toEqual(new Set(['120']))
  })

  it('answers with the book that its updates lead to', () => {
    const tape = new GateioTape(['A_USDT'], createRandom(2))
    const book = (): { id: number; bids: [string, string][] } => tape.book('A_USDT', 0) as never
    const before = book()
    const updates = played(tape, 500, 0).filter(({ channel }) => channel === 'spot.order_book_update')
    const bids = new Map(before.bids)
    for (const { result } of updates) for (const [price, size] of result.b) bids.set(price, size)
    const left = [...bids].filter(([, size]) => size !== '0').sort(([one], [other]) => Number(other) - Number(one))
    expect(book()).toMatchObject({ id: before.id + updates.length, bids: left })
    expect(tape.book('C_USDT', 0)).toBeNull()
  })
})
