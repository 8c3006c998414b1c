import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

/** A message handled in less than this is within budget. */
const budgetMs = 1

/** What took longer counts as this long. */
const longestMs = 3_600_000

/** Percentiles of processing latency, milliseconds. */
export interface LatencySummary {
  readonly averageMs: number
  readonly maxMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
}

/** Processing latency: from the read of the socket that brought a message to the return of the handler. Node's own histogram, in nanoseconds. */
export class LatencyRecorder {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: longestMs * 1e6, figures: 3 })
  #count = 0
  #sumMs = 0
  #overBudget = 0

  record(durationMs: number): void {
    // The histogram throws at anything but whole numbers from 1 up to a bound; a clock or transport of somebody else's must not end the process.
    const boundedMs = durationMs > 0.000001 ? Math.min(durationMs, longestMs) : 0.000001
    this.#count += 1
    this.#sumMs += boundedMs
    if (boundedMs >= budgetMs) this.#overBudget += 1
    this.#histogram.record(Math.max(1, Math.floor(boundedMs * 1e6)))
  }

  get count(): number {
    return this.#count
  }

  /** Messages at or over 1 ms. */
  get overBudget(): number {
    return this.#overBudget
  }

  /** Adds what another recorder saw. */
  add(other: LatencyRecorder): void {
    this.#histogram.add(other.#histogram)
    this.#count += other.#count
    this.#sumMs += other.#sumMs
    this.#overBudget += other.#overBudget
  }

  summary(): LatencySummary {
    if (this.#count === 0) return { averageMs: 0, maxMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, p999Ms: 0 }
    const at = (percentile: number): number => this.#histogram.percentile(percentile) / 1e6
    return {
      averageMs: this.#sumMs / this.#count,
      maxMs: this.#histogram.max / 1e6,
      p50Ms: at(50),
      p95Ms: at(95),
      p99Ms: at(99),
      p999Ms: at(99.9),
    }
  }
}
