import {
  type Clock,
  type EndpointOptions,
  optionsChecker,
  type SocketOptions,
  StreamError,
  systemClock,
} from '@tapewire/core'
import { type MexcCandleInterval, wireIntervals } from './candle-intervals.js'
import { type MexcTimezone, timezones } from './timezones.js'

/** Source: MEXC spot v3 API docs, "Websocket Market Streams" and "API Basic Information". */
export const mexcEndpoints = {
  url: 'wss://wbs-api.mexc.com/ws',
  restUrl: 'https://api.mexc.com',
} as const

/** What both factories of MEXC spot take. */
interface MexcOptions extends EndpointOptions {
  /** Handshake timeout, largest message, proxy agent. */
  readonly socket?: SocketOptions
  /**
   * Further quote assets. MEXC writes a pair without a separator; a pair that was not subscribed to is read by the quote asset its name ends in, and
   * is reported as OTHER where none fits.
   */
  readonly quoteAssets?: readonly string[]
}

/** Options of `mexcSpot.public()`. */
export interface MexcPublicOptions extends MexcOptions {
  /** How long MEXC gathers before it pushes, on the `aggre.*` channels. Default `'100ms'`. */
  readonly interval?: '100ms' | '10ms'
  /** What backs `orderbook`: every change (default), or the best `depth` levels as snapshots. */
  readonly orderbookChannel?: 'aggre.depth' | 'limit.depth'
  /** Levels a side with `limit.depth`. Default 20. */
  readonly depth?: 5 | 10 | 20
  /** What backs `book_ticker`. Default `'aggre.bookTicker'`, one quote each interval. */
  readonly bookTickerChannel?: 'aggre.bookTicker' | 'bookTicker.batch'
  /**
   * Drops book tickers that repeat the last quote of their stream: with `interval: '10ms'`, 96 to 99 % of them. Default false, because a repeat is
   * news too: it says that the quote still holds and that the stream is alive, which is what staleness is judged by.
   */
  readonly suppressDuplicateQuotes?: boolean
  /** What backs `ticker`: one stream a symbol (default), or one stream with every pair of the exchange, whatever the symbols asked for. */
  readonly tickerChannel?: 'miniTicker' | 'miniTickers'
  /** Where the day of `ticker` begins. Default `'24H'`, the rolling day. */
  readonly timezone?: MexcTimezone
  /** Widths of `candles`, one stream each. Default `['1m']`. MEXC has all of ours but `10s`. */
  readonly candleIntervals?: readonly MexcCandleInterval[]
}

/** Options of `mexcSpot.private()`. */
export interface MexcPrivateOptions extends MexcOptions {
  /** How late a signed request may arrive, ms, 1 to 60,000. Default 5,000. Source: MEXC spot v3 API docs, "Signed". */
  readonly recvWindowMs?: number
  /** Time for signatures and for keeping listen keys alive; the machine's own where not given. */
  readonly clock?: Clock
}

const defaultPublicOptions = {
  ...mexcEndpoints,
  quoteAssets: [],
  socket: {},
  interval: '100ms',
  orderbookChannel: 'aggre.depth',
  depth: 20,
  bookTickerChannel: 'aggre.bookTicker',
  suppressDuplicateQuotes: false,
  tickerChannel: 'miniTicker',
  timezone: '24H',
  candleIntervals: ['1m'],
} as const satisfies MexcPublicOptions

const defaultPrivateOptions = {
  ...mexcEndpoints,
  quoteAssets: [],
  socket: {},
  recvWindowMs: 5_000,
  clock: systemClock,
} as const satisfies MexcPrivateOptions

export type ResolvedPublicOptions = Required<MexcPublicOptions>
export type ResolvedPrivateOptions = Required<MexcPrivateOptions>

const sharedSchema = {
  url: { type: 'string', minLength: 1 },
  restUrl: { type: 'string', minLength: 1 },
  quoteAssets: { type: 'array', items: { type: 'string', pattern: '^[^\\sa-z]{1,32}$' } },
}

const checkPublicData = optionsChecker<MexcPublicOptions>(
  'mexc_spot does not have these options',
  {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...sharedSchema,
      interval: { type: 'string', enum: ['100ms', '10ms'] },
      orderbookChannel: { type: 'string', enum: ['aggre.depth', 'limit.depth'] },
      depth: { type: 'integer', enum: [5, 10, 20] },
      bookTickerChannel: { type: 'string', enum: ['aggre.bookTicker', 'bookTicker.batch'] },
      suppressDuplicateQuotes: { type: 'boolean' },
      tickerChannel: { type: 'string', enum: ['miniTicker', 'miniTickers'] },
      timezone: { type: 'string', enum: timezones },
      candleIntervals: {
        type: 'array',
        minItems: 1,
        uniqueItems: true,
        items: { type: 'string', enum: Object.keys(wireIntervals) },
      },
    },
  },
  'ERR_UNSUPPORTED_OPTION',
)

const checkPrivateData = optionsChecker<MexcPrivateOptions>(
  'mexc_spot does not have these options for the account',
  {
    type: 'object',
    additionalProperties: false,
    properties: { ...sharedSchema, recvWindowMs: { type: 'integer', minimum: 1, maximum: 60_000 } },
  },
  'ERR_UNSUPPORTED_OPTION',
)

/** The options with defaults. Throws `ERR_UNSUPPORTED_OPTION`, naming every mistake together. */
export function resolvePublicOptions(options: MexcPublicOptions = {}): ResolvedPublicOptions {
  const { socket = {}, ...rest } = options
  const data = given(rest)
  checkPublicData(data)
  if (data.depth !== undefined && data.orderbookChannel !== 'limit.depth') {
    throw new StreamError('ERR_UNSUPPORTED_OPTION', 'depth belongs to orderbookChannel limit.depth.', {
      hint: 'aggre.depth sends every change of the book, whatever its depth.',
    })
  }
  return { ...defaultPublicOptions, ...data, socket }
}

/** As `resolvePublicOptions`, for the account. */
export function resolvePrivateOptions(options: MexcPrivateOptions = {}): ResolvedPrivateOptions {
  const { socket = {}, clock = systemClock, ...rest } = options
  const data = given(rest)
  checkPrivateData(data)
  return { ...defaultPrivateOptions, ...data, socket, clock }
}

/** Fields given as undefined count as not given. */
function given<Data extends object>(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)) as Data
}
