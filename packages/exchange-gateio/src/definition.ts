import { type Credentials, type ExchangeDefinition, WebSocketStrategySet } from '@tapewire/core'
import { GateioAccountSubscription } from './account-subscription.js'
import { gateioBookRules } from './book-rules.js'
import { channelSupport } from './channels.js'
import { GateioConnection } from './connection.js'
import {
  type GateioPrivateOptions,
  type GateioPublicOptions,
  gateioEndpoints,
  resolvePrivateOptions,
  resolvePublicOptions,
} from './options.js'
import { GateioParser } from './parser.js'
import { ServerTime } from './server-time.js'
import { signerOf } from './signature.js'
import { GateioPublicSubscription } from './subscription.js'
import { gateioSymbolTable } from './symbols.js'

const name = 'gateio_spot'

/**
 * - Streams a connection: none documented; the exchange's developers say there is no limit (gateio/gatews#25).
 * - Client messages: none documented; 385 subscribe requests in one burst were all acknowledged (live probe of the US edition, 2026-09). We stay below that.
 * - Lifetime: none documented. The server announces the end of a connection on `spot.system` (announcement 49851).
 * - Idle: a connection without subscriptions and traffic is closed after 30 s, a subscribed one after 60 s (live probe, 2026-09; gateio/gatews#34).
 */
const limits = {
  streamsPerConnection: Number.POSITIVE_INFINITY,
  streamHeadroom: 0,
  clientMessagesPerSecond: 300,
  connectionLifetimeMs: null,
  idleTimeoutMs: 30_000,
  listenKeyLifetimeMs: null,
} as const

/**
 * Gate.io spot, WebSocket v4.
 *
 * @example
 * new WebSocketManager({ strategies: gateioSpot.public({ candleIntervals: ['1m', '1h'] }), onMessage })
 */
export const gateioSpot: Required<ExchangeDefinition<GateioPublicOptions, GateioPrivateOptions>> = {
  name,
  title: 'Gate.io spot',
  channels: channelSupport,
  limits,
  endpoints: gateioEndpoints,
  /** Market data. Throws `ERR_UNSUPPORTED_OPTION`. */
  public(options?: GateioPublicOptions): WebSocketStrategySet {
    const resolved = resolvePublicOptions(options)
    const symbols = gateioSymbolTable()
    return new WebSocketStrategySet({
      exchange: name,
      connectionStrategy: new GateioConnection(resolved, null),
      subscriptionStrategy: new GateioPublicSubscription(resolved, symbols),
      messageParser: new GateioParser(symbols),
      bookRules: gateioBookRules(resolved),
      limits,
    })
  },
  /** The account. The key needs permission to read spot. Throws `ERR_INVALID_CREDENTIALS`, `ERR_UNSUPPORTED_OPTION`. */
  private(credentials: Credentials, options?: GateioPrivateOptions): WebSocketStrategySet {
    const signer = signerOf(credentials)
    const resolved = resolvePrivateOptions(options)
    const symbols = gateioSymbolTable()
    const serverTime = new ServerTime(resolved.restUrl, resolved.clock)
    return new WebSocketStrategySet({
      exchange: name,
      connectionStrategy: new GateioConnection(resolved, serverTime),
      subscriptionStrategy: new GateioAccountSubscription(signer, serverTime, symbols),
      messageParser: new GateioParser(symbols),
      limits,
    })
  },
}
