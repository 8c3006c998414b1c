import type { LatencyHistogram } from '../latency/latency-histogram.js'
import { recoveryBoundsMs } from '../latency/latency-histogram.js'

/** How long lost connections were away. */
export class RecoveryTimes {
  readonly #counts = Array.from({ length: recoveryBoundsMs.length + 1 }, () => 0)
  #count = 0
  #sumMs = 0
  #lastMs: number | null = null
  #lastAt = 0
  #maxMs: number | null = null

  get lastMs(): number | null {
    return this.#lastMs
  }

  /** When the last one was over, epoch ms; 0 before the first. */
  get lastAt(): number {
    return this.#lastAt
  }

  get maxMs(): number | null {
    return this.#maxMs
  }

  /** One was back at that time, epoch ms, after so long. */
  note(recoveryMs: number, at: number): void {
    const place = recoveryBoundsMs.findIndex((bound) => recoveryMs < bound)
    const slot = place < 0 ? recoveryBoundsMs.length : place
    this.#counts[slot] = (this.#counts[slot] as number) + 1
    this.#count += 1
    this.#sumMs += recoveryMs
    this.#lastMs = recoveryMs
    this.#lastAt = at
    this.#maxMs = Math.max(recoveryMs, this.#maxMs ?? 0)
  }

  /** Adds those of others. */
  add(other: RecoveryTimes): void {
    for (const [slot, count] of other.#counts.entries()) this.#counts[slot] = (this.#counts[slot] as number) + count
    this.#count += other.#count
    this.#sumMs += other.#sumMs
    if (other.#lastAt >= this.#lastAt) {
      this.#lastMs = other.#lastMs ?? this.#lastMs
      this.#lastAt = other.#lastAt
    }
    if (other.#maxMs !== null) this.#maxMs = Math.max(other.#maxMs, this.#maxMs ?? 0)
  }

  get histogram(): LatencyHistogram {
    return { boundsMs: recoveryBoundsMs, counts: [...this.#counts], count: this.#count, sumMs: this.#sumMs }
  }
}
