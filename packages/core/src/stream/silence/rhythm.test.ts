import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Rhythm } from './rhythm.js'

const hour = 3_600_000

/** A rhythm of these quiets, one after the other. */
function rhythmOf(quiets: readonly number[]): Rhythm {
  const rhythm = new Rhythm()
  for (const quietMs of quiets) rhythm.note(quietMs)
  return rhythm
}

const quiets = fc.array(fc.integer({ min: 1, max: 6 * hour }), { minLength: 1, maxLength: 60 })

describe('a rhythm', () => {
  test('is as long as the quiet that just ended at least, and no longer than the longest that ever was', () => {
    fc.assert(
      fc.property(quiets, (all) => {
        const { longestMs } = rhythmOf(all)
        expect(longestMs).toBeGreaterThanOrEqual(all.at(-1) as number)
        expect(longestMs).toBeLessThanOrEqual(Math.max(...all))
      }),
    )
  })

  test('calls nothing silence that is not several times as long as what it knows, nor under ten seconds', () => {
    fc.assert(
      fc.property(quiets, fc.integer({ min: 2, max: 8 }), (all, times) => {
        const rhythm = rhythmOf(all)
        expect(rhythm.silenceMs(times)).toBe(Math.max(10_000, times * rhythm.longestMs))
        expect(rhythm.silenceMs(times)).toBeGreaterThanOrEqual(times * (all.at(-1) as number))
      }),
    )
  })

  test('forgets a long quiet by halves, each in 256 times that something comes', () => {
    const night = 8 * hour
    expect(rhythmOf([night, ...Array(256).fill(1)]).longestMs).toBeCloseTo(night / 2)
    // A day of a pair that trades every half a minute.
    expect(rhythmOf([night, ...Array(16 * 120).fill(30_000)]).longestMs).toBeLessThan(5 * 60_000)
  })

  test('is known after thirty times and two minutes', () => {
    expect(rhythmOf(Array(29).fill(10_000)).isKnown).toBe(false)
    expect(rhythmOf(Array(119).fill(1_000)).isKnown).toBe(false)
    expect(rhythmOf(Array(30).fill(4_000)).isKnown).toBe(true)
    expect(rhythmOf(Array(120).fill(1_000)).isKnown).toBe(true)
  })

  test('is busy where it was never quiet for more than fifteen seconds, in three hundred times and five minutes', () => {
    expect(rhythmOf(Array(300).fill(15_000)).isBusy).toBe(true)
    expect(rhythmOf(Array(300).fill(15_001)).isBusy).toBe(false)
    expect(rhythmOf(Array(299).fill(15_000)).isBusy).toBe(false)
    expect(rhythmOf(Array(300).fill(999)).isBusy).toBe(false)
  })
})
