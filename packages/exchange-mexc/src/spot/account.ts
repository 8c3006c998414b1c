import { StreamError } from '@tapewire/core'
import type { ConnectionContext, FailureKind, StrategyEnv, Transport, TransportClose } from '@tapewire/core/adapter'
import type { ListenKeyLease } from '../shared/listen-keys/account-keys.js'
import type { ListenKeyPool } from '../shared/listen-keys/listen-key-pool.js'
import { accountChannels } from './channels.js'
import { MexcSpotConnection } from './connection.js'
import type { ResolvedPrivateOptions } from './options.js'
import type { MexcSpotStreams } from './streams.js'
import { MexcSpotSubscription } from './subscription.js'

/**
 * The account's connection: the listen key in the URL is all the authentication there is, so each attempt gets a fresh one.
 * Source: MEXC spot v3 API docs, "Websocket User Data Streams".
 */
export class MexcSpotAccountConnection extends MexcSpotConnection {
  readonly hasCredentials = true
  readonly #pool: ListenKeyPool
  readonly #checkIntervalMs: number
  readonly #leases = new WeakMap<ConnectionContext, ListenKeyLease>()
  /** What no further attempt can mend: MEXC's word on the key, the secret, the permissions or the whitelist. */
  readonly #final = new WeakSet<StreamError>()
  /** What sockets could not be opened for. */
  readonly #refusedSockets = new WeakSet<object>()

  /** `accountCheckIntervalMs` is how often MEXC is asked whether the keys live, ms; 0 never. */
  constructor(pool: ListenKeyPool, { url, accountCheckIntervalMs }: ResolvedPrivateOptions) {
    super(url)
    this.#pool = pool
    this.#checkIntervalMs = accountCheckIntervalMs
  }

  override async context(env: StrategyEnv): Promise<ConnectionContext> {
    const { signal } = env
    const lease = await this.#pool.lease(env).catch((thrown) => {
      if (thrown instanceof StreamError && !thrown.retryable && !passing.has(thrown.code)) this.#final.add(thrown)
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
      this.#refusedSockets.add(thrown as StreamError)
      throw thrown
    }
  }

  /** A handshake refused with 401 or 403 is about this address or the moment: MEXC judges the API key where a listen key is asked for. */
  classify(end: TransportClose | StreamError): FailureKind | null {
    const isRefused = end instanceof StreamError && this.#refusedSockets.has(end)
    return isRefused && end.code === 'ERR_AUTHENTICATION_FAILED' ? 'rejected' : null
  }

  /** A refused listen key is worth a few attempts, each with a fresh key; a refused API key is not. */
  override shouldReconnect(error: StreamError): boolean {
    for (const cause of error.walk()) {
      if (cause instanceof StreamError && this.#final.has(cause)) return false
    }
    return error.retryable || passing.has(error.code) || error.code === 'ERR_AUTHENTICATION_FAILED'
  }

  maintain(
    context: ConnectionContext,
    env: StrategyEnv,
    takeOver: (reason: string) => void,
    lost: (error: StreamError) => void,
  ): () => void {
    const lease = this.#leases.get(context)
    lease?.keepAlive({ env, checkIntervalMs: this.#checkIntervalMs, takeOver, lost })
    return () => lease?.end()
  }

  async lookOnceMore(context: ConnectionContext): Promise<void> {
    await this.#leases.get(context)?.lookNow()
  }

  release(env: StrategyEnv): Promise<void> {
    return this.#pool.release(env)
  }
}

/** Codes of errors that are over another time, though doing the same at once would not help: clocks are put right, and a key carries one more connection as soon as another has ended. */
const passing: ReadonlySet<string> = new Set(['ERR_CLOCK_SKEW', 'ERR_CONNECTION_LIMIT'])

function withListenKey(url: string, listenKey: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}listenKey=${encodeURIComponent(listenKey)}`
}

/** The account: one stream a channel, whatever the instruments, of which only the spelling is learned. It is asked for as market data is. */
export class MexcSpotAccountSubscription extends MexcSpotSubscription {
  constructor(streams: MexcSpotStreams) {
    super(streams, accountChannels)
  }
}
