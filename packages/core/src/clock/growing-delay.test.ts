import { describe, expect, it } from 'vitest'
import { growingDelayMs } from './growing-delay.js'

const range = { firstMs: 1_000, longestMs: 60_000 }

describe('a growing delay', () => {
  it('doubles with each failure in a row, up to the longest', () => {
    const delays = [1, 2, 3, 6, 7, 8, 100_000].map((failures) => growingDelayMs(range, failures, () => 1))
    expect(delays).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000])
  })

  it('is between half and all of that, by chance', () => {
    expect([0, 0.5].map((chance) => growingDelayMs(range, 2, () => chance))).toEqual([1_000, 1_500])
  })
})
