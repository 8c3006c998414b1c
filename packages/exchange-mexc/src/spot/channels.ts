import type { CandleInterval } from '@tapewire/core'
import type { ChannelSupport, StrategyChannels, WireSymbol } from '@tapewire/core/adapter'
import { WireChannel } from '../shared/wire-channel.js'

type WireChannelKey =
  | 'aggreDepth'
  | 'limitDepth'
  | 'aggreDeals'
  | 'aggreBookTicker'
  | 'bookTickerBatch'
  | 'miniTicker'
  | 'miniTickers'
  | 'kline'
  | 'privateOrders'
  | 'privateDeals'
  | 'privateAccount'

/**
 * MEXC's channels, by what of ours they back. A stream's name is the channel with its symbol and arguments appended, joined by `@`; it is what subscriptions
 * ask for, what replies echo and what pushes carry, and so it is our stream id too. Source: MEXC spot v3 API docs, "Websocket Market Streams" and "Websocket
 * User Data Streams".
 */
export const wireChannels: Readonly<Record<WireChannelKey, WireChannel>> = {
  aggreDepth: new WireChannel('spot@public.aggre.depth.v3.api.pb', 'last'),
  limitDepth: new WireChannel('spot@public.limit.depth.v3.api.pb', 'first'),
  aggreDeals: new WireChannel('spot@public.aggre.deals.v3.api.pb', 'last'),
  aggreBookTicker: new WireChannel('spot@public.aggre.bookTicker.v3.api.pb', 'last'),
  bookTickerBatch: new WireChannel('spot@public.bookTicker.batch.v3.api.pb', 'first'),
  miniTicker: new WireChannel('spot@public.miniTicker.v3.api.pb', 'first'),
  miniTickers: new WireChannel('spot@public.miniTickers.v3.api.pb', 'none'),
  kline: new WireChannel('spot@public.kline.v3.api.pb', 'first'),
  privateOrders: new WireChannel('spot@private.orders.v3.api.pb', 'none'),
  privateDeals: new WireChannel('spot@private.deals.v3.api.pb', 'none'),
  privateAccount: new WireChannel('spot@private.account.v3.api.pb', 'none'),
}

/** What backs each channel by default. Recorded: decoded from real frames; documented: the account channels, of which no recording is public. */
export const channelSupport: readonly ChannelSupport[] = [
  { channel: 'orderbook', wireChannel: wireChannels.aggreDepth.name, evidence: 'recorded' },
  { channel: 'trades', wireChannel: wireChannels.aggreDeals.name, evidence: 'recorded' },
  { channel: 'book_ticker', wireChannel: wireChannels.aggreBookTicker.name, evidence: 'recorded' },
  { channel: 'ticker', wireChannel: wireChannels.miniTicker.name, evidence: 'recorded' },
  { channel: 'candles', wireChannel: wireChannels.kline.name, evidence: 'recorded' },
  { channel: 'orders', wireChannel: wireChannels.privateOrders.name, evidence: 'documented' },
  { channel: 'executions', wireChannel: wireChannels.privateDeals.name, evidence: 'documented' },
  { channel: 'balances', wireChannel: wireChannels.privateAccount.name, evidence: 'documented' },
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

/** What one of our streams is called, by us and on the wire; null stands for what a channel does not have: `…miniTickers.v3.api.pb@24H` is about no symbol. */
export function streamId(wireChannel: WireChannel, wireSymbol: WireSymbol | null, argument: string | null): string {
  return wireChannel.streamName(wireSymbol, argument)
}

/** Whether a stream's name is of another of MEXC's markets: `futures@…`. Such a push is no spot data, though a spot pair may be spelt alike. */
export function isOfOtherMarket(streamName: string): boolean {
  return /^[a-z]+@/.test(streamName) && !streamName.startsWith('spot@')
}
