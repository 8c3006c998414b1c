const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const week = 7 * day

/** The epoch was a Thursday; the first Monday came four days later. */
const firstMonday = 4 * day

/**
 * What one candle covers: so many ms, counted in whole multiples since the epoch; a week from Monday 00:00 UTC; or a calendar month in UTC.
 */
export type CandleWidth = number | 'week' | 'month'

/** Candle widths the simulator keeps. */
export const candleWidths: readonly CandleWidth[] = [
  second,
  10 * second,
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  4 * hour,
  8 * hour,
  day,
  week,
  'week',
  'month',
]

/** When the window that holds `time` begins, epoch ms. */
export function windowStart(width: CandleWidth, time: number): number {
  if (width === 'month') {
    const date = new Date(time)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
  }
  return width === 'week' ? time - ((time - firstMonday) % week) : time - (time % width)
}

/** When the window that begins at `start` ends, and the next one begins. */
export function windowEnd(width: CandleWidth, start: number): number {
  if (width === 'month') {
    const date = new Date(start)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
  }
  return start + (width === 'week' ? week : width)
}
