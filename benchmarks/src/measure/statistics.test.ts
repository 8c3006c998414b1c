import { describe, expect, it } from 'vitest'
import { median, quantile, slope } from './statistics.js'

describe('statistics', () => {
  it('takes the value in the middle, or between the two', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(median([])).toBeNaN()
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20)
  })

  it('fits a line', () => {
    expect(slope([1, 2, 3, 4].map((x) => ({ x, y: 5 - 2 * x })))).toBeCloseTo(-2, 12)
  })
})
