import type { Clock, Timer } from '../clock/clock.js'

/**
 * Spaces client messages to the venue's rate: a bucket of one second's worth that refills steadily. Order is kept; what does not fit waits.
 */
export class SendPacer {
  readonly #perSecond: number
  readonly #clock: Clock
  readonly #queue: (() => void)[] = []
  #tokens: number
  #refilledAt: number
  #timer: Timer | null = null

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond
    this.#clock = clock
    // Half of a second's worth may go at once: a full bucket and its refill would together be twice the rate in one second.
    this.#tokens = this.#capacity
    this.#refilledAt = clock.now()
  }

  /** Calls `send` now where the rate allows it, otherwise as soon as it does. */
  schedule(send: () => void): void {
    if (this.#perSecond === Number.POSITIVE_INFINITY) {
      send()
      return
    }
    this.#queue.push(send)
    if (this.#timer === null) this.#flush()
  }

  /** Forgets what waits. */
  clear(): void {
    this.#queue.length = 0
    this.#timer?.cancel()
    this.#timer = null
  }

  get waiting(): number {
    return this.#queue.length
  }

  get #capacity(): number {
    return Math.max(1, this.#perSecond / 2)
  }

  #flush(): void {
    const now = this.#clock.now()
    const refillPerMs = this.#perSecond / 2 / 1000
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#refilledAt) * refillPerMs)
    this.#refilledAt = now
    while (this.#queue.length > 0 && this.#tokens >= 1) {
      this.#tokens -= 1
      this.#queue.shift()?.()
    }
    if (this.#queue.length === 0) return
    this.#timer = this.#clock.setTimer(Math.ceil((1 - this.#tokens) / refillPerMs), () => {
      this.#timer = null
      this.#flush()
    })
  }
}
