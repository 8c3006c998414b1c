import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecentIds, remembered } from './recent-ids.js'

describe('recent update ids', () => {
  test('have no oldest and no newest before the first, and after they were cleared', () => {
    const ids = new RecentIds()
    expect([ids.oldest, ids.newest]).toEqual([Number.NaN, Number.NaN])
    for (let id = 0; id < 3 * remembered; id += 1) ids.add(id)
    ids.clear()
    expect([ids.oldest, ids.newest]).toEqual([Number.NaN, Number.NaN])
    ids.add(7)
    expect([ids.oldest, ids.newest]).toEqual([7, 7])
  })

  test('go back as far as is remembered, and at most twice as far, added or counted', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 6 * remembered }), (isLive) => {
        const ids = new RecentIds()
        for (const [id, counted] of isLive.entries()) {
          if (!counted) ids.add(id)
          else if (ids.count()) ids.note(id)
          const age = id - ids.oldest
          expect(age).toBeGreaterThanOrEqual(Math.min(id, remembered))
          expect(age).toBeLessThan(2 * remembered)
        }
      }),
    )
  })
})
