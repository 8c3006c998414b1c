import type { PerformanceMetrics } from '@tapewire/core'
import { Recent } from './recent.js'

/** One second of a feed. */
export interface RateSample {
  /** Its end, epoch ms of our clock. */
  readonly at: number
  readonly messagesPerSecond: number
  /** Of frames in. */
  readonly bytesPerSecond: number
  /** From the read of the socket to the return of the handler. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Our clock at receipt minus the exchange's, on average; null where nothing came that has a time. */
  readonly lagMs: number | null
}

/** Five minutes. */
const mostSamples = 300

/** How a feed was, second by second, so that who looks at it later sees where it comes from. */
export class RateHistory {
  readonly #samples = new Recent<RateSample>(mostSamples)

  /** Called once a second, with what is so at `now`. Before a second is over there is nothing to tell. */
  add({ windows: { last1s } }: Pick<PerformanceMetrics, 'windows'>, now: number): void {
    if (last1s.seconds === 0) return
    this.#samples.add({
      at: now,
      messagesPerSecond: last1s.messagesPerSecond,
      bytesPerSecond: last1s.bytesPerSecond,
      p50Ms: last1s.p50ProcessingTimeMs,
      p99Ms: last1s.p99ProcessingTimeMs,
      maxMs: last1s.maxProcessingTimeMs,
      lagMs: last1s.averageLagMs,
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
