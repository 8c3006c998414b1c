import type { Clock } from '../clock/clock.js'

/** Counters of one connection. Durations in ms. */
export interface ConnectionCounters {
  readonly reconnections: number
  readonly failures: number
  /** From the loss to ready again. */
  readonly lastRecoveryMs: number | null
  readonly maxRecoveryMs: number | null
  /** Epoch ms since which it has been connected; null while it is not. */
  readonly connectedSince: number | null
  readonly connectedMs: number
}

/** What happened to one connection, and how long it took. */
export class ConnectionRecord {
  readonly #clock: Clock
  #lostAt: number | null = null
  #connectedSince: number | null = null
  #connectedMs = 0
  #reconnections = 0
  #failures = 0
  #lastRecoveryMs: number | null = null
  #maxRecoveryMs: number | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get counters(): ConnectionCounters {
    return {
      reconnections: this.#reconnections,
      failures: this.#failures,
      lastRecoveryMs: this.#lastRecoveryMs,
      maxRecoveryMs: this.#maxRecoveryMs,
      connectedSince: this.#connectedSince,
      connectedMs: this.#connectedMs + this.#sinceConnected(),
    }
  }

  connected(): void {
    this.#connectedSince = this.#clock.now()
  }

  /** Ends the time connected; returns how long it was, 0 where it had ended before. */
  disconnected(): number {
    const lastedMs = this.#sinceConnected()
    this.#connectedMs += lastedMs
    this.#connectedSince = null
    return lastedMs
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
    this.#lastRecoveryMs = recoveryMs
    this.#maxRecoveryMs = Math.max(recoveryMs, this.#maxRecoveryMs ?? 0)
    return recoveryMs
  }

  #sinceConnected(): number {
    return this.#connectedSince === null ? 0 : this.#clock.now() - this.#connectedSince
  }
}
