import { clockOffset, type StrategyEnv, toStreamError } from '@tapewire/core/adapter'
import { gateioRest } from './errors.js'

/** A connection does not wait longer than this to learn that this machine's clock is right, as most are. */
const timeoutMs = 3_000

const timeIn = (body: unknown): unknown => (body as { readonly server_time?: unknown } | null)?.server_time

/**
 * How far Gate.io's clock is from this machine's. Signed requests must carry a time within 60 s of the server's.
 * Source: Gate.io spot WebSocket v4 docs, "Authentication".
 */
export class ServerTime {
  readonly #restUrl: string
  #offsetMs = 0
  #renewal: Promise<void> | null = null

  constructor(restUrl: string) {
    this.#restUrl = restUrl
  }

  /**
   * Asks the server once (Gate.io REST v4 docs, `GET /spot/time`). Where it cannot be asked the last known offset stays, and the log has the reason: most machines' clocks are right, and a signature
   * that is refused for its time says so. Rejects only when aborted.
   */
  async measure(env: StrategyEnv): Promise<void> {
    try {
      this.#offsetMs = await clockOffset({ url: `${this.#restUrl}/spot/time`, timeoutMs }, timeIn, gateioRest, env)
      env.log.debug({ event: 'server-time', offsetMs: this.#offsetMs })
    } catch (thrown) {
      env.signal.throwIfAborted()
      const { code } = toStreamError(thrown, 'ERR_REST_FAILED', 'The server’s time could not be asked.')
      env.log.warn({ event: 'server-time-unknown', code })
    }
  }

  /** The server has refused a time made from what is known: that is forgotten, and measured anew. Asked several times at once, it is measured once. */
  renew(env: StrategyEnv): Promise<void> {
    this.#offsetMs = 0
    this.#renewal ??= this.measure(env).finally(() => {
      this.#renewal = null
    })
    return this.#renewal
  }

  /** The server's time in whole seconds, from the machine's in milliseconds. */
  seconds(wallTime: number): number {
    return Math.floor((wallTime + this.#offsetMs) / 1000)
  }
}
