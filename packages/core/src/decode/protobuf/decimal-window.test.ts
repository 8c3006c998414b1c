import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDecimal, readDigits } from './decimal-window.js'

type Reader = typeof readDecimal

/** What a window says; undefined where it is refused. Digits stand around it, which are none of its business. */
function read(reader: Reader, text: string): number | undefined {
  const bytes = Buffer.from(`07${text}99`)
  const numbers = new Float64Array(2)
  return reader(bytes, 2, bytes.length - 2, numbers, 1) ? (numbers[1] as number) : undefined
}

describe('readDecimal', () => {
  test('equals Number for any plain decimal text', () => {
    const digits = (min: number, max: number): fc.Arbitrary<string> =>
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((list) => list.join(''))
    const decimal = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.oneof(digits(1, 10), digits(1, 24)),
        fc.option(fc.oneof(digits(1, 10), digits(1, 34))),
      )
      .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}`)
    fc.assert(
      fc.property(decimal, (text) => {
        expect(Object.is(read(readDecimal, text), Number(text))).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  test.each([
    '9007199254740991',
    '9007199254740992',
    '9007199254740993',
    '9007199254740992.5',
    '0.9007199254740993',
    '1.00000000000000011102230246251565404236316680908203125',
    '1.00000000000000011102230246251565404236316680908203126',
    '0.000000000000000000000000000000000000000000000000000000123',
    '0.12345678901234567890123',
    '-0',
    '-0.0',
    '00012.50',
  ])('reads %s exactly as Number does', (text) => {
    expect(Object.is(read(readDecimal, text), Number(text))).toBe(true)
  })

  test.each(['-', '.', '.5', '5.', '-.5', '1.2.3', '1e5', '+1', ' 1', '1 ', '0x10', 'NaN', '1-', '1'.repeat(400)])(
    'refuses %j',
    (text) => {
      expect(read(readDecimal, text)).toBeUndefined()
    },
  )
})

describe('readDigits', () => {
  test.each(['0', '7', '007', '80000000014', '999999999999999'])('reads %s', (text) => {
    expect(read(readDigits, text)).toBe(Number(text))
  })

  test.each(['-1', '1.0', '1e3', ' 1', '1234567890123456', 'x', '9007199254740993'])('refuses %j', (text) => {
    expect(read(readDigits, text)).toBeUndefined()
  })
})

test.each([readDecimal, readDigits])('$name takes an empty window for no number', (reader) => {
  expect(read(reader, '')).toBeNaN()
})
