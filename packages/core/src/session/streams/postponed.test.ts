import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { streamsById } from '../../../test/support/streams.js'
import { ManualClock } from '../../clock/manual-clock.js'
import { PostponedStreams } from './postponed.js'

const stream = streamsById()
const [a, b, c] = [stream('a'), stream('b'), stream('c')]

/** Postponed streams, and the lists that came due, each with when that was. */
function bench(random: () => number = () => 0.5) {
  const clock = new ManualClock()
  const startedAt = clock.now()
  const due: string[] = []
  const postponed = new PostponedStreams({
    clock,
    random,
    onDue: (streams) => void due.push(`${clock.now() - startedAt}: ${streams.map(({ id }) => id).join('')}`),
  })
  return { clock, due, postponed }
}

describe('a postponed list', () => {
  test('is asked for together, apart from other lists, once', () => {
    const { clock, due, postponed } = bench()
    expect([postponed.postpone([a, b]), postponed.postpone([c])]).toEqual([750, 750])
    clock.advance(10_000)
    expect([due, clock.pendingTimers]).toEqual([['750: ab', '750: c'], 0])
  })

  test.each([
    ['no chance', 0, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]],
    ['some chance', 0.5, [750, 1_500, 3_000, 6_000, 12_000, 24_000, 45_000, 45_000]],
  ])('waits twice as long each time in a row, to a minute at most; with %s', (_what, random, delays) => {
    const { clock, postponed } = bench(() => random)
    const taken = delays.map(() => {
      const delayMs = postponed.postpone([a])
      clock.advance(delayMs)
      return delayMs
    })
    expect(taken).toEqual(delays)
  })

  test('waits as long as the one of its streams that was postponed most often', () => {
    const { postponed } = bench()
    postponed.postpone([a])
    postponed.postpone([a])
    expect([postponed.postpone([a, b]), postponed.postpone([b])]).toEqual([3_000, 6_000])
  })

  test('goes on without those that are there or not wanted, which begin anew should they be postponed again', () => {
    const { clock, due, postponed } = bench()
    postponed.postpone([a, b])
    postponed.settle([a])
    clock.advance(750)
    postponed.postpone([b])
    postponed.settle([b])
    expect([due, clock.pendingTimers, postponed.postpone([a])]).toEqual([['750: b'], 0, 750])
  })

  test('is forgotten with its connection', () => {
    const { clock, due, postponed } = bench()
    postponed.postpone([a, b])
    postponed.postpone([c])
    postponed.clear()
    clock.advance(60_000)
    expect([due, clock.pendingTimers, postponed.postpone([c])]).toEqual([[], 0, 750])
  })
})

test('each postponed stream comes due once, in time, unless it is settled before, whatever happens in whatever order', () => {
  const some = fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 })
  const step = fc.oneof(
    fc.record({ do: fc.constant('postpone' as const), ids: some }),
    fc.record({ do: fc.constant('settle' as const), ids: some }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.nat({ max: 40_000 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (steps, random) => {
      const clock = new ManualClock()
      const expected = new Map<string, number>()
      const postponed = new PostponedStreams({
        clock,
        random: () => random,
        onDue: (streams) => {
          for (const { id } of streams) {
            expect(expected.get(id)).toBe(clock.now())
            expected.delete(id)
          }
        },
      })
      for (const action of steps) {
        if (action.do === 'pass') clock.advance(action.ms)
        else if (action.do === 'settle') {
          postponed.settle(action.ids.map(stream))
          for (const id of action.ids) expected.delete(id)
        } else {
          const dueAt = clock.now() + postponed.postpone(action.ids.map(stream))
          for (const id of action.ids) expected.set(id, dueAt)
        }
        expect(clock.pendingTimers === 0).toBe(expected.size === 0)
      }
      clock.advance(60_000)
      expect([expected.size, clock.pendingTimers]).toEqual([0, 0])
    }),
  )
})
