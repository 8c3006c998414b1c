import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimerHeap } from './timer-heap.js'

describe('TimerHeap', () => {
  it('gives timers in order of their time and of their setting, whatever is cancelled meanwhile', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), at: fc.integer({ min: 0, max: 50 }) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('take' as const), until: fc.integer({ max: 50 }) }) },
    )
    const run = (steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]): void => {
      const heap = new TimerHeap()
      let model: { at: number; order: number; cancel(): void }[] = []
      const set: typeof model = []
      const taken: (number | null)[] = []
      const expected: (number | null)[] = []
      let order = 0
      for (const each of steps) {
        if (each.kind === 'add') {
          const own = ++order
          const timer = heap.add(each.at, () => taken.push(own))
          const entry = { at: each.at, order: own, cancel: () => timer.cancel() }
          model.push(entry)
          set.push(entry)
        } else if (each.kind === 'cancel' && set.length > 0) {
          const entry = set[each.which % set.length] as (typeof model)[number]
          entry.cancel()
          model = model.filter((other) => other !== entry)
        } else if (each.kind === 'take') {
          const [next] = model.filter(({ at }) => at <= each.until).sort((a, b) => a.at - b.at || a.order - b.order)
          const due = heap.take(each.until)
          if (due === null) taken.push(null)
          else due.callback()
          expected.push(next?.order ?? null)
          model = model.filter((other) => other !== next)
        }
        expect(heap.size).toBe(model.length)
      }
      expect(taken).toEqual(expected)
    }
    fc.assert(fc.property(fc.array(step, { maxLength: 400 }), run), { numRuns: 60 })
  })

  it('counts and offers none that was cancelled', () => {
    const heap = new TimerHeap()
    heap.add(1, () => {})
    for (let index = 0; index < 10_000; index++) heap.add(1_000_000, () => {}).cancel()
    expect(heap.size).toBe(1)
    expect(heap.nextAt).toBe(1)
  })
})
