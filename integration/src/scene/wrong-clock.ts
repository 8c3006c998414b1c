import type { Clock, Timer } from '@tapewire/core'

/** A clock that is wrong, or whose timers are late, as they are on an event loop that is kept from its work. */
export class WrongClock implements Clock {
  aheadMs: number = 0
  lateMs: number = 0
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now() + this.aheadMs
  }

  wallTime(): number {
    return this.#clock.wallTime() + this.aheadMs
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return this.#clock.setTimer(delayMs + this.lateMs, callback)
  }
}
