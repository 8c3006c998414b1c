import { bucketOf } from './buckets.js'
import type { CountedDurations } from './latency-summary.js'

/** Durations by how long they were, since the beginning. */
export interface LatencyHistogram {
  /** Upper bounds, ms, ascending: powers of two. */
  readonly boundsMs: readonly number[]
  /** How many were under each bound and not under the one before it; one more than there are bounds, the last being those under none. */
  readonly counts: readonly number[]
  readonly count: number
  readonly sumMs: number
}

/** From 8 µs to 4 s: what processing a message takes. */
export const processingBoundsMs: readonly number[] = powersOfTwo(-7, 12)

/** From 1 ms to 17 minutes: what recovering a connection takes. */
export const recoveryBoundsMs: readonly number[] = powersOfTwo(0, 20)

/** Of what was counted finer. Bounds must be powers of two, with which buckets begin: then nothing is on the wrong side of one. */
export function histogramOf(
  boundsMs: readonly number[],
  { buckets, count, sumMs }: Pick<CountedDurations, 'buckets' | 'count' | 'sumMs'>,
): LatencyHistogram {
  const counts = Array.from({ length: boundsMs.length + 1 }, () => 0)
  const ends = [...boundsMs.map(bucketOf), buckets.length]
  let bucket = 0
  for (const [place, end] of ends.entries()) {
    let sum = 0
    for (; bucket < end; bucket += 1) sum += buckets[bucket] as number
    counts[place] = sum
  }
  return { boundsMs, counts, count, sumMs }
}

function powersOfTwo(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => 2 ** (first + index))
}
