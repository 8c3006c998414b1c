import { usageError } from './cli-error.js'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
/** 24 days: Node's timers end a little later. */
const longestMs = 24 * 24 * 3_600_000

/** Milliseconds of `500ms`, `5s`, `1.5m`, `2h`. Throws `ERR_USAGE` for anything else, zero, and more than 24 days. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim())
  const unit = unitMs[match?.[2] ?? '']
  if (match === null || unit === undefined) {
    throw usageError(`"${text}" is not a duration.`, 'Write a number with its unit: 500ms, 5s, 2m or 1h.')
  }
  const durationMs = Math.round(Number(match[1]) * unit)
  if (durationMs < 1 || durationMs > longestMs) {
    throw usageError(`The duration ${text} is out of range.`, 'It can be 1ms to 24 days (576h).')
  }
  return durationMs
}
