import type { Timer } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'

/** Deadlines of requests and sockets are shorter than any delay of a listen key's upkeep, ms. */
const shortestUpkeepMs = 60_000

/** A manual clock that says when somebody sets a timer, so that a test can wait for it instead of sleeping. */
export class ObservedClock extends ManualClock {
  readonly #waiting: ((delayMs: number) => void)[] = []

  override setTimer(delayMs: number, callback: () => void): Timer {
    const timer = super.setTimer(delayMs, callback)
    if (delayMs < shortestUpkeepMs) return timer
    for (const resolve of this.#waiting.splice(0)) resolve(delayMs)
    return timer
  }

  /** Resolves with the delay of the next timer that is set for a listen key. */
  nextTimer(): Promise<number> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
