import { middleMs } from './buckets.js'

/** Percentiles of durations, ms; all 0 where there were none. */
export interface LatencySummary {
  readonly averageMs: number
  readonly maxMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
}

/** How many durations fell into each bucket, with what buckets do not tell. */
export interface CountedDurations {
  readonly buckets: Float64Array
  readonly count: number
  readonly sumMs: number
  readonly maxMs: number
}

const shares = [0.5, 0.95, 0.99, 0.999] as const

/** What a percentile says is at most 1.6 % from a duration that was recorded; sum and longest are exact. */
export function summaryOf({ buckets, count, sumMs, maxMs }: CountedDurations): LatencySummary {
  const [p50Ms, p95Ms, p99Ms, p999Ms] = percentiles(buckets, count, maxMs)
  return { averageMs: count === 0 ? 0 : sumMs / count, maxMs, p50Ms, p95Ms, p99Ms, p999Ms }
}

/** All in one walk over the buckets. */
function percentiles(buckets: Float64Array, count: number, maxMs: number): [number, number, number, number] {
  const found: [number, number, number, number] = [0, 0, 0, 0]
  if (count === 0) return found
  let seen = 0
  let next = 0
  for (let bucket = 0; bucket < buckets.length && next < shares.length; bucket += 1) {
    seen += buckets[bucket] as number
    while (next < shares.length && seen >= Math.ceil((shares[next] as number) * count)) {
      found[next] = Math.min(middleMs(bucket), maxMs)
      next += 1
    }
  }
  return found
}
