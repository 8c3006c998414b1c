import type { CandleInterval } from '@tapewire/core'
import type { ChannelSupport, StrategyChannels, WireSymbol } from '@tapewire/core/adapter'

/**
 * MEXC's names of what backs our channels. A stream's name is the wire channel with its symbol and arguments appended, joined by `@`; it is what
 * subscriptions ask for, what replies echo and what pushes carry, and so it is our stream id too.
 * Source: MEXC spot v3 API docs, "Websocket Market Streams" and "Websocket User Data Streams".
 */
export const wireChannels = {
  aggreDepth: 'spot@public.aggre.depth.v3.api.pb',
  limitDepth: 'spot@public.limit.depth.v3.api.pb',
  aggreDeals: 'spot@public.aggre.deals.v3.api.pb',
  aggreBookTicker: 'spot@public.aggre.bookTicker.v3.api.pb',
  bookTickerBatch: 'spot@public.bookTicker.batch.v3.api.pb',
  miniTicker: 'spot@public.miniTicker.v3.api.pb',
  miniTickers: 'spot@public.miniTickers.v3.api.pb',
  kline: 'spot@public.kline.v3.api.pb',
  privateOrders: 'spot@private.orders.v3.api.pb',
  privateDeals: 'spot@private.deals.v3.api.pb',
  privateAccount: 'spot@private.account.v3.api.pb',
} as const

/** What backs each channel by default. Recorded: decoded from real frames; documented: the account channels, of which no recording is public. */
export const channelSupport: readonly ChannelSupport[] = [
  { channel: 'orderbook', wireChannel: wireChannels.aggreDepth, evidence: 'recorded' },
  { channel: 'trades', wireChannel: wireChannels.aggreDeals, evidence: 'recorded' },
  { channel: 'book_ticker', wireChannel: wireChannels.aggreBookTicker, evidence: 'recorded' },
  { channel: 'ticker', wireChannel: wireChannels.miniTicker, evidence: 'recorded' },
  { channel: 'candles', wireChannel: wireChannels.kline, evidence: 'recorded' },
  { channel: 'orders', wireChannel: wireChannels.privateOrders, evidence: 'documented' },
  { channel: 'executions', wireChannel: wireChannels.privateDeals, evidence: 'documented' },
  { channel: 'balances', wireChannel: wireChannels.privateAccount, evidence: 'documented' },
]

export const marketChannels: StrategyChannels = { exchange: 'mexc_spot', scope: 'public', channels: channelSupport }
export const accountChannels: StrategyChannels = { ...marketChannels, scope: 'private' }

/** The candle widths MEXC has: all of ours but `10s`. */
export type MexcSpotCandleInterval = Exclude<CandleInterval, '10s'>

/** MEXC's names of them. Source: MEXC spot v3 API docs, "K-line Streams". */
export const wireIntervals: Readonly<Record<MexcSpotCandleInterval, string>> = {
  '1m': 'Min1',
  '5m': 'Min5',
  '15m': 'Min15',
  '30m': 'Min30',
  '1h': 'Min60',
  '4h': 'Hour4',
  '8h': 'Hour8',
  '1d': 'Day1',
  '1w': 'Week1',
  '1M': 'Month1',
}

const intervalsByWireName = new Map(
  Object.entries(wireIntervals).map(([interval, wireName]) => [wireName, interval as MexcSpotCandleInterval]),
)

/** Our name of a wire interval; null for one nobody documents. */
export function candleIntervalOf(wireName: string): MexcSpotCandleInterval | null {
  return intervalsByWireName.get(wireName) ?? null
}

/** Day boundaries a ticker can be asked for. Source: MEXC spot v3 API docs, "MiniTicker". */
export const timezones = [
  '24H',
  'UTC-10',
  'UTC-8',
  'UTC-7',
  'UTC-6',
  'UTC-5',
  'UTC-4',
  'UTC-3',
  'UTC+0',
  'UTC+1',
  'UTC+2',
  'UTC+3',
  'UTC+4',
  'UTC+4:30',
  'UTC+5',
  'UTC+5:30',
  'UTC+6',
  'UTC+7',
  'UTC+8',
  'UTC+9',
  'UTC+10',
  'UTC+11',
  'UTC+12',
  'UTC+12:45',
  'UTC+13',
] as const

export type MexcSpotTimezone = (typeof timezones)[number]

/** Channels whose streams name the symbol behind the argument: `…aggre.depth.v3.api.pb@100ms@BTCUSDT`. */
const symbolLast: ReadonlySet<string> = new Set([
  wireChannels.aggreDepth,
  wireChannels.aggreDeals,
  wireChannels.aggreBookTicker,
])

/** `spot@public.kline.v3.api.pb@BTCUSDT@Min1`; null stands for what a channel does not have: `…miniTickers.v3.api.pb@24H` is about no symbol. */
export function streamId(wireChannel: string, wireSymbol: WireSymbol | null, argument: string | null = null): string {
  const parts = symbolLast.has(wireChannel) ? [wireChannel, argument, wireSymbol] : [wireChannel, wireSymbol, argument]
  return parts.filter((part) => part !== null).join('@')
}
