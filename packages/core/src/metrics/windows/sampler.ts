import type { Clock, Timer } from '../../clock/clock.js'
import type { SampleTimes } from './sample-times.js'

/** Samples are taken this often, ms. */
const intervalMs = 1_000

/** What is sampled, and when. */
export interface SamplerParts {
  readonly clock: Clock
  readonly times: SampleTimes
  /** Writes down how counters stand now, in this slot. */
  readonly sample: (slot: number) => void
}

/** Looks at the counters of a manager once a second, so that counting a message needs neither a clock nor a thought of windows. */
export class Sampler {
  readonly #parts: SamplerParts
  #timer: Timer | null = null
  #dueAt = 0

  constructor(parts: SamplerParts) {
    this.#parts = parts
  }

  start(): void {
    if (this.#timer !== null) return
    const { clock, times, sample } = this.#parts
    this.#dueAt = clock.now()
    sample(times.begin(this.#dueAt))
    this.#schedule()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#parts.times.end()
  }

  /** By the second since the start and not since the last sample, so that lateness does not add up. */
  #schedule(): void {
    const { clock, times, sample } = this.#parts
    const now = clock.now()
    this.#dueAt += intervalMs * Math.max(1, Math.floor((now - this.#dueAt) / intervalMs) + 1)
    this.#timer = clock.setTimer(this.#dueAt - now, () => {
      this.#schedule()
      sample(times.take(clock.now()))
    })
  }
}
