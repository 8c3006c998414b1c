import { ManualClock } from '@tapewire/core/testing'
import { MarketSimulator, type TextLevel } from '@tapewire/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { btcUsdt } from '../../../test/support/frames.js'
import { DiffBatch } from './diff-batch.js'

/** One side of a client's book: absolute sizes applied, then cut to the best `depth`. */
function applied(book: readonly TextLevel[], diff: readonly TextLevel[], depth: number, sign: number): TextLevel[] {
  const sizes = new Map(book)
  for (const [price, size] of diff) {
    if (size === '0') sizes.delete(price)
    else sizes.set(price, size)
  }
  return [...sizes].sort(([left], [right]) => sign * (Number(left) - Number(right))).slice(0, depth)
}

describe('DiffBatch', () => {
  it('keeps a client’s best levels true, whenever in a batch its image was taken', () => {
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
            const diff = batch.take()
            expect(diff?.firstId).toBeLessThanOrEqual(lastId + 1)
            lastId = diff?.lastId as number
            bids = applied(bids, diff?.bids ?? [], depth, -1)
            asks = applied(asks, diff?.asks ?? [], depth, 1)
            expect({ bids, asks, lastId }).toEqual({ ...pick(market, depth), lastId: market.book(btcUsdt, 1).lastId })
          }
          expect(batch.take()).toBeNull()
        },
      ),
      { numRuns: 150 },
    )
  })
})

function pick(market: MarketSimulator, depth: number): { bids: readonly TextLevel[]; asks: readonly TextLevel[] } {
  const { bids, asks } = market.book(btcUsdt, depth)
  return { bids, asks }
}
