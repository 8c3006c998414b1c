import { StreamError } from '@tapewire/core'

/** Where reading begins: with what comes from now on, with the first that is stored, with what was stored at a time (epoch ms) or later, or with the record of a sequence number or later. */
export type StoredStart = 'new' | 'first' | { readonly time: number } | { readonly sequence: number }

/** Where reading ends: after the last that is stored when it begins, or before what was stored at a time (epoch ms) or later, or before the record of a sequence number. */
export type StoredEnd = 'last' | { readonly time: number } | { readonly sequence: number }

/** What of that which is stored is read. */
export interface StoredRange {
  readonly from: StoredStart
  /** Null where reading goes on with what comes live. */
  readonly to: StoredEnd | null
}

/** A range as users pass it. */
export interface RangeOptions {
  readonly from?: StoredStart | undefined
  readonly to?: StoredEnd | undefined
}

/** What a range is of. */
export interface RangeOf {
  /** Whether sequence numbers mean one place alone: what is read is kept in one JetStream stream. */
  readonly hasSequences: boolean
  /** Epoch ms. */
  readonly now: number
}

/** The range that is meant. Throws `ERR_INVALID_CONFIG` for one that cannot be. */
export function storedRange({ from = 'new', to }: RangeOptions, of: RangeOf): StoredRange {
  if (from !== 'new' && from !== 'first' && !isPlace(from, of)) {
    throw new StreamError('ERR_INVALID_CONFIG', 'from is no place that can be read from.', { hint: places("'first'") })
  }
  if (to === undefined) return { from, to: null }
  if (to !== 'last' && !isPlace(to, of)) {
    throw new StreamError('ERR_INVALID_CONFIG', 'to is no place that reading can end at.', { hint: places("'last'") })
  }
  if (from === 'new') {
    throw new StreamError(
      'ERR_INVALID_CONFIG',
      'to is the end of what is read where it is kept, and from is missing.',
      {
        hint: "Pass from as well: 'first', or a time.",
      },
    )
  }
  const fault = faultOf(from, to, of)
  if (fault !== null) throw new StreamError('ERR_INVALID_CONFIG', fault.what, { hint: fault.hint })
  return { from, to }
}

function isPlace(place: unknown, { hasSequences }: RangeOf): boolean {
  const { time, sequence } = (place ?? {}) as { readonly time?: unknown; readonly sequence?: unknown }
  if (time !== undefined) return sequence === undefined && isTime(time)
  return hasSequences && Number.isSafeInteger(sequence) && (sequence as number) > 0
}

/** The last time that NATS can say, in the year 2262: it counts nanoseconds in 64 bits, and what is beyond would be another time. Epoch ms. */
const lastTime = 9_223_372_036_854

function isTime(time: unknown): boolean {
  return typeof time === 'number' && time >= 0 && time <= lastTime
}

function places(word: string): string {
  return `Pass ${word}, { time } in epoch ms, or of an account or a single channel { sequence }, a number of its JetStream stream, 1 and up: each has its own.`
}

/** What is wrong with an end, beside that which begins there; null where nothing is. */
function faultOf(
  from: Exclude<StoredStart, 'new'>,
  to: StoredEnd,
  { now }: RangeOf,
): { readonly what: string; readonly hint: string } | null {
  if (to === 'last') return null
  if ('time' in to && to.time > now)
    return {
      what: 'to is yet to come.',
      hint: "Pass 'last' for all that is kept, or leave it out to go on with what comes.",
    }
  if (from === 'first') return null
  const isAfter =
    'time' in to ? !('time' in from) || to.time > from.time : !('sequence' in from) || to.sequence > from.sequence
  return isAfter ? null : { what: 'to is not after from.', hint: 'What is stored at to is not told any more.' }
}
