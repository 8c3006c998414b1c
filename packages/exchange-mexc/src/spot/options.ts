import { type EndpointOptions, type SocketOptions, StreamError } from '@tapewire/core'
import { exchangeOptionsChecker } from '@tapewire/core/adapter'
import { type MexcSpotCandleInterval, type MexcSpotTimezone, timezones, wireIntervals } from './channels.js'

/** Source: MEXC spot v3 API docs, "Websocket Market Streams" and "API Basic Information". */
export const mexcSpotEndpoints = {
  url: 'wss://wbs-api.mexc.com/ws',
  restUrl: 'https://api.mexc.com',
} as const

/** What both factories of MEXC spot take. */
interface MexcSpotOptions extends EndpointOptions {
  /**
   * Further quote assets. MEXC writes symbols without a separator; one that was not subscribed to is read by the quote asset it ends in, and
   * is reported as OTHER where none fits, on the account as ERROR.
   */
  readonly quoteAssets?: readonly string[]
}

/** Options of `mexcSpot.public()`. */
export interface MexcSpotPublicOptions extends MexcSpotOptions {
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
  /** What backs `ticker`: one stream a symbol (default), or one stream with every instrument of the exchange, of which those are told that were asked for, or all where none was named. */
  readonly tickerChannel?: 'miniTicker' | 'miniTickers'
  /** Where the day of `ticker` begins. Default `'24H'`, the rolling day. */
  readonly timezone?: MexcSpotTimezone
  /** Widths of `candles`, one stream each. Default `['1m']`. MEXC has all of ours but `10s`. */
  readonly candleIntervals?: readonly MexcSpotCandleInterval[]
}

/** Options of `mexcSpot.private()`. */
export interface MexcSpotPrivateOptions extends MexcSpotOptions {
  /** How late a signed request may arrive, ms, 1 to 60,000. Default 5,000. Source: MEXC spot v3 API docs, "Signed". */
  readonly recvWindowMs?: number
  /**
   * How often MEXC is asked over REST whether the listen keys of the account still live, ms; up to a quarter more by chance. Default 8,000; at least 1,000, or 0 for never: a key that has
   * ended is then noticed with its next renewal, half an hour later at most. Each time costs one signed request for all connections of the account.
   */
  readonly accountCheckIntervalMs?: number
}

const defaultPublicOptions = {
  ...mexcSpotEndpoints,
  quoteAssets: [],
  socket: null,
  interval: '100ms',
  orderbookChannel: 'aggre.depth',
  depth: 20,
  bookTickerChannel: 'aggre.bookTicker',
  suppressDuplicateQuotes: false,
  tickerChannel: 'miniTicker',
  timezone: '24H',
  candleIntervals: ['1m'],
} as const

const defaultPrivateOptions = {
  ...mexcSpotEndpoints,
  quoteAssets: [],
  socket: null,
  recvWindowMs: 5_000,
  accountCheckIntervalMs: 8_000,
} as const

/** Options with defaults filled in. */
type Resolved<Options extends MexcSpotOptions> = Required<Omit<Options, 'socket'>> & {
  readonly socket: SocketOptions | null
}

export type ResolvedPublicOptions = Resolved<MexcSpotPublicOptions>
export type ResolvedPrivateOptions = Resolved<MexcSpotPrivateOptions>

const quoteAssets = { type: 'array', items: { type: 'string', pattern: '^[^\\sa-z]{1,32}$' } }

const checkPublicOptions = exchangeOptionsChecker<MexcSpotPublicOptions>('mexc_spot does not have these options', {
  quoteAssets,
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
})

const checkPrivateOptions = exchangeOptionsChecker<MexcSpotPrivateOptions>(
  'mexc_spot does not have these options for the account',
  {
    quoteAssets,
    recvWindowMs: { type: 'integer', minimum: 1, maximum: 60_000 },
    accountCheckIntervalMs: { type: 'integer', minimum: 0, maximum: 3_600_000 },
  },
)

/**
 * The options with defaults. Throws `ERR_UNSUPPORTED_OPTION`, naming every mistake together, and `ERR_INVALID_CONFIG` or `ERR_INSECURE_URL` for a `restUrl` that
 * cannot be meant.
 */
export function resolvePublicOptions(options?: MexcSpotPublicOptions): ResolvedPublicOptions {
  const given = checkPublicOptions(options)
  if (given.depth !== undefined && given.orderbookChannel !== 'limit.depth') {
    throw new StreamError('ERR_UNSUPPORTED_OPTION', 'depth belongs to orderbookChannel limit.depth.', {
      hint: 'aggre.depth sends every change of the book, whatever its depth.',
    })
  }
  return { ...defaultPublicOptions, ...given }
}

/** As `resolvePublicOptions`, for the account. */
export function resolvePrivateOptions(options?: MexcSpotPrivateOptions): ResolvedPrivateOptions {
  const given = checkPrivateOptions(options)
  const { accountCheckIntervalMs: intervalMs = 0 } = given
  if (intervalMs !== 0 && intervalMs < 1_000) {
    throw new StreamError('ERR_UNSUPPORTED_OPTION', 'accountCheckIntervalMs is at least 1,000 ms, or 0 for never.')
  }
  return { ...defaultPrivateOptions, ...given }
}
