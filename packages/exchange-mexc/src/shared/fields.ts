import type { Side } from '@tapewire/core'
import { decimalText } from '@tapewire/core/adapter'

/** Text that says something; null for anything else. */
export function optionalText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** The number of decimal text; NaN for anything else. */
export function numberOf(value: unknown): number {
  const digits = decimalText(value)
  return digits === null ? Number.NaN : Number(digits)
}

/** No time in milliseconds is as late as this (the year 5138): such a number is microseconds. */
const endOfTime = 1e14

/** Epoch milliseconds, with a fraction where the number is microseconds; proto3 does not send a zero, so zero means absent. */
export function timeOf(time: number): number | null {
  if (time >= endOfTime) return time / 1000
  return time <= 0 ? null : time
}

/** The same of a time in seconds; null for one that cannot be in seconds. */
export function timeOfSeconds(time: number): number | null {
  const milliseconds = time * 1000
  return milliseconds <= 0 || milliseconds >= endOfTime ? null : milliseconds
}

/** `tradeType`: 1 buy, 2 sell (MEXC spot v3 API docs, enum definitions); null for any other. */
export function sideOf(tradeType: number): Side | null {
  if (tradeType === 1) return 'buy'
  return tradeType === 2 ? 'sell' : null
}

export function sideFault(tradeType: number): string {
  return `tradeType is ${tradeType}, neither 1 (buy) nor 2 (sell)`
}

/** An amount that says something where there is one: MEXC writes `0` for an average of no fills, and for a price that nobody gave. */
export function positive(amount: string | null): string | null {
  return Number(amount) > 0 ? amount : null
}

/** Says which of some mandatory values is not there: the first that is NaN or null. */
export function missingFault(values: Readonly<Record<string, number | string | null>>): string {
  const missing = Object.entries(values).find(([, value]) => value === null || Number.isNaN(value))
  return `${missing?.[0]} is missing`
}

/** Longest part of a wire value that is shown. */
const maxShown = 40

/** A wire value fit for a message: quoted and cut. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > maxShown ? `${text.slice(0, maxShown)}…` : text)
}
