import {
  type ConnectionContext,
  type ConnectionStrategy,
  openSocket,
  type ReconnectionPolicy,
  type SocketOptions,
  StreamError,
  type Transport,
} from '@tapewire/core'
import { connectionContext, pingMessage, reconnectionPolicy } from './connection.js'
import type { ListenKeyLease, ListenKeyPool } from './listen-key-pool.js'

/**
 * The account's connection: the listen key in the URL is all the authentication there is, so each attempt gets a fresh one.
 * Source: MEXC spot v3 API docs, "Websocket User Data Streams".
 */
export class MexcPrivateConnectionStrategy implements ConnectionStrategy {
  readonly reconnectionPolicy: ReconnectionPolicy = reconnectionPolicy
  readonly #url: string
  readonly #socket: SocketOptions
  readonly #pool: ListenKeyPool
  readonly #leases = new WeakMap<ConnectionContext, ListenKeyLease>()
  /**
   * What no further attempt can mend: the key, the secret, the whitelist, the clock. Where something else is the cause (a vault that did not sign, a clock
   * that could not be asked) another attempt may succeed.
   */
  readonly #final = new WeakSet<StreamError>()

  constructor(url: string, socket: SocketOptions, pool: ListenKeyPool) {
    this.#url = url
    this.#socket = socket
    this.#pool = pool
  }

  async context(signal: AbortSignal): Promise<ConnectionContext> {
    const lease = await this.#pool.lease(signal).catch((thrown) => {
      if (thrown instanceof StreamError && !thrown.retryable && thrown.cause === undefined) this.#final.add(thrown)
      throw thrown
    })
    if (signal.aborted) lease.end()
    signal.throwIfAborted()
    const context = connectionContext(withListenKey(this.#url, lease.listenKey))
    this.#leases.set(context, lease)
    return context
  }

  async connect(context: ConnectionContext, signal: AbortSignal): Promise<Transport> {
    try {
      return await openSocket(context, signal, this.#socket)
    } catch (thrown) {
      this.#leases.get(context)?.end()
      throw thrown
    }
  }

  /** The URL has said who we are; a refusal arrives as a message. */
  authenticate(): Promise<void> {
    return Promise.resolve()
  }

  heartbeat(transport: Transport): void {
    transport.send(pingMessage)
  }

  /** A refused listen key is worth a few attempts, each with a fresh key; a refused API key is not. */
  shouldReconnect(error: StreamError): boolean {
    for (const cause of error.walk()) {
      if (cause instanceof StreamError && this.#final.has(cause)) return false
    }
    return error.retryable || error.code === 'ERR_AUTHENTICATION_FAILED' || error.code === 'ERR_CLOCK_SKEW'
  }

  maintain(context: ConnectionContext, replace: (reason: string) => void): () => void {
    const lease = this.#leases.get(context)
    lease?.keepAlive(replace)
    return () => lease?.end()
  }

  release(): Promise<void> {
    return this.#pool.release()
  }
}

function withListenKey(url: string, listenKey: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}listenKey=${encodeURIComponent(listenKey)}`
}
