import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BookWriter } from './book-writer.js'
import { bookStream, contents, NaiveBook } from './test-support.js'

function writer(changeLogSize: number, depth: number | null = null): BookWriter {
  const made = new BookWriter({ stream: bookStream(), depth, keepsDigits: false, changeLogSize, reason: 'new', now: 0 })
  made.replace([99, 1], [101, 1], 10)
  return made
}

describe('changesSince', () => {
  it('begins to record with the first question', () => {
    const { view } = writer(8)
    expect(view.changesSince(9)).toBeNull()
    expect(view.changesSince(10)).toEqual([])
  })

  it('gives what changed, oldest first, and nothing that did not', () => {
    const made = writer(8)
    made.view.changesSince(10)
    made.apply([99, 2, 50, 0], [], 11)
    made.apply([], [], 12)
    made.apply([99, 2], [101, 0, 102, 5], 13)
    expect(made.view.changesSince(10)).toEqual([
      { sequence: 11, side: 'bids', price: 99, size: 2 },
      { sequence: 13, side: 'asks', price: 101, size: 0 },
      { sequence: 13, side: 'asks', price: 102, size: 5 },
    ])
    expect(made.view.changesSince(12)?.length).toBe(2)
    expect(made.view.changesSince(13)).toEqual([])
  })

  it('says null for what was overwritten, replaced or never was', () => {
    const made = writer(2)
    made.view.changesSince(10)
    made.apply([99, 2, 98, 1], [], 11)
    made.apply([97, 1], [], 12)
    expect(made.view.changesSince(10)).toBeNull()
    expect(made.view.changesSince(11)).toEqual([{ sequence: 12, side: 'bids', price: 97, size: 1 }])
    expect(made.view.changesSince(13)).toBeNull()
    made.replace([99, 1], [101, 1], 20)
    expect(made.view.changesSince(12)).toBeNull()
    expect(made.view.changesSince(20)).toEqual([])
  })

  it('leads a follower from any remembered state to the present one, trimmed levels included', () => {
    const levels = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 3 })), { maxLength: 6 })
    const updates = fc.array(fc.tuple(levels, levels), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(
        updates,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 30 }),
        (script, capacity, join) => {
          const made = writer(capacity, 4)
          made.view.changesSince(10)
          const follower = new NaiveBook()
          let since: number | null = null
          for (const [index, [bids, asks]] of script.entries()) {
            if (index === join) {
              const start = contents(made.view)
              follower.apply(start.bids, start.asks)
              since = made.view.sequence
            }
            made.apply(
              bids.flat(),
              asks.flatMap(([price, size]) => [price + 100, size]),
              11 + index,
            )
          }
          if (since === null) return
          const changes = made.view.changesSince(since)
          if (changes === null) {
            expect(capacity).toBeLessThan(script.length * 16)
            return
          }
          for (const { side, price, size } of changes) follower.set(side, price, size)
          expect({ bids: follower.levels('bids'), asks: follower.levels('asks') }).toEqual(contents(made.view))
        },
      ),
    )
  })
})
