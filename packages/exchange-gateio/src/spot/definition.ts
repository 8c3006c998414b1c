import { type Credentials, type InstrumentListing, WebSocketStrategySet } from '@tapewire/core'
import type { ExchangeDefinition, StrategyEnv } from '@tapewire/core/adapter'
import { ServerTime, SignedRest } from '../shared/rest.js'
import { signerOf } from '../shared/signature.js'
import { GateioSpotAccountConnection, GateioSpotAccountSubscription } from './account.js'
import { gateioSpotAccountBackfill } from './account-backfill.js'
import { GateioSpotAccountLook } from './account-look.js'
import { gateioSpotBackfill } from './backfill.js'
import { gateioSpotBookRules } from './book-rules.js'
import { channelSupport } from './channels.js'
import { GateioSpotConnection } from './connection.js'
import { gateioSpotListing } from './listing.js'
import {
  type GateioSpotPrivateOptions,
  type GateioSpotPublicOptions,
  gateioSpotEndpoints,
  resolvePrivateOptions,
  resolvePublicOptions,
} from './options.js'
import { GateioSpotParser } from './parser.js'
import { GateioSpotStreams } from './streams.js'
import { GateioSpotSubscription } from './subscription.js'

const name = 'gateio_spot'

/**
 * - Streams a connection: none documented; the exchange's developers say there is no limit (gateio/gatews#25).
 * - Client messages: none documented; 385 subscribe requests in one burst were all acknowledged (live probe of the US edition, 2026-09). We stay below that.
 * - Lifetime of a connection: none documented. The server announces the end of a connection on `spot.system` (announcement 49851).
 * - Connections an address: 300 (Gate.io API v4 docs of 2025, as the fact sheet has it); the developers once advised 100 (gateio/gatews#25).
 * Further: a connection without subscriptions and traffic is closed after 30 s, a subscribed one after 60 s (live probe, 2026-09; gateio/gatews#34).
 */
const limits = {
  streamsPerConnection: Number.POSITIVE_INFINITY,
  streamHeadroom: 0,
  clientMessagesPerSecond: 300,
  connectionLifetimeMs: Number.POSITIVE_INFINITY,
  connectionsPerAddress: 300,
} as const

/**
 * Gate.io spot, WebSocket v4.
 *
 * @example
 * new WebSocketManager({ strategies: gateioSpot.public({ candleIntervals: ['1m', '1h'] }), onMessage })
 */
export const gateioSpot: Required<ExchangeDefinition<GateioSpotPublicOptions, GateioSpotPrivateOptions>> = {
  name,
  title: 'Gate.io spot',
  channels: channelSupport,
  limits,
  endpoints: gateioSpotEndpoints,
  /** Market data. Throws `ERR_UNSUPPORTED_OPTION`, and `ERR_INVALID_CONFIG` or `ERR_INSECURE_URL` for a `restUrl` that cannot be meant. */
  public(options?: GateioSpotPublicOptions): WebSocketStrategySet {
    const resolved = resolvePublicOptions(options)
    const streams = new GateioSpotStreams(resolved)
    return new WebSocketStrategySet({
      contract: 2,
      exchange: name,
      connectionStrategy: new GateioSpotConnection(resolved),
      subscriptionStrategy: new GateioSpotSubscription(streams),
      messageParser: new GateioSpotParser(streams),
      bookRules: gateioSpotBookRules(resolved),
      backfill: gateioSpotBackfill(resolved),
      limits,
      socket: resolved.socket,
    })
  },
  /**
   * The account. The key needs permission to read spot.
   * Throws `ERR_INVALID_CREDENTIALS`, `ERR_UNSUPPORTED_OPTION`, and `ERR_INVALID_CONFIG` or `ERR_INSECURE_URL` for a `restUrl` that cannot be meant.
   */
  private(credentials: Credentials, options?: GateioSpotPrivateOptions): WebSocketStrategySet {
    const signer = signerOf(credentials)
    const resolved = resolvePrivateOptions(options)
    const streams = new GateioSpotStreams(resolvePublicOptions())
    const { restUrl, accountCheckIntervalMs } = resolved
    const serverTime = new ServerTime(restUrl)
    const rest = new SignedRest({ restUrl, signer, serverTime })
    const look = new GateioSpotAccountLook(accountCheckIntervalMs, rest, streams)
    return new WebSocketStrategySet({
      contract: 2,
      exchange: name,
      connectionStrategy: new GateioSpotAccountConnection(resolved, serverTime, look),
      subscriptionStrategy: new GateioSpotAccountSubscription(signer, serverTime, streams),
      messageParser: new GateioSpotParser(streams),
      backfill: gateioSpotAccountBackfill(rest, streams),
      limits,
      socket: resolved.socket,
    })
  },
  /** Throws as `public`. */
  async listInstruments(
    options: GateioSpotPublicOptions | undefined,
    env: StrategyEnv,
  ): Promise<readonly InstrumentListing[]> {
    return gateioSpotListing(resolvePublicOptions(options).restUrl, env)
  },
}
