import type { Clock, Timer } from '../clock/clock.js'

/**
 * Waits for one promise at a time, at most so long. One timer serves many waits: setting one for each message would cost more than all the rest of the wait.
 */
export class Deadline {
  readonly #timeoutMs: number
  readonly #clock: Clock
  #timer: Timer | null = null
  #expiresAt = 0
  /** Ends the present wait. */
  #expire: (() => void) | null = null

  constructor(timeoutMs: number, clock: Clock) {
    this.#timeoutMs = timeoutMs
    this.#clock = clock
  }

  /** True where the promise was fulfilled in time; rejects as it does. A later rejection goes nowhere. */
  wait(promise: PromiseLike<unknown>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const expire = (): void => resolve(false)
      const settle = (): void => {
        if (this.#expire === expire) this.#expire = null
      }
      this.#expire = expire
      this.#expiresAt = this.#clock.now() + this.#timeoutMs
      this.#timer ??= this.#setTimer(this.#timeoutMs)
      promise.then(
        () => {
          settle()
          resolve(true)
        },
        (reason) => {
          settle()
          reject(reason)
        },
      )
    })
  }

  /** Leaves no timer behind; a wait that is under way has no bound any more. */
  cancel(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #setTimer(delayMs: number): Timer {
    return this.#clock.setTimer(delayMs, () => {
      this.#timer = null
      if (this.#expire === null) return
      const remainingMs = this.#expiresAt - this.#clock.now()
      if (remainingMs > 0) {
        this.#timer = this.#setTimer(remainingMs)
        return
      }
      this.#expire()
      this.#expire = null
    })
  }
}
