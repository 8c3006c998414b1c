import type { Clock } from '../clock/clock.js'
import type { ConnectionTimes } from '../metrics/connection/connection-times.js'

/** Counters of one connection. */
export interface ConnectionCounters {
  readonly reconnections: number
  readonly failures: number
  /** Epoch ms since which it has been connected; null while it is not. */
  readonly connectedSince: number | null
}

/** What happened to one connection. How long it took is noted in the times of its place, which others may have before and after it. */
export class ConnectionRecord {
  readonly #clock: Clock
  #lostAt: number | null = null
  #connectedSince: number | null = null
  readonly #times: ConnectionTimes
  #reconnections = 0
  #failures = 0

  constructor(clock: Clock, times: ConnectionTimes) {
    this.#clock = clock
    this.#times = times
  }

  get counters(): ConnectionCounters {
    return {
      reconnections: this.#reconnections,
      failures: this.#failures,
      connectedSince: this.#connectedSince,
    }
  }

  connected(): void {
    const now = this.#clock.now()
    this.#connectedSince = now
    this.#times.up(now)
  }

  /** Ends the time connected; returns how long it was, 0 where it had ended before. */
  disconnected(): number {
    const since = this.#connectedSince
    if (since === null) return 0
    const now = this.#clock.now()
    this.#connectedSince = null
    this.#times.down(now)
    return now - since
  }

  lost(): void {
    this.#failures += 1
    this.#lostAt ??= this.#clock.now()
  }

  /** It is up for the first time, after attempts that failed: nothing was away. */
  began(): void {
    this.#lostAt = null
  }

  /** Returns how long the connection was away. */
  recovered(): number {
    const now = this.#clock.now()
    const recoveryMs = now - (this.#lostAt ?? now)
    this.#lostAt = null
    this.#reconnections += 1
    this.#times.recoveries.note(recoveryMs, now)
    return recoveryMs
  }
}
