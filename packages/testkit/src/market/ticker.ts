import type { Clock, Timer } from '@tapewire/core'

/** The shortest timer there is; faster paces do several steps per timer. */
const shortestTimerMs = 1

/** Calls `step` at a steady pace of the clock. */
export class Ticker {
  readonly #clock: Clock
  readonly #step: () => void
  #timer: Timer | null = null

  constructor(clock: Clock, step: () => void) {
    this.#clock = clock
    this.#step = step
  }

  /** Begins, or changes the pace. Throws a `RangeError` unless `intervalMs` is above 0. */
  start(intervalMs: number): void {
    if (!(intervalMs > 0)) throw new RangeError(`The interval must be above 0 ms, not ${intervalMs}.`)
    this.stop()
    const delayMs = Math.max(shortestTimerMs, intervalMs)
    const steps = Math.max(1, Math.round(shortestTimerMs / intervalMs))
    const arm = (): void => {
      this.#timer = this.#clock.setTimer(delayMs, () => {
        arm()
        for (let step = 0; step < steps && this.#timer !== null; step++) this.#step()
      })
    }
    arm()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}
