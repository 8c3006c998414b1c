import type { ChannelSupport, Instrument, PrivateChannel, PublicChannel, Stream } from '@tapewire/core'
import { wireIntervals } from './candle-intervals.js'
import type { ResolvedPublicOptions } from './options.js'
import { wireSymbolOf } from './symbols.js'

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

/** The streams that one of our channels means for these pairs. */
export type StreamPlanner = (pairs: readonly Instrument[]) => readonly Stream[]

/** How each public channel becomes streams, decided once from the options. */
export function publicPlanners(options: ResolvedPublicOptions): Readonly<Record<PublicChannel, StreamPlanner>> {
  const { interval, timezone } = options
  const depth = String(options.depth)
  const widths = options.candleIntervals.map((width) => wireIntervals[width])
  return {
    orderbook:
      options.orderbookChannel === 'limit.depth'
        ? (pairs) => pairs.map((pair) => symbolFirst('orderbook', wireChannels.limitDepth, pair, depth))
        : (pairs) => pairs.map((pair) => symbolLast('orderbook', wireChannels.aggreDepth, pair, interval)),
    trades: (pairs) => pairs.map((pair) => symbolLast('trades', wireChannels.aggreDeals, pair, interval)),
    book_ticker:
      options.bookTickerChannel === 'bookTicker.batch'
        ? (pairs) => pairs.map((pair) => symbolFirst('book_ticker', wireChannels.bookTickerBatch, pair))
        : (pairs) => pairs.map((pair) => symbolLast('book_ticker', wireChannels.aggreBookTicker, pair, interval)),
    ticker:
      options.tickerChannel === 'miniTickers'
        ? () => [withoutSymbol('ticker', wireChannels.miniTickers, timezone)]
        : (pairs) => pairs.map((pair) => symbolFirst('ticker', wireChannels.miniTicker, pair, timezone)),
    candles: (pairs) =>
      pairs.flatMap((pair) => widths.map((width) => symbolFirst('candles', wireChannels.kline, pair, width))),
  }
}

/** The account channels: one stream each, whatever the pairs. */
export const privatePlanners: Readonly<Record<PrivateChannel, StreamPlanner>> = {
  orders: () => [withoutSymbol('orders', wireChannels.privateOrders)],
  executions: () => [withoutSymbol('executions', wireChannels.privateDeals)],
  balances: () => [withoutSymbol('balances', wireChannels.privateAccount)],
}

/** `…aggre.depth.v3.api.pb@100ms@BTCUSDT` */
function symbolLast(channel: PublicChannel, wireChannel: string, pair: Instrument, argument: string): Stream {
  const wireSymbol = wireSymbolOf(pair)
  return {
    id: `${wireChannel}@${argument}@${wireSymbol}`,
    channel,
    symbol: pair,
    wireChannel,
    wireSymbol,
    params: [argument],
  }
}

/** `…kline.v3.api.pb@BTCUSDT@Min1` */
function symbolFirst(channel: PublicChannel, wireChannel: string, pair: Instrument, ...params: string[]): Stream {
  const wireSymbol = wireSymbolOf(pair)
  return { id: [wireChannel, wireSymbol, ...params].join('@'), channel, symbol: pair, wireChannel, wireSymbol, params }
}

/** `…miniTickers.v3.api.pb@24H` */
function withoutSymbol(channel: PublicChannel | PrivateChannel, wireChannel: string, ...params: string[]): Stream {
  return { id: [wireChannel, ...params].join('@'), channel, symbol: null, wireChannel, wireSymbol: null, params }
}
