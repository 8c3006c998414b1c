import {
  type CandleInterval,
  type Clock,
  type EndpointOptions,
  optionsChecker,
  type SocketOptions,
  StreamError,
  systemClock,
} from '@tapewire/core'
import { wireIntervals } from './channels.js'

/** Mainnet. The trailing slash is part of it. Source: Gate.io spot WebSocket v4 docs, REST v4 docs. */
export const gateioEndpoints = {
  url: 'wss://api.gateio.ws/ws/v4/',
  restUrl: 'https://api.gateio.ws/api/v4',
} as const

/** What both factories of Gate.io spot take. */
interface GateioOptions extends EndpointOptions {
  /** Handshake timeout, largest message, proxy agent. */
  readonly socket?: SocketOptions
  /** Time for pings and signatures; the machine's own where not given. */
  readonly clock?: Clock
}

/** Options of `gateioSpot.public()`. */
export interface GateioPublicOptions extends GateioOptions {
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
  readonly candleIntervals?: readonly CandleInterval[]
}

/** Options of `gateioSpot.private()`. */
export interface GateioPrivateOptions extends GateioOptions {}

/** Everything the strategies need to know, with defaults filled in. */
export interface ResolvedOptions {
  readonly url: string
  /** Without a trailing slash. */
  readonly restUrl: string
  readonly socket: SocketOptions
  readonly clock: Clock
}

export interface ResolvedPublicOptions extends ResolvedOptions {
  readonly orderbookChannel: 'order_book_update' | 'obu'
  readonly orderbookInterval: '100ms' | '20ms'
  readonly orderbookDepth: 50 | 400
  readonly candleIntervals: readonly CandleInterval[]
}

const defaultPublicOptions = {
  orderbookChannel: 'order_book_update',
  orderbookInterval: '100ms',
  orderbookDepth: 400,
  candleIntervals: ['1m'],
} as const satisfies GateioPublicOptions

const commonSchema = {
  url: { type: 'string', minLength: 1 },
  restUrl: { type: 'string', minLength: 1 },
  socket: {
    type: 'object',
    additionalProperties: false,
    properties: {
      handshakeTimeoutMs: { type: 'number', minimum: 1 },
      maxPayloadBytes: { type: 'integer', minimum: 1 },
      agent: { type: 'object' },
      transport: { type: 'string', enum: ['ws', 'walker'] },
    },
  },
  clock: { type: 'object' },
}

const checkPublicOptions = optionsChecker<GateioPublicOptions>(
  'gateio_spot does not have these options',
  {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...commonSchema,
      orderbookChannel: { type: 'string', enum: ['order_book_update', 'obu'] },
      orderbookInterval: { type: 'string', enum: ['100ms', '20ms'] },
      orderbookDepth: { type: 'integer', enum: [50, 400] },
      candleIntervals: {
        type: 'array',
        minItems: 1,
        uniqueItems: true,
        items: { type: 'string', enum: [...wireIntervals.keys()] },
      },
    },
  },
  'ERR_UNSUPPORTED_OPTION',
)

const checkPrivateOptions = optionsChecker<GateioPrivateOptions>(
  'gateio_spot does not have these options for the account',
  { type: 'object', additionalProperties: false, properties: commonSchema },
  'ERR_UNSUPPORTED_OPTION',
)

/** The options with defaults. Throws `ERR_UNSUPPORTED_OPTION`, naming every mistake together. */
export function resolvePublicOptions(options: GateioPublicOptions = {}): ResolvedPublicOptions {
  const given = withoutUndefined(options)
  checkPublicOptions(given)
  if (given.orderbookChannel === 'obu' && given.orderbookInterval !== undefined) {
    throw misplaced('orderbookInterval', 'order_book_update', 'The pace of obu follows its orderbookDepth.')
  }
  if (given.orderbookChannel !== 'obu' && given.orderbookDepth !== undefined) {
    throw misplaced('orderbookDepth', 'obu', 'The depth of order_book_update follows its orderbookInterval.')
  }
  return { ...defaultPublicOptions, ...given, ...resolveCommon(given) }
}

/** As `resolvePublicOptions`, for the account. */
export function resolvePrivateOptions(options: GateioPrivateOptions = {}): ResolvedOptions {
  const given = withoutUndefined(options)
  checkPrivateOptions(given)
  return resolveCommon(given)
}

function resolveCommon({ url, restUrl, socket, clock }: GateioOptions): ResolvedOptions {
  return {
    url: url ?? gateioEndpoints.url,
    restUrl: (restUrl ?? gateioEndpoints.restUrl).replace(/\/+$/, ''),
    socket: socket ?? {},
    clock: clock ?? systemClock,
  }
}

/** A field given as undefined counts as not given. */
function withoutUndefined<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options
}

function misplaced(option: string, channel: string, hint: string): StreamError {
  return new StreamError('ERR_UNSUPPORTED_OPTION', `${option} belongs to orderbookChannel ${channel}.`, { hint })
}
