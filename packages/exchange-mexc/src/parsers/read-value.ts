import type { Side } from '@tapewire/core'
import { PayloadFault, quoted } from './payload-fault.js'

const decimal = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** The number a decimal text means, exactly `Number(text)`. Faults on anything else: an absent price must never become 0. */
export function readDecimal(text: string, field: string): number {
  if (!decimal.test(text)) throw notDecimal(text, field)
  const value = Number(text)
  if (!Number.isFinite(value)) throw notDecimal(text, field)
  return value
}

/** Like `readDecimal`, for a field that may be absent: proto3 does not send an empty text. */
export function readOptionalDecimal(text: string, field: string): number | null {
  return text === '' ? null : readDecimal(text, field)
}

/** An amount of the account: checked to be a decimal, and kept as the exchange wrote it. */
export function readAmount(text: string, field: string): string {
  if (!decimal.test(text)) throw notDecimal(text, field)
  return text
}

/** Like `readAmount`, for a field that may be absent. */
export function readOptionalAmount(text: string, field: string): string | null {
  return text === '' ? null : readAmount(text, field)
}

/** A text that must be there. */
export function readText(text: string, field: string): string {
  if (text === '') throw new PayloadFault(`${field} is missing`)
  return text
}

/** Versions are decimal text on the wire, around 8e10 in 2026: far within what a number holds exactly. */
export function readVersion(text: string, field: string): number {
  const version = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(version)) {
    throw new PayloadFault(text === '' ? `${field} is missing` : `${field} is not a version: ${quoted(text)}`)
  }
  return version
}

/** Versions came to some payloads in June 2026; before that they were absent. */
export function readOptionalVersion(text: string, field: string): number | null {
  return text === '' ? null : readVersion(text, field)
}

/** Epoch milliseconds; proto3 does not send a zero, so zero means absent. */
export function readTime(time: number | undefined): number | null {
  return time === undefined || time <= 0 ? null : time
}

/** `tradeType`: 1 buy, 2 sell (MEXC spot v3 API docs, enum definitions). */
export function readSide(tradeType: number): Side {
  if (tradeType === 1) return 'buy'
  if (tradeType === 2) return 'sell'
  throw new PayloadFault(`tradeType is ${tradeType}, neither 1 (buy) nor 2 (sell)`)
}

function notDecimal(text: string, field: string): PayloadFault {
  return new PayloadFault(text === '' ? `${field} is missing` : `${field} is not a decimal number: ${quoted(text)}`)
}
