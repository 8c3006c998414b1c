import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDecimal } from './decimal.js'
import { sampleDecimal } from './json/sample.js'

/** How many random cases the fuzz tests try. */
const fuzzCases = Number(process.env.TAPEWIRE_FUZZ_CASES ?? 20_000)

const values = new Float64Array(2)

/** The number at the beginning of a text, and where it stops. */
function read(text: string, shift = 0): { value: number; end: number } {
  const bytes = Buffer.from(`${text}"`)
  const end = readDecimal(bytes, 0, bytes.length, values, 1, shift)
  return { value: values[1] as number, end }
}

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
    expect(Object.is(read(text).value, Number(text))).toBe(true)
  })

  test('equals Number for any plain decimal text, and stops behind it', () => {
    const digits = (min: number, max: number): fc.Arbitrary<string> =>
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((list) => list.join(''))
    const decimal = fc
      .tuple(fc.constantFrom('', '-'), digits(1, 24), fc.option(digits(1, 34)))
      .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}`)
    fc.assert(
      fc.property(decimal, (text) => {
        const { value, end } = read(text)
        expect(Object.is(value, Number(text))).toBe(true)
        expect(end).toBe(text.length)
      }),
      { numRuns: 5_000 },
    )
  })

  test('equals Number for decimals as exchanges send them, and with the point moved', () => {
    let state = 1
    const pick = (limit: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * limit)
    }
    for (let run = 0; run < fuzzCases; run += 1) {
      const text = sampleDecimal(pick)
      if (!Object.is(read(text).value, Number(text))) expect.fail(`read ${text} as ${read(text).value}`)
      const moved = read(text, 2).value
      if (!Object.is(moved, Number(`${text}e-2`))) expect.fail(`read ${text} percent as ${moved}`)
    }
  })

  test.each(['', '-', '.', '-.', 'x', '"', 'NaN', 'Infinity', '+1', '9'.repeat(400)])(
    'says NaN where no number stands, or none that a double holds: %j',
    (text) => {
      expect(read(text).value).toBeNaN()
      expect(read(text, 200).value).toBeNaN()
    },
  )
})
