import type { Clock, Timer } from '../clock/clock.js'

/** What a heartbeat needs to know. */
export interface HeartbeatOptions {
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly clock: Clock
  /** Sends the exchange's ping. */
  readonly ping: () => void
  /** No pong came in time. */
  readonly onDead: () => void
}

/**
 * Pings on an interval, and reports a connection that does not answer. Any pong answers every ping that came before.
 * While we do not read the socket ourselves (`suspend`), silence proves nothing and is not held against the connection.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #nextPing: Timer | null = null
  #deadline: Timer | null = null
  #suspended = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  start(): void {
    this.stop()
    if (this.#options.intervalMs > 0) this.#schedule()
  }

  stop(): void {
    this.#nextPing?.cancel()
    this.#nextPing = null
    this.#clearDeadline()
  }

  /** A pong arrived. */
  onPong(): void {
    this.#clearDeadline()
  }

  suspend(suspended: boolean): void {
    this.#suspended = suspended
    if (suspended) this.#clearDeadline()
  }

  #schedule(): void {
    const { clock, intervalMs, timeoutMs, ping, onDead } = this.#options
    this.#nextPing = clock.setTimer(intervalMs, () => {
      this.#schedule()
      ping()
      if (this.#suspended || this.#deadline !== null) return
      this.#deadline = clock.setTimer(timeoutMs, () => {
        this.#deadline = null
        onDead()
      })
    })
  }

  #clearDeadline(): void {
    this.#deadline?.cancel()
    this.#deadline = null
  }
}
