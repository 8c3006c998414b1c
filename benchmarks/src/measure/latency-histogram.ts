import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

/** Microseconds; `over20us` and `over1ms` are shares from 0 to 1. */
export interface LatencySummary {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly p9999: number
  readonly max: number
  readonly over20us: number
  readonly over1ms: number
}

/** Counts durations, to three digits. */
export class LatencyHistogram {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: 3_600_000_000_000, figures: 3 })
  #over20us = 0
  #over1ms = 0

  record(durationNs: number): void {
    if (durationNs > 20e3) this.#over20us += 1
    if (durationNs > 1e6) this.#over1ms += 1
    this.#histogram.record(Math.max(1, Math.round(durationNs)))
  }

  summary(): LatencySummary {
    const count = this.#histogram.count
    const at = (percentile: number): number => (count === 0 ? 0 : this.#histogram.percentile(percentile) / 1000)
    return {
      count,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      p9999: at(99.99),
      max: at(100),
      over20us: count === 0 ? 0 : this.#over20us / count,
      over1ms: count === 0 ? 0 : this.#over1ms / count,
    }
  }
}
