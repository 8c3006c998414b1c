import { describe, expect, it } from 'vitest'
import { isFlat } from './is-flat.js'

const hours = Array.from({ length: 24 }, (_, hour) => hour)

describe('isFlat', () => {
  it('takes what only wavers for flat, and what is still being set up at the beginning', () => {
    expect(
      isFlat(
        hours.map((hour) => 100 + (hour % 3)),
        0.5,
      ),
    ).toBe(true)
    expect(
      isFlat(
        hours.map((hour) => (hour < 5 ? 50 + hour : 100)),
        0,
      ),
    ).toBe(true)
  })

  it('sees a leak that is larger than the slack from the first third of what is settled to the last', () => {
    const leaking = hours.map((hour) => 100 + hour / 10)
    expect(isFlat(leaking, 1)).toBe(false)
    expect(isFlat(leaking, 1.5)).toBe(true)
  })

  it('says nothing of few samples', () => {
    expect(isFlat([1, 2], 0)).toBe(true)
  })
})
