import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecentCount } from './recent-count.js'
import { RecentCounts } from './recent-counts.js'

const start = 1_767_225_600_000

test('counts what happened in the last seconds, whatever the pauses between', () => {
  const steps = fc.array(fc.record({ waitMs: fc.nat({ max: 30_000 }), count: fc.nat({ max: 5 }) }), { maxLength: 60 })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20 }), (events, seconds) => {
      const recent = new RecentCount(seconds)
      const told: { readonly second: number; readonly count: number }[] = []
      let now = start
      for (const { waitMs, count } of events) {
        now += waitMs
        recent.add(now, count)
        const second = Math.floor(now / 1_000)
        told.push({ second, count })
        const counts = told.filter((event) => event.second > second - seconds)
        expect(recent.total(now)).toBe(counts.reduce((sum, event) => sum + event.count, 0))
      }
    }),
  )
})

test('counts for each apart, names who reaches a number, the most often first, and forgets who has had his time', () => {
  const counts = new RecentCounts<string>(10)
  for (const key of ['a', 'b', 'b', 'c', 'c', 'c']) counts.add(key, start)
  counts.add('a', start + 8_000)
  expect(counts.reaching(2, start + 9_000)).toEqual([
    { key: 'c', total: 3 },
    { key: 'a', total: 2 },
    { key: 'b', total: 2 },
  ])
  expect(counts.reaching(1, start + 12_000)).toEqual([{ key: 'a', total: 1 }])
})
