import type { Instrument } from '@tapewire/core'
import type { RefusalWords } from './control.js'
import { type ClientRequest, refusal, type VenueError } from './replies.js'

/** A request with what only the server looks at. */
export interface SignedRequest extends ClientRequest {
  readonly time?: number
  readonly auth?: { readonly method?: unknown; readonly KEY?: unknown; readonly SIGN?: unknown }
}

/** Reads a client's frame; null for what is not a JSON object with a channel: the server ignores it (live probe of the US edition, 2026-09). */
export function readRequest(content: string | Uint8Array): SignedRequest | null {
  let value: unknown
  try {
    value = JSON.parse(typeof content === 'string' ? content : Buffer.from(content).toString('utf8'))
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { id, channel, event, payload, time, auth } = value as Record<string, unknown>
  if (typeof channel !== 'string') return null
  return {
    channel,
    ...(typeof id === 'number' ? { id } : {}),
    ...(typeof event === 'string' ? { event } : {}),
    ...(payload === undefined ? {} : { payload }),
    ...(typeof time === 'number' ? { time } : {}),
    ...(typeof auth === 'object' && auth !== null ? { auth } : {}),
  }
}

/** A stream as the server knows it. */
export interface VenueStream {
  /** Unique among all streams: channel and payload. */
  readonly key: string
  readonly channel: string
  /** Null for the whole account, and for a market that `spot.obu` accepts without knowing it. */
  readonly pair: Instrument | null
  /** Interval, depth, both (`20:100ms`) or candle width. */
  readonly param: string
}

/** Private channels of markets, or of all of them with `!all`. `priceorders` never pushes here: the account places no trigger orders at Gate.io. */
const orderChannels: readonly string[] = [
  'spot.orders',
  'spot.orders_v2',
  'spot.usertrades',
  'spot.usertrades_v2',
  'spot.priceorders',
]

/** Private channels without a payload. All but the first are silent here: they are of accounts that this one does not have. */
const balanceChannels: readonly string[] = [
  'spot.balances',
  'spot.margin_balances',
  'spot.funding_balances',
  'spot.cross_balances',
  'spot.cross_loan',
]

export const privateVenueChannels: readonly string[] = [...orderChannels, ...balanceChannels]

const listChannels: readonly string[] = [
  'spot.trades',
  'spot.trades_v2',
  'spot.book_ticker',
  'spot.tickers',
  ...orderChannels,
]
const updateIntervals: readonly unknown[] = ['20ms', '100ms']
const imageLevels: readonly unknown[] = ['5', '10', '20', '50', '100']
const imageIntervals: readonly unknown[] = ['100ms', '1000ms']
export const candleWidths: readonly unknown[] = ['10s', '1m', '5m', '15m', '30m', '1h', '4h', '8h', '1d', '7d']
/** One market a request, with what it is to be sent of it. */
const oneMarketChannels: readonly string[] = ['spot.order_book_update', 'spot.order_book', 'spot.candlesticks']
const obuLevels: readonly string[] = ['50', '400']

/** The market of a wire symbol; null where the venue does not list it. */
export type FindPair = (wireSymbol: unknown) => Instrument | null

/**
 * The streams a request means, or why it is refused: as a whole, for the first thing wrong with it.
 * Source: Gate.io spot WebSocket v4 docs; texts from live probes of the US edition (2026-09).
 */
export function streamsOf(
  channel: string,
  payload: unknown,
  findPair: FindPair,
  words: RefusalWords,
): readonly VenueStream[] | VenueError {
  if (balanceChannels.includes(channel)) return [streamOf(channel, null)]
  const isKnown = [...oneMarketChannels, 'spot.obu', ...listChannels].includes(channel)
  if (!isKnown) return refusal(2, `Unknown channel ${channel}`)
  if (!Array.isArray(payload) || payload.length === 0 || payload.some((item) => typeof item !== 'string')) {
    return refusal(2, 'payload must be a list of strings')
  }
  const items = payload as readonly string[]
  if (channel === 'spot.obu') return bookStreams(items, findPair)
  if (channel === 'spot.order_book_update') {
    if (!updateIntervals.includes(items[1])) return refusal(2, `incorrect update interval specified: ${items[1]}`)
    return pairStreams(channel, items.slice(0, 1), findPair, words, items[1])
  }
  if (channel === 'spot.order_book') {
    if (!imageLevels.includes(items[1])) return refusal(2, `provided level not supported: ${items[1]}`)
    if (!imageIntervals.includes(items[2])) return refusal(2, `incorrect update interval specified: ${items[2]}`)
    return pairStreams(channel, items.slice(0, 1), findPair, words, items.slice(1).join(':'))
  }
  if (channel === 'spot.candlesticks') {
    if (!candleWidths.includes(items[0])) return refusal(2, `incorrect interval specified: ${items[0]}`)
    return pairStreams(channel, items.slice(1, 2), findPair, words, items[0])
  }
  const isWholeAccount = privateVenueChannels.includes(channel) && items[0] === '!all'
  return isWholeAccount ? [streamOf(channel, null)] : pairStreams(channel, items, findPair, words)
}

function pairStreams(
  channel: string,
  wireSymbols: readonly string[],
  findPair: FindPair,
  words: RefusalWords,
  param = '',
): readonly VenueStream[] | VenueError {
  const unknown = wireSymbols.filter((wireSymbol) => findPair(wireSymbol) === null)
  if (unknown.length > 0) return refusal(2, words(unknown))
  const streams = wireSymbols.map((wireSymbol) => streamOf(channel, findPair(wireSymbol), param))
  return streams.length > 0 ? streams : refusal(2, 'unknown currency pair: ')
}

/** `ob.BTC_USDT.50`. An unknown market or depth is acknowledged and then silent (live probe of the futures socket, 2026-09). */
function bookStreams(names: readonly string[], findPair: FindPair): readonly VenueStream[] | VenueError {
  const streams: VenueStream[] = []
  for (const name of names) {
    const parts = /^ob\.(.+)\.(\d+)$/.exec(name)
    if (parts === null) return refusal(2, `Unknown stream ${name}`)
    const pair = obuLevels.includes(parts[2] as string) ? findPair(parts[1]) : null
    streams.push({ key: `spot.obu:${name}`, channel: 'spot.obu', pair, param: parts[2] as string })
  }
  return streams
}

function streamOf(channel: string, pair: Instrument | null, param = ''): VenueStream {
  return { key: streamKey(channel, pair, param), channel, pair, param }
}

/** The key of a stream; of the whole account where `pair` is null. */
export function streamKey(channel: string, pair: Instrument | null, param = ''): string {
  return `${channel}:${pair?.name ?? '!all'}:${param}`
}
