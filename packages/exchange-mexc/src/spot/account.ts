import { StreamError } from '@tapewire/core'
import type { ConnectionContext, StrategyEnv, Transport } from '@tapewire/core/adapter'
import type { ListenKeyLease, ListenKeyPool } from '../shared/listen-key-pool.js'
import { accountChannels } from './channels.js'
import { MexcSpotConnection } from './connection.js'
import type { MexcSpotStreams } from './streams.js'
import { MexcSpotSubscription } from './subscription.js'

/**
 * The account's connection: the listen key in the URL is all the authentication there is, so each attempt gets a fresh one.
 * Source: MEXC spot v3 API docs, "Websocket User Data Streams".
 */
export class MexcSpotAccountConnection extends MexcSpotConnection {
  readonly hasCredentials = true
  readonly #pool: ListenKeyPool
  readonly #leases = new WeakMap<ConnectionContext, ListenKeyLease>()
  /**
   * What no further attempt can mend: the key, the secret, the whitelist, the clock. Where something else is the cause (a vault that did not sign, a clock
   * that could not be asked) another attempt may succeed.
   */
  readonly #final = new WeakSet<StreamError>()

  constructor(url: string, pool: ListenKeyPool) {
    super(url)
    this.#pool = pool
  }

  override async context(env: StrategyEnv): Promise<ConnectionContext> {
    const { signal } = env
    const lease = await this.#pool.lease(env).catch((thrown) => {
      // A key carries one more connection as soon as another has ended.
      const isFinal = thrown instanceof StreamError && !thrown.retryable && thrown.code !== 'ERR_CONNECTION_LIMIT'
      if (isFinal && thrown.cause === undefined) this.#final.add(thrown)
      throw thrown
    })
    if (signal.aborted) lease.end()
    signal.throwIfAborted()
    const open = await super.context(env)
    const context = { ...open, url: withListenKey(open.url, lease.listenKey) }
    this.#leases.set(context, lease)
    return context
  }

  override async connect(context: ConnectionContext, env: StrategyEnv): Promise<Transport> {
    try {
      return await super.connect(context, env)
    } catch (thrown) {
      this.#leases.get(context)?.end()
      throw thrown
    }
  }

  /** A refused listen key is worth a few attempts, each with a fresh key; a refused API key is not. */
  override shouldReconnect(error: StreamError): boolean {
    for (const cause of error.walk()) {
      if (cause instanceof StreamError && this.#final.has(cause)) return false
    }
    return error.retryable || passing.has(error.code)
  }

  maintain(context: ConnectionContext, env: StrategyEnv, takeOver: (reason: string) => void): () => void {
    const lease = this.#leases.get(context)
    lease?.keepAlive(env, takeOver)
    return () => lease?.end()
  }

  release(env: StrategyEnv): Promise<void> {
    return this.#pool.release(env)
  }
}

/** Codes of errors that are over another time, though doing the same at once would not help. */
const passing: ReadonlySet<string> = new Set(['ERR_AUTHENTICATION_FAILED', 'ERR_CLOCK_SKEW', 'ERR_CONNECTION_LIMIT'])

function withListenKey(url: string, listenKey: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}listenKey=${encodeURIComponent(listenKey)}`
}

/** The account: one stream a channel, whatever the instruments, of which only the spelling is learned. It is asked for as market data is. */
export class MexcSpotAccountSubscription extends MexcSpotSubscription {
  constructor(streams: MexcSpotStreams) {
    super(streams, accountChannels)
  }
}
