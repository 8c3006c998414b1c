import { type EndpointOptions, type SocketOptions, StreamError } from '@tapewire/core'
import { exchangeOptionsChecker } from '@tapewire/core/adapter'
import { type GateioSpotCandleInterval, wireIntervals } from './channels.js'

/** Mainnet. The trailing slash is part of it. Source: Gate.io spot WebSocket v4 docs, REST v4 docs. */
export const gateioSpotEndpoints = {
  url: 'wss://api.gateio.ws/ws/v4/',
  restUrl: 'https://api.gateio.ws/api/v4',
} as const

/** Options of `gateioSpot.public()`. */
export interface GateioSpotPublicOptions extends EndpointOptions {
  /**
   * What backs `orderbook`: `order_book_update` (default) sends diffs and needs a REST snapshot; `obu` sends its own snapshot, and exists on the
   * main site only, not in its EU and US editions.
   */
  readonly orderbookChannel?: 'order_book_update' | 'obu'
  /** Pace of `order_book_update`: `100ms` (default) covers 100 levels a side, `20ms` 20 levels. */
  readonly orderbookInterval?: '100ms' | '20ms'
  /** Levels a side of `obu`: 400 every 100 ms (default) or 50 every 20 ms. */
  readonly orderbookDepth?: 50 | 400
  /** Widths of `candles`, one stream each; default `['1m']`. Gate.io has all of ours but `1M`. */
  readonly candleIntervals?: readonly GateioSpotCandleInterval[]
}

/** Options of `gateioSpot.private()`. */
export interface GateioSpotPrivateOptions extends EndpointOptions {
  /**
   * How often Gate.io is asked over REST for the account's latest executions, which its streams must have told too, ms; up to a quarter more by chance. Default 8,000; at least 1,000, or 0
   * for never: streams that fall silent in an open socket are then not noticed. Each time costs one signed request.
   */
  readonly accountCheckIntervalMs?: number
}

/** Everything the strategies need to know, with defaults filled in. */
export interface ResolvedOptions {
  readonly url: string
  /** Without a trailing slash. */
  readonly restUrl: string
  readonly socket: SocketOptions | null
}

export interface ResolvedPrivateOptions extends ResolvedOptions {
  readonly accountCheckIntervalMs: number
}

export interface ResolvedPublicOptions extends ResolvedOptions {
  readonly orderbookChannel: 'order_book_update' | 'obu'
  readonly orderbookInterval: '100ms' | '20ms'
  readonly orderbookDepth: 50 | 400
  readonly candleIntervals: readonly GateioSpotCandleInterval[]
}

const defaultPublicOptions = {
  orderbookChannel: 'order_book_update',
  orderbookInterval: '100ms',
  orderbookDepth: 400,
  candleIntervals: ['1m'],
} as const satisfies GateioSpotPublicOptions

const checkPublicOptions = exchangeOptionsChecker<GateioSpotPublicOptions>('gateio_spot does not have these options', {
  orderbookChannel: { type: 'string', enum: ['order_book_update', 'obu'] },
  orderbookInterval: { type: 'string', enum: ['100ms', '20ms'] },
  orderbookDepth: { type: 'integer', enum: [50, 400] },
  candleIntervals: {
    type: 'array',
    minItems: 1,
    uniqueItems: true,
    items: { type: 'string', enum: Object.keys(wireIntervals) },
  },
})

const checkPrivateOptions = exchangeOptionsChecker<GateioSpotPrivateOptions>(
  'gateio_spot does not have these options for the account',
  { accountCheckIntervalMs: { type: 'integer', minimum: 0, maximum: 3_600_000 } },
)

/**
 * The options with defaults. Throws `ERR_UNSUPPORTED_OPTION`, naming every mistake together, and `ERR_INVALID_CONFIG` or `ERR_INSECURE_URL` for a `restUrl` that
 * cannot be meant.
 */
export function resolvePublicOptions(options?: GateioSpotPublicOptions): ResolvedPublicOptions {
  const given = checkPublicOptions(options)
  if (given.orderbookChannel === 'obu' && given.orderbookInterval !== undefined) {
    throw misplaced('orderbookInterval', 'order_book_update', 'The pace of obu follows its orderbookDepth.')
  }
  if (given.orderbookChannel !== 'obu' && given.orderbookDepth !== undefined) {
    throw misplaced('orderbookDepth', 'obu', 'The depth of order_book_update follows its orderbookInterval.')
  }
  return { ...defaultPublicOptions, ...given, ...resolveEndpoint(given) }
}

/** As `resolvePublicOptions`, for the account. */
export function resolvePrivateOptions(options?: GateioSpotPrivateOptions): ResolvedPrivateOptions {
  const given = checkPrivateOptions(options)
  const { accountCheckIntervalMs = 8_000 } = given
  if (accountCheckIntervalMs !== 0 && accountCheckIntervalMs < 1_000) {
    throw new StreamError('ERR_UNSUPPORTED_OPTION', 'accountCheckIntervalMs is at least 1,000 ms, or 0 for never.')
  }
  return { ...resolveEndpoint(given), accountCheckIntervalMs }
}

function resolveEndpoint({ url, restUrl, socket }: EndpointOptions): ResolvedOptions {
  return {
    url: url ?? gateioSpotEndpoints.url,
    restUrl: restUrl ?? gateioSpotEndpoints.restUrl,
    socket: socket ?? null,
  }
}

function misplaced(option: string, channel: string, hint: string): StreamError {
  return new StreamError('ERR_UNSUPPORTED_OPTION', `${option} belongs to orderbookChannel ${channel}.`, { hint })
}
