import { describe, expect, it } from 'vitest'
import { envelopeTime, timeOf, timeOfMilliseconds, timeOfSeconds } from './fields.js'

describe('times', () => {
  it.each([
    [1_767_225_601_213, 1_767_225_601_213],
    [1_767_225_601_213.25, 1_767_225_601_213],
    [1_767_225_601_213_456, 1_767_225_601_213],
    [0, null],
    [0.5, null],
    [-1, null],
    [1.8e305, null],
    [Number.NaN, null],
  ])('read %d milliseconds as %j', (value, time) => {
    expect(timeOfMilliseconds(value)).toBe(time)
  })

  it.each([
    [1_767_225_601, 1_767_225_601_000],
    [0, null],
    [1.8e305, null],
    [Number.NaN, null],
  ])('read %d seconds as %j', (value, time) => {
    expect(timeOfSeconds(value)).toBe(time)
  })

  it('prefer the finer of two fields', () => {
    expect(timeOf(1_500, 1)).toBe(1_500)
    expect(timeOf(Number.NaN, 1)).toBe(1_000)
  })

  it.each([
    [{ time: 2, time_ms: 1_767_225_601_231 }, 1_767_225_601_231],
    [{ time: 2, time_ms: 0 }, 2_000],
    [{ time: 2 }, 2_000],
    [{ time: '2', time_ms: 'soon' }, 2_000],
    [{ time: null }, null],
    [{ time: { toString: null }, time_ms: { valueOf: 1 } }, null],
    [{}, null],
  ])('of a frame %j are %j', (envelope, time) => {
    expect(envelopeTime(envelope)).toBe(time)
  })
})
