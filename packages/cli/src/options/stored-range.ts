import { systemClock } from '@tapewire/core/adapter'
import { usageError } from '../cli-error.js'
import { parseDuration } from '../duration.js'

/** Where reading what NATS keeps begins, as `natsExchange` takes it. */
export type StartFlag = 'first' | { readonly time: number }

/** Where it ends. */
export type EndFlag = 'last' | { readonly time: number }

/** What of that which NATS keeps is read. */
export interface RangeFlags {
  readonly from?: StartFlag
  readonly to?: EndFlag
}

// A date, or a date and a time, with or without a zone.
const written = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/

/** `first`, a time such as `2026-11-27T07:00:00Z` (UTC where no zone is named), or how long ago: `-10m`. Throws `ERR_USAGE` for anything else, and for a time to come. */
export function parseStoredStart(text: string): StartFlag {
  return text.trim() === 'first' ? 'first' : { time: pastTime(text, 'no place to begin', 'first') }
}

/** `last`, or a time as of `parseStoredStart`. Throws the same. */
export function parseStoredEnd(text: string): EndFlag {
  return text.trim() === 'last' ? 'last' : { time: pastTime(text, 'no place to end', 'last') }
}

/** Throws `ERR_USAGE` for an end that has no beginning, or does not come after it. */
export function checkRange({ from, to }: RangeFlags): void {
  if (to === undefined) return
  if (from === undefined)
    throw usageError(
      '--to is the end of what is read where it is kept, and no beginning is named.',
      'Add --from first.',
    )
  if (typeof to === 'object' && typeof from === 'object' && to.time <= from.time)
    throw usageError('--to is not after --from.', 'What is stored at --to is not shown any more.')
}

function pastTime(text: string, fault: string, word: string): number {
  const place = text.trim()
  const now = systemClock.wallTime()
  if (/^-\d/.test(place)) return now - parseDuration(place.slice(1))
  const zone = written.exec(place)?.[4]
  const time = written.test(place)
    ? Date.parse(place.includes('T') && zone === undefined ? `${place}Z` : place)
    : Number.NaN
  if (Number.isNaN(time))
    throw usageError(
      `"${text}" is ${fault}.`,
      `Write ${word}, a time such as 2026-11-27T07:00:00Z, or how long ago: -10m.`,
    )
  if (time > now) throw usageError(`${place} is yet to come.`, 'Times without a zone are UTC.')
  return time
}
