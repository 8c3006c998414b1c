import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManualClock } from './manual-clock.js'

describe('ManualClock', () => {
  test('fires one timer at a time where it is asked to', () => {
    const clock = new ManualClock(1_000)
    const fired: string[] = []
    clock.setTimer(5, () => {
      fired.push('first')
      clock.setTimer(0, () => fired.push('set by the first'))
    })
    clock.setTimer(5, () => fired.push('second'))
    expect(clock.fireNext(4)).toBe(false)
    expect(clock.now()).toBe(1_000)
    expect([clock.fireNext(5), clock.now(), fired]).toEqual([true, 1_005, ['first']])
    expect([clock.fireNext(0), clock.fireNext(0), clock.fireNext(1_000)]).toEqual([true, true, false])
    expect(fired).toEqual(['first', 'second', 'set by the first'])
  })

  test('fires in order of time, and of creation where times are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 30 }), fc.nat({ max: 25 }), (delays, advanced) => {
        const clock = new ManualClock(0)
        const fired: { delay: number; index: number }[] = []
        delays.forEach((delay, index) => {
          clock.setTimer(delay, () => {
            expect(clock.now()).toBe(delay)
            fired.push({ delay, index })
          })
        })
        clock.advance(advanced)
        const due = delays.map((delay, index) => ({ delay, index })).filter(({ delay }) => delay <= advanced)
        expect(fired).toEqual(due.sort((one, other) => one.delay - other.delay || one.index - other.index))
        expect(clock.pendingTimers).toBe(delays.length - due.length)
        expect(clock.now()).toBe(advanced)
      }),
    )
  })

  test('fires timers set meanwhile, in the same advance where they fall due', () => {
    const clock = new ManualClock(0)
    const fired: number[] = []
    const tick = (): void => {
      fired.push(clock.now())
      clock.setTimer(10, tick)
    }
    clock.setTimer(10, tick)
    clock.advance(35)
    expect(fired).toEqual([10, 20, 30])
    expect(clock.nextTimerInMs).toBe(5)
  })

  test('forgets what is cancelled, also by a timer that fires with it', () => {
    const clock = new ManualClock(0)
    let fired = 0
    clock.setTimer(5, () => second.cancel())
    const second = clock.setTimer(5, () => {
      fired += 1
    })
    clock.advance(10)
    second.cancel()
    expect([fired, clock.pendingTimers, clock.nextTimerInMs]).toEqual([0, 0, null])
  })

  test('keeps a skewed wall clock apart from time that passes', () => {
    const clock = new ManualClock(1_000.5)
    clock.skew(-250)
    clock.advance(10)
    expect([clock.now(), clock.wallTime()]).toEqual([1_010.5, 760])
  })
})
