import type { Clock, Timer } from '../clock/clock.js'

/** What a heartbeat needs to know. */
export interface HeartbeatOptions {
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly clock: Clock
  /** Sends a ping. */
  readonly ping: () => void
  /** Whether anything at all has arrived since this was last asked. */
  readonly takeHeard: () => boolean
  /** Nothing came in time. */
  readonly onDead: () => void
}

/** Pings that are remembered of a side that does not answer them, and lives all the same. */
const mostUnanswered = 8

/**
 * Pings on an interval, and reports a connection on which nothing arrives afterwards. Any pong answers every ping that came before, and so does data: a pong may have to
 * wait behind it.
 * While we do not read the socket ourselves (`suspend`), silence proves nothing and is not held against the connection.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #nextPing: Timer | null = null
  #deadline: Timer | null = null
  #suspended = false
  /** When the pings were sent that wait for an answer, the oldest first. */
  readonly #unanswered: number[] = []
  #answeredAt: number | null = null

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

  /** When the last ping was sent that was answered, epoch ms: what was sent to us before it got there has arrived. Null before the first. */
  get answeredAt(): number | null {
    return this.#answeredAt
  }

  /** A pong arrived. It is taken for that of the oldest ping: which one it answers it need not say. */
  onPong(): void {
    this.#clearDeadline()
    this.#answeredAt = this.#unanswered.shift() ?? this.#answeredAt
  }

  /** The other side has shown that it lives. */
  onLife(): void {
    this.#clearDeadline()
  }

  suspend(suspended: boolean): void {
    this.#suspended = suspended
    if (suspended) this.#clearDeadline()
  }

  #schedule(): void {
    const { clock, intervalMs, timeoutMs, ping, takeHeard, onDead } = this.#options
    this.#nextPing = clock.setTimer(intervalMs, () => {
      this.#schedule()
      if (this.#unanswered.length < mostUnanswered) this.#unanswered.push(clock.now())
      ping()
      if (this.#suspended) return
      // What came since the ping before answers that one, and not this.
      if (!takeHeard() && this.#deadline !== null) return
      this.#clearDeadline()
      this.#deadline = clock.setTimer(timeoutMs, () => {
        this.#deadline = null
        if (!takeHeard()) onDead()
      })
    })
  }

  #clearDeadline(): void {
    this.#deadline?.cancel()
    this.#deadline = null
  }
}
