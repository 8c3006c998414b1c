import { type Credentials, type InstrumentListing, WebSocketStrategySet } from '@tapewire/core'
import type { ExchangeDefinition, ExchangeLimits, StrategyEnv } from '@tapewire/core/adapter'
import { ListenKeyPool } from '../shared/listen-keys/listen-key-pool.js'
import { ListenKeys } from '../shared/listen-keys/listen-keys.js'
import { SignedRest } from '../shared/rest.js'
import { signerOf } from '../shared/signature.js'
import { MexcSpotAccountConnection, MexcSpotAccountSubscription } from './account.js'
import { mexcSpotAccountBackfill } from './account-backfill.js'
import { mexcSpotBackfill } from './backfill.js'
import { mexcSpotBookRules } from './book-rules.js'
import { channelSupport } from './channels.js'
import { MexcSpotConnection } from './connection.js'
import { mexcSpotListing } from './listing.js'
import {
  type MexcSpotPrivateOptions,
  type MexcSpotPublicOptions,
  mexcSpotEndpoints,
  resolvePrivateOptions,
  resolvePublicOptions,
} from './options.js'
import { MexcSpotParser } from './parser.js'
import { MexcSpotStreams } from './streams.js'
import { MexcSpotSubscription } from './subscription.js'

const name = 'mexc_spot'

/**
 * Source, where no other is named: MEXC spot v3 API docs, "Websocket Market Streams".
 * - Streams a connection: 30, over all its requests; asked for 32, MEXC delivered 30 (darkcite/trading-engine-multivenue). Two stay free, because
 *   nobody has shown that an unsubscribe frees its place before the next subscribe is judged.
 * - Client messages: 100 a second, and more ends the connection, repeatedly the address. We stay a fifth below, for pings and for timers that bunch.
 * - Lifetime of a connection: 24 hours, after which MEXC closes it.
 * - Connections a key of an account: 5 a listen key ("Websocket User Data Streams"). An account may have more listen keys, but MEXC may name the same one to each process that asks.
 * Further: a connection ends after 60 s without data or PING, without a close frame (AbuShl123/screener-backend-v2).
 */
const limits: ExchangeLimits = {
  streamsPerConnection: 30,
  streamHeadroom: 2,
  clientMessagesPerSecond: 80,
  connectionLifetimeMs: 24 * 60 * 60_000,
  connectionsPerKey: 5,
}

/**
 * MEXC spot, API v3: market data and the account, as protobuf over WebSocket.
 *
 * @example
 * new WebSocketManager({ strategies: mexcSpot.public({ interval: '10ms', suppressDuplicateQuotes: true }), onMessage })
 */
export const mexcSpot: Required<ExchangeDefinition<MexcSpotPublicOptions, MexcSpotPrivateOptions>> = {
  name,
  title: 'MEXC spot',
  channels: channelSupport,
  limits,
  endpoints: mexcSpotEndpoints,
  /** Market data. Throws `ERR_UNSUPPORTED_OPTION`. */
  public(options?: MexcSpotPublicOptions): WebSocketStrategySet {
    const resolved = resolvePublicOptions(options)
    const streams = new MexcSpotStreams(resolved)
    const { url, socket, suppressDuplicateQuotes } = resolved
    return new WebSocketStrategySet({
      contract: 2,
      exchange: name,
      connectionStrategy: new MexcSpotConnection(url),
      subscriptionStrategy: new MexcSpotSubscription(streams),
      messageParser: new MexcSpotParser(streams, { suppressDuplicateQuotes }),
      bookRules: mexcSpotBookRules(resolved),
      backfill: mexcSpotBackfill(resolved),
      limits,
      socket,
    })
  },
  /**
   * The account. The key needs permission to read the spot account (SPOT_ACCOUNT_R), and orders (SPOT_DEAL_READ) where those that a stream missed are to be fetched.
   * Throws `ERR_INVALID_CREDENTIALS`, `ERR_UNSUPPORTED_OPTION`, and `ERR_INVALID_CONFIG` or `ERR_INSECURE_URL` for a `restUrl` that no signature may go to.
   */
  private(credentials: Credentials, options?: MexcSpotPrivateOptions): WebSocketStrategySet {
    const signer = signerOf(credentials)
    const resolved = resolvePrivateOptions(options)
    const { restUrl, socket, recvWindowMs, quoteAssets } = resolved
    const streams = new MexcSpotStreams(resolvePublicOptions({ quoteAssets }))
    const rest = new SignedRest({ restUrl, signer, recvWindowMs })
    const listenKeys = new ListenKeys(rest)
    const pool = new ListenKeyPool(listenKeys, { restUrl, apiKey: signer.apiKey })
    return new WebSocketStrategySet({
      contract: 2,
      exchange: name,
      connectionStrategy: new MexcSpotAccountConnection(pool, resolved),
      subscriptionStrategy: new MexcSpotAccountSubscription(streams),
      messageParser: new MexcSpotParser(streams),
      backfill: mexcSpotAccountBackfill(rest),
      limits,
      socket,
    })
  },
  /** Throws as `public`. */
  async listInstruments(
    options: MexcSpotPublicOptions | undefined,
    env: StrategyEnv,
  ): Promise<readonly InstrumentListing[]> {
    return mexcSpotListing(resolvePublicOptions(options).restUrl, env)
  },
}
