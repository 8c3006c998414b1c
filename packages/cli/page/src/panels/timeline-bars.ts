import type { ShownSpan } from '../wire.js'

/** One span within the window of a timeline; shares of its width. */
export interface TimelineBar {
  readonly span: ShownSpan
  readonly from: number
  readonly width: number
}

/** The spans of the last `windowMs` before `now`. What lasted too short to be seen still gets the least width that can be. */
export function timelineBars(spans: readonly ShownSpan[], now: number, windowMs: number): readonly TimelineBar[] {
  const start = now - windowMs
  return spans
    .filter(({ since, until }) => since < now && (until ?? now) > start)
    .map((span) => {
      const from = Math.max(0, (span.since - start) / windowMs)
      const to = Math.min(1, ((span.until ?? now) - start) / windowMs)
      return { span, from: Math.min(from, 1 - leastWidth), width: Math.max(leastWidth, to - from) }
    })
}

const leastWidth = 0.004
