import { ExactNumber } from '@tapewire/core/adapter'

/** Fields of parsed JSON that nobody has checked yet. */
export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Text that says something; null for anything else. */
export function optionalText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** No time in milliseconds is as late as this (the year 5138): such a number is microseconds. Seen in `t` of `spot.order_book_update`. */
const endOfTime = 1e14

/** A time in milliseconds, whole; NaN and 0 are none, because old acknowledgements carry `time_ms: 0`. */
export function timeOfMilliseconds(time: number): number | null {
  return plausible(time >= endOfTime ? time / 1000 : time)
}

/** A time in seconds, as milliseconds; NaN and 0 are none. */
export function timeOfSeconds(time: number): number | null {
  return plausible(time * 1000)
}

function plausible(time: number): number | null {
  return time >= 1 && time < endOfTime ? Math.floor(time) : null
}

/** The time of a field pair such as `create_time_ms` and `create_time`: the finer one where it is there. */
export function timeOf(milliseconds: number, seconds: number): number | null {
  return timeOfMilliseconds(milliseconds) ?? timeOfSeconds(seconds)
}

/** A number, or text that spells one; NaN for anything else. An object may not even let itself be converted: `{"toString":null}`. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' || value instanceof ExactNumber
    ? Number(value)
    : Number.NaN
}

/** When the server sent a frame: `time_ms`, or `time` on frames from before 2022. */
export function envelopeTime({ time, time_ms }: Fields): number | null {
  return timeOf(numberOf(time_ms), numberOf(time))
}

/**
 * The client's own id of an order, as it was sent. Gate.io keeps it in `text` with the prefix `t-`; any other `text` names where the
 * order came from (`apiv4`, `web`). Source: Gate.io spot WebSocket v4 docs.
 */
export function clientIdOf(label: string | null): string | null {
  return label?.startsWith('t-') ? label : null
}
