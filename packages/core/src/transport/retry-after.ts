import { longestRetryAfterMs } from '../errors/longest-retry-after.js'

/** An HTTP date begins with its weekday. Source: RFC 9110, section 5.6.7. */
const beginsWithWeekday = /^(?:mon|tue|wed|thu|fri|sat|sun)/i

/**
 * How long the header `Retry-After` asks us to wait, ms, 0 to 24 hours, whether it names seconds or a date; null where it is absent or says neither.
 * `wallTime` is now, epoch ms. Source: RFC 9110, section 10.2.3.
 */
export function retryAfterMs(header: string | undefined, wallTime: number): number | null {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(longestRetryAfterMs, Number(text) * 1_000)
  if (!beginsWithWeekday.test(text)) return null
  // The oldest of the three forms of a date does not say that it is in GMT, as all are.
  const date = Date.parse(/GMT$/i.test(text) ? text : `${text} GMT`)
  return Number.isNaN(date) ? null : Math.max(0, Math.min(longestRetryAfterMs, date - wallTime))
}
