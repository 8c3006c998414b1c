import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frameOf } from '../model/inbound-frame.js'
import { ExactNumber, frameJson } from './frame-text.js'

describe('frameJson', () => {
  test.each([
    '9007199254740993',
    '-9007199254740993',
    '1.50',
    '12345678.123456789',
    '8.75E+4',
    '0.0000001',
    '-0',
    '1e999',
  ])('keeps the digits of %s, which a double would not', (number) => {
    for (const json of [`[${number}]`, `{"a": ${number} }`, `[1,${number}]`]) {
      const parsed = frameJson(frameOf(json)) as { value: object }
      const found = Object.values(parsed.value).at(-1)
      expect(found).toBeInstanceOf(ExactNumber)
      expect(String(found)).toBe(number)
      expect(Number(found)).toBe(Number(number))
    }
  })

  test('gives numbers whose digits a double gives back as doubles', () => {
    const json = '{"id":9007199254740993,"n":17,"f":0.5,"huge":9007199254740991,"text":"1.50","s":[-3]}'
    const { id, ...others } = (frameJson(frameOf(json)) as { value: { id: ExactNumber } }).value
    expect(id.text).toBe('9007199254740993')
    expect(others).toEqual({ n: 17, f: 0.5, huge: 9007199254740991, text: '1.50', s: [-3] })
  })

  test('loses the digits of no number, in whatever JSON', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 }).map((list) => list.join(''))
    const number = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.constantFrom('0', '7', '10', '9007199254740993'),
        digits,
        fc.constantFrom('', '', 'e5', 'E-7'),
      )
      .map(([sign, whole, fraction, exponent]) => `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}${exponent}`)
    fc.assert(
      fc.property(number, fc.constantFrom('', ' ', '\n'), (text, blank) => {
        const parsed = frameJson(frameOf(`{"a":[${blank}${text}${blank}]}`)) as { value: { a: [unknown] } }
        expect(String(parsed.value.a[0])).toBe(text)
      }),
      { numRuns: 2_000 },
    )
  })

  test('takes the last of two fields of one name, with long numbers or without', () => {
    expect(frameJson(frameOf('{"a":1,"a":2}'))).toEqual({ value: { a: 2 } })
    expect(frameJson(frameOf('{"a":1,"a":2,"b":"","c":[1.0]}'))).toMatchObject({ value: { a: 2 } })
  })

  test.each([
    [Buffer.from([0x22, 0xff, 0x22]), 'not valid UTF-8'],
    [Buffer.from('{"a":'), 'not valid JSON'],
    [Buffer.from('{"a":9007199254740993'), 'not valid JSON'],
    [Buffer.from('[01.50]'), 'not valid JSON'],
  ])('says what is wrong with %s', (bytes, fault) => {
    expect(frameJson(frameOf(bytes))).toEqual({ fault })
  })
})
