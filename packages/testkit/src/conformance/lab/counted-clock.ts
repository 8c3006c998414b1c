import type { Clock, Timer } from '@tapewire/core'

/** A clock as one party has it: it counts that party's own timers, so that those it leaves behind show. */
export class CountedClock implements Clock {
  readonly #clock: Clock
  #pending = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How many timers it has set that still wait. */
  get pendingTimers(): number {
    return this.#pending
  }

  now(): number {
    return this.#clock.now()
  }

  wallTime(): number {
    return this.#clock.wallTime()
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    this.#pending += 1
    let isPending = true
    const settle = (): void => {
      if (isPending) this.#pending -= 1
      isPending = false
    }
    const timer = this.#clock.setTimer(delayMs, () => {
      settle()
      callback()
    })
    return {
      cancel: () => {
        settle()
        timer.cancel()
      },
    }
  }
}
