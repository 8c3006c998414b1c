import { systemClock } from '@tapewire/core/adapter'
import { usageError } from '../cli-error.js'
import { parseDuration } from '../duration.js'

/** Where reading what NATS keeps begins, as `natsExchange` takes it. */
export type StartFlag = 'first' | { readonly time: number }

// A date, or a date and a time, with or without a zone.
const written = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/

/** `first`, a time such as `2026-11-27T07:00:00Z` (UTC where no zone is named), or how long ago: `-10m`. Throws `ERR_USAGE` for anything else, and for a time to come. */
export function parseStoredStart(text: string): StartFlag {
  const word = text.trim()
  const now = systemClock.wallTime()
  if (word === 'first') return word
  if (/^-\d/.test(word)) return { time: now - parseDuration(word.slice(1)) }
  const zone = written.exec(word)?.[4]
  const time = written.test(word)
    ? Date.parse(word.includes('T') && zone === undefined ? `${word}Z` : word)
    : Number.NaN
  if (Number.isNaN(time))
    throw usageError(
      `"${text}" is no place to begin.`,
      'Write first, a time such as 2026-11-27T07:00:00Z, or how long ago: -10m.',
    )
  if (time > now) throw usageError(`${word} is yet to come.`, 'Times without a zone are UTC.')
  return { time }
}
