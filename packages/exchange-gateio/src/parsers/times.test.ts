import { describe, expect, it } from 'vitest'
import { envelopeTime, optionalMilliseconds, optionalSeconds, optionalTime } from './times.js'

describe('times', () => {
  it.each([
    [1_767_225_601_213, 1_767_225_601_213],
    ['1767225601213.25', 1_767_225_601_213],
    ['1790274249452.965000', 1_790_274_249_452],
    [1_767_225_601_213_456, 1_767_225_601_213],
    [0, null],
    [0.5, null],
    [-1, null],
    ['1.8e305', null],
    ['soon', null],
    [undefined, null],
  ])('read %j milliseconds as %j', (value, time) => {
    expect(optionalMilliseconds(value)).toBe(time)
  })

  it.each([
    [1_767_225_601, 1_767_225_601_000],
    ['1767225601', 1_767_225_601_000],
    [0, null],
    [1.8e305, null],
    [null, null],
  ])('read %j seconds as %j', (value, time) => {
    expect(optionalSeconds(value)).toBe(time)
  })

  it('prefer the finer of two fields', () => {
    expect(optionalTime({ at_ms: '1500', at: '1' }, 'at_ms', 'at')).toBe(1_500)
    expect(optionalTime({ at_ms: '', at: '1' }, 'at_ms', 'at')).toBe(1_000)
    expect(envelopeTime({ time: 2, time_ms: 0 })).toBe(2_000)
    expect(envelopeTime({})).toBeNull()
  })
})
