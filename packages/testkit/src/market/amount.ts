import { StreamError } from '@tapewire/core'
import { bigDecimalText } from './decimal-text.js'

/** Account amounts are whole multiples of 10^-18: fine enough for price times size times fee of every simulated market, without rounding. */
const amountDigits = 18
const one = 10n ** BigInt(amountDigits)
const plainDecimal = /^\d+(\.\d{1,18})?$/

/** Reads plain decimal text, at most 18 places; throws `ERR_INVALID_CONFIG` for anything else. */
export function parseAmount(text: string): bigint {
  if (!plainDecimal.test(text)) {
    throw new StreamError('ERR_INVALID_CONFIG', `${JSON.stringify(text)} is not an amount.`, {
      hint: 'Write plain decimal text with at most 18 places, for example 1000.5.',
    })
  }
  const [whole = '', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(amountDigits, '0'))
}

export function amountText(amount: bigint): string {
  return bigDecimalText(amount, amountDigits)
}

/** `units` of 10^-`digits` as an amount. */
export function amountOf(units: number, digits: number): bigint {
  return BigInt(units) * 10n ** BigInt(amountDigits - digits)
}

/** Price times size. */
export function multiply(left: bigint, right: bigint): bigint {
  return (left * right) / one
}

/** Cut off after `digits` places. */
export function divide(left: bigint, right: bigint, digits: number): bigint {
  const unit = 10n ** BigInt(amountDigits - digits)
  return ((left * one) / right / unit) * unit
}
