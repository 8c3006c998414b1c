import type { Side } from '@tapewire/core'
import { decimalText, ExactNumber } from '@tapewire/core/adapter'

/** Fields of parsed JSON that nobody has checked yet. */
export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Text that says something; null for anything else. */
export function optionalText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** An id as text, whatever it was on the wire: a number is never rounded (`frameJson` keeps its digits). Null for what is none. */
export function idOf(value: unknown): string | null {
  if (typeof value !== 'number' && !(value instanceof ExactNumber)) return optionalText(value)
  return /^\d+$/.test(String(value)) ? String(value) : null
}

/** `buy` or `sell`; null for any other word. */
export function sideOf(value: unknown): Side | null {
  return value === 'buy' || value === 'sell' ? value : null
}

/** Says which of some mandatory values cannot be read: the first that is null. */
export function missingFault(values: Readonly<Record<string, string | null>>): string {
  const missing = Object.keys(values).find((name) => values[name] === null)
  return `${missing} is missing or cannot be read`
}

/** The number of decimal text, of an amount or a time; NaN for anything else. An object may not even let itself be converted: `{"toString":null}`. */
export function numberOf(value: unknown): number {
  const digits = decimalText(value)
  return digits === null ? Number.NaN : Number(digits)
}

/** A price that somebody asked for, in its own digits: Gate.io writes `0` where there is none. */
export function positive(value: unknown): string | null {
  return numberOf(value) > 0 ? decimalText(value) : null
}

/** No time in milliseconds is as late as this (the year 5138): such a number is microseconds. Seen in `t` of `spot.order_book_update`. */
const endOfTime = 1e14

/** A time in milliseconds, with its fraction; NaN and 0 are none, because old acknowledgements carry `time_ms: 0`. */
export function timeOfMilliseconds(time: number): number | null {
  return plausible(time >= endOfTime ? time / 1000 : time)
}

/** A time in seconds, as milliseconds, to the microsecond; NaN and 0 are none. */
export function timeOfSeconds(time: number): number | null {
  // Multiplied by 1000 alone, a fraction would end in digits that nobody sent.
  return plausible(Math.round(time * 1e6) / 1000)
}

function plausible(time: number): number | null {
  return time >= 1 && time < endOfTime ? time : null
}

/** A time in milliseconds as a whole number: one with a fraction as microseconds, which `timeOfMilliseconds` takes for what it is. */
export function wholeTime(time: number | null): number | null {
  if (time === null || Number.isInteger(time)) return time
  const microseconds = Math.round(time * 1000)
  return microseconds >= endOfTime ? microseconds : null
}

/** The time of a field pair such as `create_time_ms` and `create_time`: the finer one where it is there. */
export function timeOf(milliseconds: number, seconds: number): number | null {
  return timeOfMilliseconds(milliseconds) ?? timeOfSeconds(seconds)
}

/** When the server sent a frame: `time_ms`, or `time` on frames from before 2022. */
export function envelopeTime({ time, time_ms }: Fields): number | null {
  return timeOf(numberOf(time_ms), numberOf(time))
}

/**
 * The client's own id of an order, as it was sent. Gate.io keeps it in `text` with the prefix `t-`; any other `text` names where the
 * order came from (`apiv4`, `web`). Source: Gate.io spot WebSocket v4 docs.
 */
export function clientIdOf(label: unknown): string | null {
  return typeof label === 'string' && label.startsWith('t-') ? label : null
}
