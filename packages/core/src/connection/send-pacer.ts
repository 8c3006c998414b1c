import type { Clock, Timer } from '../clock/clock.js'

interface Turn {
  readonly send: () => void
  readonly drop: () => void
}

/**
 * Spaces client messages to the exchange's rate: a bucket of one second's worth that refills steadily. Order is kept; what does not fit waits.
 */
export class SendPacer {
  readonly #perSecond: number
  readonly #clock: Clock
  readonly #queue: Turn[] = []
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

  /**
   * Calls `send` now where the rate allows it, otherwise as soon as it does; `drop` where it is forgotten before. Returns what takes it back: then neither is
   * called, and nothing happens where one of them has been.
   */
  schedule(send: () => void, drop: () => void = () => {}): () => void {
    if (this.#perSecond === Number.POSITIVE_INFINITY) {
      send()
      return () => {}
    }
    const turn = { send, drop }
    this.#queue.push(turn)
    if (this.#timer === null) this.#flush()
    return () => this.#takeBack(turn)
  }

  /** Forgets what waits. */
  clear(): void {
    this.#timer?.cancel()
    this.#timer = null
    for (const { drop } of this.#queue.splice(0)) drop()
  }

  get waiting(): number {
    return this.#queue.length
  }

  get #capacity(): number {
    return Math.max(1, this.#perSecond / 2)
  }

  #takeBack(turn: Turn): void {
    const index = this.#queue.indexOf(turn)
    if (index === -1) return
    this.#queue.splice(index, 1)
    if (this.#queue.length > 0) return
    this.#timer?.cancel()
    this.#timer = null
  }

  #flush(): void {
    const now = this.#clock.now()
    const refillPerMs = this.#perSecond / 2 / 1000
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#refilledAt) * refillPerMs)
    this.#refilledAt = now
    while (this.#queue.length > 0 && this.#tokens >= 1) {
      this.#tokens -= 1
      this.#queue.shift()?.send()
    }
    if (this.#queue.length === 0) return
    this.#timer = this.#clock.setTimer(Math.ceil((1 - this.#tokens) / refillPerMs), () => {
      this.#timer = null
      this.#flush()
    })
  }
}
