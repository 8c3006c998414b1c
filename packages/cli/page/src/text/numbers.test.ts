import { describe, expect, test } from 'vitest'
import { bytes, change, digitsThatFit, fixed, milliseconds, percent, rate, short, unknownText } from './numbers.js'

describe('numbers', () => {
  test('have as many digits as their market has, grouped, and never an exponent', () => {
    expect(fixed(64_010.5, 1)).toBe('64,010.5')
    expect(fixed(0.000_000_012, 9)).toBe('0.000000012')
    expect(fixed(1e15, 0)).toBe('1,000,000,000,000,000')
  })

  test.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY])('are a dash where they are %j', (value) => {
    expect([fixed(value, 2), rate(value), milliseconds(value), percent(value), change(value), bytes(value)]).toEqual(
      Array.from({ length: 6 }, () => unknownText),
    )
  })

  test.each([
    [0.0421, '0.042 ms'],
    [1.234, '1.23 ms'],
    [12.34, '12.3 ms'],
    [123.4, '123 ms'],
    [1_234, '1.23 s'],
    [-12, '-12.0 ms'],
  ])('durations have about three figures: %d', (value, text) => {
    expect(milliseconds(value)).toBe(text)
  })

  test('a share that is not quite all is never shown as all', () => {
    expect(percent(0.999_999)).toBe('99.99 %')
    expect(percent(1)).toBe('100.00 %')
    expect(percent(0.9996)).toBe('99.96 %')
  })

  test('changes have a sign, which needs no colour', () => {
    expect([change(0.0125), change(-0.0125), change(0)]).toEqual(['+1.25 %', '−1.25 %', '0.00 %'])
  })

  test('sizes have the digits of their market, but never more than nine figures', () => {
    expect([digitsThatFit(0.5, 8), digitsThatFit(1_234.5, 8), digitsThatFit(12, 4), digitsThatFit(1e12, 2)]).toEqual([
      8, 5, 4, 0,
    ])
    expect(digitsThatFit(0, 3)).toBe(3)
  })

  test('axes are short', () => {
    expect([0.05, 12, 1_234, 64_000, 1_500_000].map(short)).toEqual(['0.05', '12', '1,234', '64k', '1.5M'])
    expect([900, 2_048, 81_000, 5e9].map(bytes)).toEqual(['900 B', '2.0 KiB', '79.1 KiB', '4.7 GiB'])
  })
})
