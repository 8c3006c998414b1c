import { ManualClock, type Timer } from '@tapewire/core'
import type { Waiting } from './waiting.js'

/** A manual clock that says when somebody sets a timer, so that a test can wait for what must be set before time goes on. */
export class ObservedClock extends ManualClock {
  readonly #waiting: Waiting
  readonly #delays = new Map<symbol, number>()

  constructor(waiting: Waiting) {
    super()
    this.#waiting = waiting
  }

  override setTimer(delayMs: number, callback: () => void): Timer {
    const key = Symbol('timer')
    const timer = super.setTimer(delayMs, () => {
      this.#delays.delete(key)
      callback()
    })
    this.#delays.set(key, delayMs)
    this.#waiting.wake()
    return {
      cancel: () => {
        this.#delays.delete(key)
        timer.cancel()
      },
    }
  }

  /** The delays of the timers that wait, as they were set, in that order. */
  get delays(): readonly number[] {
    return [...this.#delays.values()]
  }

  /** Resolves once a timer waits whose delay fulfils `condition`. */
  timer(condition: (delayMs: number) => boolean): Promise<void> {
    return this.#waiting.until(() => this.delays.some(condition))
  }
}
