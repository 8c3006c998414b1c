import type { Clock, Timer } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'

/** The machine's clock, which can be put ahead: then it is as if so long had passed. Timers are the machine's own. */
export class SkippingClock implements Clock {
  #skippedMs = 0

  now(): number {
    return systemClock.now() + this.#skippedMs
  }

  wallTime(): number {
    return Math.floor(this.now())
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return systemClock.setTimer(delayMs, callback)
  }

  skip(durationMs: number): void {
    this.#skippedMs += durationMs
  }
}
