import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimalEnd, readDecimal } from './decimal.js'

const read = (text: string): number => readDecimal(Buffer.from(`${text}"`), 0)

/** Texts whose nearest double is hard to find: halfway cases, the edge of 2^53, long fractions, tiny and huge values. */
const hardCases = [
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '9007199254740992.5',
  '0.9007199254740993',
  '90071992547.40993',
  '1.00000000000000011102230246251565404236316680908203125',
  '1.00000000000000011102230246251565404236316680908203124',
  '1.00000000000000011102230246251565404236316680908203126',
  '2.2250738585072011',
  '0.000000000000000000000000000000000000000000000000000000123',
  '123456789012345678901234567890.123456789012345678901234567890',
  '0.1234567890123456789012',
  '0.12345678901234567890123',
  '0',
  '-0',
  '0.0',
  '-0.0',
  '00012.50',
  '.5',
  '5.',
]

describe('readDecimal', () => {
  test.each(hardCases)('reads %s exactly as Number does', (text) => {
    expect(Object.is(read(text), Number(text))).toBe(true)
  })

  test('equals Number for any plain decimal text, and stops behind it', () => {
    const digits = (min: number, max: number): fc.Arbitrary<string> =>
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((list) => list.join(''))
    const decimal = fc
      .tuple(fc.constantFrom('', '-'), digits(1, 24), fc.option(digits(1, 34)))
      .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}`)
    fc.assert(
      fc.property(decimal, (text) => {
        expect(Object.is(read(text), Number(text))).toBe(true)
        expect(decimalEnd()).toBe(text.length)
      }),
      { numRuns: 5_000 },
    )
  })

  test.each(['', '-', '.', '-.', 'x', '"', 'NaN', 'Infinity', '+1'])('says NaN where no number stands: %j', (text) => {
    expect(read(text)).toBeNaN()
  })
})
