import { type Credentials, type ExchangeDefinition, type ExchangeLimits, WebSocketStrategySet } from '@tapewire/core'
import { mexcBookRules } from './book-rules.js'
import { channelSupport, privatePlanners, publicPlanners } from './channels.js'
import { MexcConnectionStrategy } from './connection.js'
import { ListenKeys } from './listen-key.js'
import { ListenKeyPool, listenKeyLifetimeMs } from './listen-key-pool.js'
import {
  type MexcPrivateOptions,
  type MexcPublicOptions,
  mexcEndpoints,
  resolvePrivateOptions,
  resolvePublicOptions,
} from './options.js'
import { MexcMessageParser } from './parser.js'
import { MexcPrivateConnectionStrategy } from './private-connection.js'
import { signerOf } from './signature.js'
import { SignedRest } from './signed-rest.js'
import { MexcSubscriptionStrategy } from './subscription.js'
import { createSymbolTable } from './symbols.js'

const name = 'mexc_spot'

/**
 * Source, where no other is named: MEXC spot v3 API docs, "Websocket Market Streams".
 * - Streams a connection: 30, over all its requests; asked for 32, MEXC delivered 30 (darkcite/trading-engine-multivenue). Two stay free, because
 *   nobody has shown that an unsubscribe frees its place before the next subscribe is judged.
 * - Client messages: 100 a second, and more ends the connection, repeatedly the address. We stay a fifth below, for pings and for timers that bunch.
 * - Lifetime: 24 hours. Idle: 60 s without data or PING; the connection then ends without a close frame (AbuShl123/screener-backend-v2).
 * - Listen key: 60 minutes from its last renewal ("Listen Key").
 */
const limits: ExchangeLimits = {
  streamsPerConnection: 30,
  streamHeadroom: 2,
  clientMessagesPerSecond: 80,
  connectionLifetimeMs: 24 * 60 * 60_000,
  idleTimeoutMs: 60_000,
  listenKeyLifetimeMs,
}

/**
 * MEXC spot, API v3: market data and the account, as protobuf over WebSocket.
 *
 * @example
 * new WebSocketManager({ strategies: mexcSpot.public({ interval: '10ms', suppressDuplicateQuotes: true }), onMessage })
 */
export const mexcSpot: Required<ExchangeDefinition<MexcPublicOptions, MexcPrivateOptions>> = {
  name,
  title: 'MEXC spot',
  channels: channelSupport,
  limits,
  endpoints: mexcEndpoints,
  /** Market data. Throws `ERR_UNSUPPORTED_OPTION`. */
  public(options?: MexcPublicOptions): WebSocketStrategySet {
    const resolved = resolvePublicOptions(options)
    const symbols = createSymbolTable(resolved.quoteAssets)
    const { suppressDuplicateQuotes } = resolved
    return new WebSocketStrategySet({
      exchange: name,
      connectionStrategy: new MexcConnectionStrategy(resolved.url, resolved.socket),
      subscriptionStrategy: new MexcSubscriptionStrategy(publicPlanners(resolved), symbols),
      messageParser: new MexcMessageParser({ symbols, suppressDuplicateQuotes }),
      bookRules: mexcBookRules(resolved),
      limits,
    })
  },
  /**
   * The account. The key needs permission to read the spot account (SPOT_ACCOUNT_R).
   * Throws `ERR_INVALID_CREDENTIALS`, `ERR_UNSUPPORTED_OPTION`, and `ERR_INVALID_CONFIG` or `ERR_INSECURE_URL` for a `restUrl` that no signature may go to.
   */
  private(credentials: Credentials, options?: MexcPrivateOptions): WebSocketStrategySet {
    const signer = signerOf(credentials)
    const { url, restUrl, socket, clock, recvWindowMs, quoteAssets } = resolvePrivateOptions(options)
    const symbols = createSymbolTable(quoteAssets)
    const pool = new ListenKeyPool(new ListenKeys(new SignedRest({ restUrl, signer, recvWindowMs, clock })), clock)
    return new WebSocketStrategySet({
      exchange: name,
      connectionStrategy: new MexcPrivateConnectionStrategy(url, socket, pool),
      subscriptionStrategy: new MexcSubscriptionStrategy(privatePlanners, symbols),
      messageParser: new MexcMessageParser({ symbols, suppressDuplicateQuotes: false }),
      limits,
    })
  },
}
