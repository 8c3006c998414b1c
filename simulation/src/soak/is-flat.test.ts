import { describe, expect, it } from 'vitest'
import { isFlat } from './is-flat.js'

const hours = Array.from({ length: 24 }, (_, hour) => hour)

describe('isFlat', () => {
  it('takes what only wavers for flat, and what is still being set up at the beginning', () => {
    expect(isFlat(hours.map((hour) => 100 + (hour % 3)))).toBe(true)
    expect(isFlat(hours.map((hour) => (hour < 5 ? 50 + hour : 100)))).toBe(true)
  })

  it('sees a leak of one per cent an hour', () => {
    expect(isFlat(hours.map((hour) => 100 + hour))).toBe(false)
  })

  it('says nothing of few samples', () => {
    expect(isFlat([1, 2])).toBe(true)
  })
})
