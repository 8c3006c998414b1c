import type { CandleInterval } from '@tapewire/core'
import type { ChannelSupport, StrategyChannels, WireSymbol } from '@tapewire/core/adapter'

/** The wire channels this adapter reads or asks for. Source: Gate.io spot WebSocket v4 docs. */
export const wireChannels = {
  orderBookUpdate: 'spot.order_book_update',
  orderBook: 'spot.order_book',
  obu: 'spot.obu',
  trades: 'spot.trades',
  tradesV2: 'spot.trades_v2',
  bookTicker: 'spot.book_ticker',
  tickers: 'spot.tickers',
  candlesticks: 'spot.candlesticks',
  orders: 'spot.orders',
  userTrades: 'spot.usertrades',
  balances: 'spot.balances',
  system: 'spot.system',
  ping: 'spot.ping',
  pong: 'spot.pong',
} as const

/**
 * What backs each of our channels. `recorded` payloads were checked against real traffic; the private ones, and `spot.obu`
 * which can take the place of `spot.order_book_update`, against the Gate.io spot WebSocket v4 docs only.
 */
export const channelSupport: readonly ChannelSupport[] = [
  { channel: 'orderbook', wireChannel: wireChannels.orderBookUpdate, evidence: 'recorded' },
  { channel: 'trades', wireChannel: wireChannels.trades, evidence: 'recorded' },
  { channel: 'book_ticker', wireChannel: wireChannels.bookTicker, evidence: 'recorded' },
  { channel: 'ticker', wireChannel: wireChannels.tickers, evidence: 'recorded' },
  { channel: 'candles', wireChannel: wireChannels.candlesticks, evidence: 'recorded' },
  { channel: 'orders', wireChannel: wireChannels.orders, evidence: 'documented' },
  { channel: 'executions', wireChannel: wireChannels.userTrades, evidence: 'documented' },
  { channel: 'balances', wireChannel: wireChannels.balances, evidence: 'documented' },
]

export const marketChannels: StrategyChannels = { exchange: 'gateio_spot', scope: 'public', channels: channelSupport }
export const accountChannels: StrategyChannels = { ...marketChannels, scope: 'private' }

/** Channels whose payload is a list of markets, so that one request can carry many; the others take one market a request. */
export const listChannels: ReadonlySet<string> = new Set([
  wireChannels.trades,
  wireChannels.bookTicker,
  wireChannels.tickers,
  wireChannels.obu,
  wireChannels.orders,
  wireChannels.userTrades,
])

/** Channels that exist and are not normalised: their pushes are OTHER, not UNKNOWN. */
export const otherChannels: ReadonlySet<string> = new Set([
  'spot.orders_v2',
  'spot.usertrades_v2',
  'spot.margin_balances',
  'spot.funding_balances',
  'spot.cross_balances',
  'spot.cross_loan',
  'spot.priceorders',
])

/** Whether a channel is of another of Gate.io's markets: `futures.trades`. Such a push is no spot data, whatever it holds. */
export function isOfOtherMarket(wireChannel: string): boolean {
  return /^[a-z_]+\./.test(wireChannel) && !wireChannel.startsWith('spot.')
}

/** The candle widths Gate.io has: all of ours but `1M`. */
export type GateioSpotCandleInterval = Exclude<CandleInterval, '1M'>

/** Gate.io's names of them. Source: Gate.io spot WebSocket v4 docs. */
export const wireIntervals: Readonly<Record<GateioSpotCandleInterval, string>> = {
  '10s': '10s',
  '1m': '1m',
  '5m': '5m',
  '15m': '15m',
  '30m': '30m',
  '1h': '1h',
  '4h': '4h',
  '8h': '8h',
  '1d': '1d',
  '1w': '7d',
}

const intervalsByWireName = new Map(
  Object.entries(wireIntervals).map(([interval, wireName]) => [wireName, interval as GateioSpotCandleInterval]),
)

/** Our name of a wire interval; null for one we have no name for. */
export function candleIntervalOf(wireName: string): GateioSpotCandleInterval | null {
  return intervalsByWireName.get(wireName) ?? null
}

/** The payload item that stands for every market of the account. */
export const allMarkets = '!all'

/** `spot.order_book_update:BTC_USDT:100ms`; account-wide streams have `!all` in the symbol's place. */
export function streamId(
  wireChannel: string,
  wireSymbol: WireSymbol | string | null,
  params: readonly string[] = [],
): string {
  return [wireChannel, wireSymbol ?? allMarkets, ...params].join(':')
}
