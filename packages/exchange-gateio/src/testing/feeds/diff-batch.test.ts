import { ManualClock } from '@tapewire/core/testing'
import { MarketSimulator, type TextLevel } from '@tapewire/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { btcUsdt } from '../../../test/support/frames.js'
import { DiffBatch } from './diff-batch.js'

/** One side of a client's book: absolute sizes applied, nothing cut off. */
function applied(book: readonly TextLevel[], diff: readonly TextLevel[], sign: number): TextLevel[] {
  const sizes = new Map(book)
  for (const [price, size] of diff) {
    if (size === '0') sizes.delete(price)
    else sizes.set(price, size)
  }
  return [...sizes].sort(([left], [right]) => sign * (Number(left) - Number(right)))
}

describe('DiffBatch', () => {
  it('keeps exactly the best levels with a client that cuts nothing off, whenever in a batch its image was taken', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(8, 20, 40),
        fc.nat({ max: 20 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 }),
        (seed, depth, stepsBeforeImage, batches) => {
          const market = new MarketSimulator({ pairs: [btcUsdt], seed, clock: new ManualClock(), levels: 30 })
          const batch = new DiffBatch(market, btcUsdt, depth)
          market.listen((event) => {
            if (event.kind === 'book') batch.add(event)
          })
          for (let step = 0; step < stepsBeforeImage; step++) market.step()
          let { bids, asks, lastId } = market.book(btcUsdt, depth)
          for (const steps of batches) {
            for (let step = 0; step < steps; step++) market.step()
            const diff = batch.take({ withEmpty: true })
            expect(diff?.firstId).toBeLessThanOrEqual(lastId + 1)
            lastId = diff?.lastId as number
            bids = applied(bids, diff?.bids ?? [], -1)
            asks = applied(asks, diff?.asks ?? [], 1)
            expect({ bids, asks, lastId }).toEqual({ ...pick(market, depth), lastId: market.book(btcUsdt, 1).lastId })
          }
          expect(batch.take({ withEmpty: true })).toBeNull()
        },
      ),
      { numRuns: 150 },
    )
  })

  it('tells ids that went on alone at once, or with the next change', () => {
    const market = new MarketSimulator({ pairs: [btcUsdt], clock: new ManualClock() })
    const [teller, keeper] = [new DiffBatch(market, btcUsdt, 20), new DiffBatch(market, btcUsdt, 20)]
    const change = { kind: 'book', pair: btcUsdt, bids: [], asks: [], time: 0 } as const
    for (const batch of [teller, keeper]) batch.add({ ...change, firstId: 5, lastId: 6 })
    expect(teller.take({ withEmpty: true })).toMatchObject({ firstId: 5, lastId: 6, bids: [], asks: [] })
    expect(keeper.take({ withEmpty: false })).toBeNull()
    const best = market.book(btcUsdt, 1).bids
    for (const batch of [teller, keeper]) batch.add({ ...change, bids: best, firstId: 7, lastId: 7 })
    expect(teller.take({ withEmpty: true })).toMatchObject({ firstId: 7, lastId: 7, bids: best })
    expect(keeper.take({ withEmpty: false })).toMatchObject({ firstId: 5, lastId: 7, bids: best })
  })
})

function pick(market: MarketSimulator, depth: number): { bids: readonly TextLevel[]; asks: readonly TextLevel[] } {
  const { bids, asks } = market.book(btcUsdt, depth)
  return { bids, asks }
}
