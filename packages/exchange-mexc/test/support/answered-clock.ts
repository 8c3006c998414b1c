import type { Timer } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'

/** How long calls, looks, signatures and giving a key back may take, ms: no upkeep is due after such a time. */
const limitsMs: ReadonlySet<number> = new Set([3_000, 4_000, 10_000])

/** A manual clock that knows whether an answer is awaited. */
export class AnsweredClock extends ManualClock {
  readonly #awaited = new Set<symbol>()

  override setTimer(delayMs: number, callback: () => void): Timer {
    const key = Symbol('timer')
    const timer = super.setTimer(delayMs, () => {
      this.#awaited.delete(key)
      callback()
    })
    if (limitsMs.has(delayMs)) this.#awaited.add(key)
    return {
      cancel: () => {
        this.#awaited.delete(key)
        timer.cancel()
      },
    }
  }

  /** Resolves once nothing is awaited, and what the answers set in motion has come to its end. */
  async settled(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve))
    while (this.#awaited.size > 0)
  }
}
