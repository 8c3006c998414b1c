import { requestJson, type StrategyEnv } from '@tapewire/core/adapter'

/** A connection does not wait longer than this to learn that this machine's clock is right, as most are. */
const timeoutMs = 3_000

/**
 * How far Gate.io's clock is from this machine's. Signed requests must carry a time within 60 s of the server's.
 * Source: Gate.io spot WebSocket v4 docs, "Authentication"; REST v4 docs, `GET /spot/time`.
 */
export class ServerTime {
  readonly #url: string
  #offsetMs = 0

  constructor(restUrl: string) {
    this.#url = `${restUrl}/spot/time`
  }

  /**
   * Asks the server once. Where it cannot be asked the last known offset stays: most machines' clocks are right, and a signature
   * that is refused for its time says so. Rejects only when aborted.
   */
  async measure(env: StrategyEnv): Promise<void> {
    const sentAt = env.clock.wallTime()
    const response = await requestJson({ url: this.#url, timeoutMs }, env).catch(() => null)
    env.signal.throwIfAborted()
    if (response === null) return
    const serverTime = (response.body as { server_time?: unknown } | null)?.server_time
    if (typeof serverTime !== 'number' || !Number.isSafeInteger(serverTime)) return
    // The server read its clock somewhere on the way: half the round trip is the best guess.
    this.#offsetMs = Math.round(serverTime - (sentAt + response.receivedAt) / 2)
  }

  /** The server's time in whole seconds, from the machine's in milliseconds. */
  seconds(wallTime: number): number {
    return Math.floor((wallTime + this.#offsetMs) / 1000)
  }
}
