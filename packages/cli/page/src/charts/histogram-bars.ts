import { milliseconds } from '../text/numbers.js'
import type { ShownHistogram } from '../wire.js'

/** One bar: how many messages took longer than the bound before it and at most its own. */
export interface HistogramBar {
  /** Its upper bound, ms; infinite for what was above all bounds. */
  readonly upToMs: number
  readonly count: number
}

/** From the first that holds something to the last one that does, and one more at each end, so that the shape is seen; all where nothing is held. */
export function histogramBars({ boundsMs, counts }: ShownHistogram): readonly HistogramBar[] {
  const bars = counts.map((count, index) => ({ upToMs: boundsMs[index] ?? Number.POSITIVE_INFINITY, count }))
  const first = bars.findIndex(({ count }) => count > 0)
  const last = bars.findLastIndex(({ count }) => count > 0)
  return first === -1 ? bars : bars.slice(Math.max(0, first - 1), last + 2)
}

/** `≤ 0.05 ms`, `more`. */
export function barName({ upToMs }: HistogramBar): string {
  return Number.isFinite(upToMs) ? `≤ ${milliseconds(upToMs)}` : 'more'
}
