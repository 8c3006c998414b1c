import { ExactNumber } from '@tapewire/core/adapter'
import { describe, expect, it } from 'vitest'
import { envelopeTime, idOf, numberOf, positive, timeOf, timeOfMilliseconds, timeOfSeconds } from './fields.js'

describe('times', () => {
  it.each([
    [1_767_225_601_213, 1_767_225_601_213],
    [1_767_225_601_213.25, 1_767_225_601_213.25],
    [1_767_225_601_213_456, 1_767_225_601_213.456],
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
    [1_767_225_601.213456, 1_767_225_601_213.456],
    [1_767_225_601.001, 1_767_225_601_001],
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

describe('values of a row', () => {
  it.each([
    ['700100200300', '700100200300'],
    [9_455_001_299, '9455001299'],
    [new ExactNumber('9007199254740993'), '9007199254740993'],
    ['12-ab', '12-ab'],
    [1.5, null],
    [new ExactNumber('1e30'), null],
    ['', null],
    [null, null],
    [{}, null],
  ])('%j is the id %j', (value, id) => {
    expect(idOf(value)).toBe(id)
  })

  it('are numbers where they are decimal text', () => {
    expect([numberOf('1e-7'), numberOf(new ExactNumber('1.50')), numberOf('-2')]).toEqual([1e-7, 1.5, -2])
    for (const none of ['', 'abc', '0x10', null, undefined, {}]) expect(numberOf(none)).toBeNaN()
  })

  it('are prices where they are above zero, in their own digits', () => {
    expect([positive('1.50'), positive(new ExactNumber('1.50')), positive('1E-7')]).toEqual(['1.50', '1.50', '1E-7'])
    for (const none of ['0', '0.000', '', '-1', 'abc', undefined]) expect(positive(none)).toBeNull()
  })
})
