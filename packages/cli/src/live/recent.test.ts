import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Recent } from './recent.js'

test('keeps the latest, in either order, whatever was added', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.integer(), { maxLength: 40 }),
      fc.nat(10),
      (most, all, count) => {
        const recent = new Recent<number>(most)
        for (const item of all) recent.add(item)
        const kept = all.slice(-most)
        expect(recent.oldestFirst()).toEqual(kept)
        expect(recent.newestFirst()).toEqual([...kept].reverse())
        expect(recent.oldestFirst(count)).toEqual(count === 0 ? [] : kept.slice(-count))
        expect(recent.newest).toBe(all.at(-1))
        expect(recent.added).toBe(all.length)
      },
    ),
  )
})
