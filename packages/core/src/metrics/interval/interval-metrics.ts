import { sumBy, sumOf } from '../add-up.js'
import { bucketCount, lowerBoundMs } from '../latency/buckets.js'
import { LatencyRecorder } from '../latency/latency-recorder.js'
import { summaryOf } from '../latency/latency-summary.js'
import type { MetricsSource } from '../metrics-source.js'

/** What connections counted and measured between two moments. Durations in ms; shares from 0 to 1. */
export interface IntervalMetrics {
  readonly durationMs: number
  readonly messages: number
  readonly messagesPerSecond: number
  /** Percentiles are within 1.6 %, the longest within 3.2 %; 0 where nothing was measured. */
  readonly p50ProcessingTimeMs: number
  readonly p99ProcessingTimeMs: number
  readonly maxProcessingTimeMs: number
  /** 1 where nothing was measured. */
  readonly complianceRate: number
  /** Null where nothing came that has a time. */
  readonly averageLagMs: number | null
  readonly droppedMessages: number
  readonly reconnectionCount: number
  readonly connectionFailures: number
}

/** How the counters of some connections stood at a moment: what they count from there on is an interval. */
export class CounterMark {
  readonly #at: number
  readonly #latency = new LatencyRecorder()
  readonly #sums: Sums

  constructor(sources: readonly MetricsSource[], now: number) {
    this.#at = now
    for (const { meter } of sources) this.#latency.add(meter.latency)
    this.#sums = sumsOf(sources)
  }

  /** What was counted from an earlier mark of the same connections until this one. */
  since(earlier: CounterMark): IntervalMetrics {
    const grown = (name: keyof Sums): number => this.#sums[name] - earlier.#sums[name]
    const durationMs = this.#at - earlier.#at
    const messages = grown('messages')
    const count = this.#latency.count - earlier.#latency.count
    const lagged = grown('lagged')
    const { p50Ms, p99Ms, maxMs } = summaryOf({
      ...bucketsBetween(earlier.#latency, this.#latency),
      count,
      sumMs: this.#latency.sumMs - earlier.#latency.sumMs,
    })
    return {
      durationMs,
      messages,
      messagesPerSecond: durationMs === 0 ? 0 : (messages / durationMs) * 1000,
      p50ProcessingTimeMs: p50Ms,
      p99ProcessingTimeMs: p99Ms,
      maxProcessingTimeMs: maxMs,
      complianceRate: count === 0 ? 1 : 1 - (this.#latency.overBudget - earlier.#latency.overBudget) / count,
      averageLagMs: lagged === 0 ? null : grown('lagMs') / lagged,
      droppedMessages: grown('dropped'),
      reconnectionCount: grown('reconnections'),
      connectionFailures: grown('failures'),
    }
  }
}

type Sums = ReturnType<typeof sumsOf>

function sumsOf(sources: readonly MetricsSource[]) {
  return {
    messages: sumBy(sources, ({ meter }) => meter.messages),
    lagged: sumBy(sources, ({ meter }) => meter.lag.count),
    lagMs: sumBy(sources, ({ meter }) => meter.lag.sumMs),
    dropped: sumBy(sources, ({ meter }) => sumOf(meter.dropped.values())),
    reconnections: sumBy(sources, ({ reconnections }) => reconnections),
    failures: sumBy(sources, ({ failures }) => failures),
  }
}

/** What fell into each bucket in between, and the longest of it: where its bucket ends, or what was the longest of all. */
function bucketsBetween(
  earlier: LatencyRecorder,
  later: LatencyRecorder,
): { readonly buckets: Float64Array; readonly maxMs: number } {
  const buckets = later.buckets.map((hits, bucket) => hits - (earlier.buckets[bucket] as number))
  const last = buckets.findLastIndex((hits) => hits > 0)
  const end = last + 1 < bucketCount ? lowerBoundMs(last + 1) : Number.POSITIVE_INFINITY
  return { buckets, maxMs: last === -1 ? 0 : Math.min(end, later.maxMs) }
}
