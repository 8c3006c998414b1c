import { type Fields, numberOf } from './fields.js'

/** No time in milliseconds is as late as this (the year 5138): such a number is microseconds. Seen in `t` of `spot.order_book_update`. */
const endOfTime = 1e14

/**
 * A time in milliseconds, whole: integers, and text with up to six fractional digits (`"1767225601213.25"`), which are cut off.
 * Null where there is none; 0 counts as none, because old acknowledgements carry `time_ms: 0`.
 */
export function optionalMilliseconds(value: unknown): number | null {
  return timeOfMilliseconds(numberOf(value) ?? Number.NaN)
}

/** A time in seconds, as milliseconds; null where there is none. */
export function optionalSeconds(value: unknown): number | null {
  return timeOfSeconds(numberOf(value) ?? Number.NaN)
}

/** Like `optionalMilliseconds`, of a number; NaN is none. */
export function timeOfMilliseconds(time: number): number | null {
  return plausible(time >= endOfTime ? time / 1000 : time)
}

/** Like `optionalSeconds`, of a number; NaN is none. */
export function timeOfSeconds(time: number): number | null {
  return plausible(time * 1000)
}

function plausible(time: number): number | null {
  return time >= 1 && time < endOfTime ? Math.floor(time) : null
}

/** The time of a field pair such as `create_time_ms` and `create_time`: the finer one where it is there. */
export function optionalTime<Name extends string>(
  fields: Fields<Name>,
  millisecondsName: Name,
  secondsName: Name,
): number | null {
  return optionalMilliseconds(fields[millisecondsName]) ?? optionalSeconds(fields[secondsName])
}

/** When the server sent a frame: `time_ms`, or `time` on frames from before 2022. */
export function envelopeTime(envelope: Fields): number | null {
  return optionalTime(envelope, 'time_ms', 'time')
}
