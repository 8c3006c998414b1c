import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDecimals, subtractDecimals } from './decimal-sum.js'

/** A decimal with 30 places, from its value in units of the last place. */
function decimal(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(31, '0')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -30)}.${digits.slice(-30)}`
}

function units(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const magnitude = BigInt(whole + fraction.padEnd(30, '0'))
  return text.startsWith('-') ? -magnitude : magnitude
}

describe('addDecimals', () => {
  it.each([
    ['912.5', '87.5', '1000'],
    ['0', '0', '0'],
    ['0.1', '0.2', '0.3'],
    ['1', '-0.000000000000000001', '0.999999999999999999'],
    ['-1.5', '1.5', '0'],
    ['-0.25', '-0.25', '-0.5'],
    ['302.185113007893322435', '4.990689704', '307.175802711893322435'],
    ['1e-7', '1.5E-6', '0.0000016'],
    ['1.25e+3', '-.5', '1249.5'],
    ['5.', '+1', '6'],
  ])('%s + %s = %s', (first, second, sum) => {
    expect(addDecimals(first, second)).toBe(sum)
  })

  it('is exact for amounts of any size and sign', () => {
    const amount = fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n })
    fc.assert(
      fc.property(amount, amount, (first, second) => {
        const sum = addDecimals(decimal(first), decimal(second))
        expect(units(sum as string)).toBe(first + second)
        expect(sum).not.toMatch(/\.\d*0$|\.$/)
        expect(subtractDecimals(sum as string, decimal(second))).toBe(addDecimals(decimal(first), '0'))
      }),
    )
  })

  it.each(['', '.', 'e5', '1e', '0x10', ' 1', 'abc', '1'.repeat(101)])(
    'gives null for %j, which is no amount',
    (text) => {
      expect(addDecimals(text, '1')).toBeNull()
      expect(subtractDecimals(text, '1')).toBeNull()
      expect(addDecimals('1', text)).toBeNull()
    },
  )
})
