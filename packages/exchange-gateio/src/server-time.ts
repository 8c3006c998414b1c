import { type Clock, requestJson } from '@tapewire/core'

/** A connection does not wait longer than this to learn that this machine's clock is right, as most are. */
const timeoutMs = 3_000

/**
 * How far Gate.io's clock is from this machine's. Signed requests must carry a time within 60 s of the server's.
 * Source: Gate.io spot WebSocket v4 docs, "Authentication"; REST v4 docs, `GET /spot/time`.
 */
export class ServerTime {
  readonly #url: string
  readonly #clock: Clock
  #offsetMs = 0

  constructor(restUrl: string, clock: Clock) {
    this.#url = `${restUrl}/spot/time`
    this.#clock = clock
  }

  /**
   * Asks the server once. Where it cannot be asked the last known offset stays: most machines' clocks are right, and a signature
   * that is refused for its time says so. Rejects only when aborted.
   */
  async measure(signal: AbortSignal): Promise<void> {
    const sentAt = this.#clock.wallTime()
    const response = await requestJson({ url: this.#url, signal, timeoutMs }).catch(() => null)
    signal.throwIfAborted()
    const serverTime = (response?.body as { server_time?: unknown } | null | undefined)?.server_time
    if (typeof serverTime !== 'number' || !Number.isSafeInteger(serverTime)) return
    // The server read its clock somewhere on the way: half the round trip is the best guess.
    this.#offsetMs = Math.round(serverTime - (sentAt + this.#clock.wallTime()) / 2)
  }

  /** The server's time in whole seconds, from the machine's in milliseconds. */
  seconds(wallTime: number): number {
    return Math.floor((wallTime + this.#offsetMs) / 1000)
  }
}
