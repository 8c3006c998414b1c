import { RecoveryTimes } from './recovery-times.js'

/**
 * For how long a connection was asked for and for how long it was there, whichever sockets it had: while one takes over from another both are up, which is one time and not two. Times are
 * epoch ms.
 */
export class ConnectionTimes {
  readonly recoveries: RecoveryTimes = new RecoveryTimes()
  /** Since when it is asked for. */
  readonly startedAt: number
  #endedAt: number | null = null
  #sockets = 0
  #upSince = 0
  #connectedMs = 0

  constructor(startedAt: number) {
    this.startedAt = startedAt
  }

  /** Until when it was asked for; null while it is. */
  get endedAt(): number | null {
    return this.#endedAt
  }

  askedMs(now: number): number {
    return (this.#endedAt ?? now) - this.startedAt
  }

  connectedMs(now: number): number {
    return this.#connectedMs + (this.#sockets > 0 && this.#endedAt === null ? now - this.#upSince : 0)
  }

  /** A socket of it is up. */
  up(now: number): void {
    if (this.#sockets === 0) this.#upSince = now
    this.#sockets += 1
  }

  /** One of those that were up is gone. */
  down(now: number): void {
    this.#sockets -= 1
    if (this.#sockets === 0 && this.#endedAt === null) this.#connectedMs += now - this.#upSince
  }

  /** Nobody asks for it any more. */
  end(now: number): void {
    if (this.#endedAt !== null) return
    this.#connectedMs = this.connectedMs(now)
    this.#endedAt = now
  }
}
