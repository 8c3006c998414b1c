import type { PerformanceMetrics } from '@tapewire/core'
import { Recent } from './recent.js'

/** One second of a feed. */
export interface RateSample {
  /** Its end, epoch ms of our clock. */
  readonly at: number
  readonly messagesPerSecond: number
  /** Of frames in. */
  readonly bytesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Our clock at receipt minus the exchange's, of the latest message; null before the first timed one. */
  readonly lagMs: number | null
}

/** Five minutes. */
const mostSamples = 300

/** How a feed was, second by second, so that who looks at it later sees where it comes from. */
export class RateHistory {
  readonly #samples = new Recent<RateSample>(mostSamples)
  #before: { readonly at: number; readonly messages: number }

  constructor(now: number) {
    this.#before = { at: now, messages: 0 }
  }

  add(metrics: PerformanceMetrics, now: number): void {
    const { messagesProcessed: messages, p50ProcessingTimeMs: p50Ms, p99ProcessingTimeMs: p99Ms } = metrics
    const seconds = (now - this.#before.at) / 1_000
    if (seconds <= 0) return
    const messagesPerSecond = (messages - this.#before.messages) / seconds
    this.#before = { at: now, messages }
    this.#samples.add({
      at: now,
      messagesPerSecond,
      bytesPerSecond: 0,
      p50Ms,
      p99Ms,
      maxMs: metrics.maxProcessingTimeMs,
      lagMs: metrics.lastLagMs,
    })
  }

  /** Oldest first, at most 300. */
  get samples(): readonly RateSample[] {
    return this.#samples.oldestFirst()
  }

  /** Counts the samples ever taken. */
  get taken(): number {
    return this.#samples.added
  }

  /** Those taken after so many, oldest first, as far as they are kept. */
  after(taken: number): readonly RateSample[] {
    return this.#samples.oldestFirst(this.#samples.added - taken)
  }
}
