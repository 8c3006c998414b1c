import type { Clock, Timer } from '../clock/clock.js'
import type { PendingRequest } from '../subscription/ledger.js'

/** How long each request may wait for its answer. */
export class AcknowledgementTimers {
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #onTimeout: (request: PendingRequest) => void
  readonly #timers = new Map<PendingRequest, Timer>()

  constructor(clock: Clock, timeoutMs: number, onTimeout: (request: PendingRequest) => void) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
    this.#onTimeout = onTimeout
  }

  start(request: PendingRequest): void {
    const timer = this.#clock.setTimer(this.#timeoutMs, () => {
      this.#timers.delete(request)
      this.#onTimeout(request)
    })
    this.#timers.set(request, timer)
  }

  /** Cancels the timers of all requests but these. */
  keep(requests: readonly PendingRequest[]): void {
    const kept = new Set(requests)
    for (const [request, timer] of this.#timers) {
      if (kept.has(request)) continue
      timer.cancel()
      this.#timers.delete(request)
    }
  }
}
