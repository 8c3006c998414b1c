import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bigDecimalText, decimalText } from './decimal-text.js'

describe('decimalText', () => {
  it.each([
    [0, 0, '0'],
    [0, 5, '0'],
    [875_005, 1, '87500.5'],
    [875_000, 1, '87500'],
    [5, 5, '0.00005'],
    [120_000, 5, '1.2'],
    [7, 9, '0.000000007'],
    [1_500_000_000, 9, '1.5'],
  ])('writes %d units of %d places as %s', (units, digits, text) => {
    expect(decimalText(units, digits)).toBe(text)
    expect(bigDecimalText(BigInt(units), digits)).toBe(text)
  })

  it('is the exact decimal of any units, without trailing zeros', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 12 }), (units, digits) => {
        const text = decimalText(units, digits)
        const [whole = '', fraction = ''] = text.split('.')
        expect(BigInt(whole + fraction.padEnd(digits, '0'))).toBe(BigInt(units))
        expect(text).toMatch(/^(0|[1-9]\d*)(\.\d*[1-9])?$/)
      }),
    )
  })

  it('writes negative amounts with their sign', () => {
    expect(bigDecimalText(-15n, 1)).toBe('-1.5')
    expect(bigDecimalText(-5n, 3)).toBe('-0.005')
  })
})
