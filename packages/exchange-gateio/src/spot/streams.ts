import type { Channel, Instrument, Stream } from '@tapewire/core'
import type { CandleWidths, WireSymbol } from '@tapewire/core/adapter'
import {
  plannedIntervals,
  type StreamDescription,
  Streams,
  StreamTable,
  type SubscriptionRequest,
  type SymbolTable,
  unnamedInstrument,
} from '@tapewire/core/adapter'
import {
  candleIntervalOf,
  type GateioSpotCandleInterval,
  marketChannels,
  streamId,
  wireChannels,
  wireIntervals,
} from './channels.js'
import { listItem } from './list-item.js'
import type { ResolvedPublicOptions } from './options.js'
import { gateioSpotSymbolTable, wireSymbolOf } from './symbols.js'

/** What backs one of our channels, but for the market; a channel may need several (candle widths). */
interface Feed {
  readonly channel: Channel
  readonly wireChannel: string
  /** What tells its streams from others of the channel, in our words. */
  readonly params: Readonly<Record<string, string>>
  /** The same in Gate.io's words. */
  readonly wireParams: readonly string[]
}

const bookImages = plain('orderbook', wireChannels.orderBook)
const trades = plain('trades', wireChannels.trades)
const bookTickers = plain('book_ticker', wireChannels.bookTicker)
const tickers = plain('ticker', wireChannels.tickers)
const orders = plain('orders', wireChannels.orders)
const executions = plain('executions', wireChannels.userTrades)
const balances = plain('balances', wireChannels.balances)

function plain(channel: Channel, wireChannel: string): Feed {
  return { channel, wireChannel, params: {}, wireParams: [] }
}

function bookUpdates(interval: string): Feed {
  return {
    channel: 'orderbook',
    wireChannel: wireChannels.orderBookUpdate,
    params: { interval },
    wireParams: [interval],
  }
}

function books(depth: string): Feed {
  return { channel: 'orderbook', wireChannel: wireChannels.obu, params: { depth }, wireParams: [depth] }
}

function candles(interval: GateioSpotCandleInterval): Feed {
  const wireParams = [wireIntervals[interval]]
  return { channel: 'candles', wireChannel: wireChannels.candlesticks, params: { interval }, wireParams }
}

/** What of the options says which streams there are. */
type StreamOptions = Pick<
  ResolvedPublicOptions,
  'orderbookChannel' | 'orderbookInterval' | 'orderbookDepth' | 'candleIntervals'
>

/**
 * The streams of one set of strategies: made when they are planned, and found by what pushes name them by. What a push names and nobody planned becomes the
 * stream that planning would have made.
 */
export class GateioSpotStreams {
  readonly #streams = new Streams()
  readonly #symbols: SymbolTable = gateioSpotSymbolTable()
  /** What backs the channels Gate.io has, but for candles, whose widths the request may name. */
  readonly #feeds: Readonly<Partial<Record<Channel, readonly Feed[]>>>
  readonly #candleWidths: CandleWidths<GateioSpotCandleInterval>
  readonly #tables: ReadonlyMap<string, StreamTable>

  constructor({ orderbookChannel, orderbookInterval, orderbookDepth, candleIntervals }: StreamOptions) {
    const diffs = bookUpdates(orderbookInterval)
    this.#feeds = {
      orderbook: [orderbookChannel === 'obu' ? books(String(orderbookDepth)) : diffs],
      trades: [trades],
      book_ticker: [bookTickers],
      ticker: [tickers],
      orders: [orders],
      executions: [executions],
      balances: [balances],
    }
    this.#candleWidths = {
      exchange: marketChannels.exchange,
      has: Object.keys(wireIntervals) as GateioSpotCandleInterval[],
      usual: candleIntervals,
    }
    const byMarket = [diffs, bookImages, bookTickers, tickers].map((feed): [string, StreamTable] => [
      feed.wireChannel,
      new StreamTable((name) => this.#unasked(feed, name)),
    ])
    const byOwner = [orders, executions].map((feed): [string, StreamTable] => [
      feed.wireChannel,
      new StreamTable((name) => this.#symbols.instrumentOf(name) && this.#ofAccount(feed)),
    ])
    this.#tables = new Map([
      ...byMarket,
      ...byOwner,
      [wireChannels.balances, new StreamTable(() => this.#ofAccount(balances))],
      [wireChannels.trades, new StreamTable((name) => this.#ofTradesName(name))],
      [wireChannels.obu, new StreamTable((name) => this.#ofBookName(name))],
      [wireChannels.candlesticks, new StreamTable((name) => this.#ofCandleName(name))],
    ])
  }

  /**
   * The streams of a request: one of each kind for each market. Those of the account stand for all its markets where none is named; balances always do.
   * Throws `ERR_INVALID_SYMBOL` for an instrument that Gate.io's spot market cannot have, `ERR_UNSUPPORTED_OPTION` for candles of a width it does not have.
   */
  plan(request: SubscriptionRequest): readonly Stream[] {
    const { channel, instruments } = request
    const feeds =
      channel === 'candles' ? plannedIntervals(request, this.#candleWidths).map(candles) : (this.#feeds[channel] ?? [])
    const isOfAccount = channel === 'orders' || channel === 'executions'
    if (channel === 'balances' || (isOfAccount && instruments.length === 0)) {
      return feeds.map((feed) => this.#ofAccount(feed))
    }
    this.#symbols.register(instruments, wireSymbolOf)
    return [...new Set(instruments)].flatMap((instrument) => feeds.map((feed) => this.#planned(feed, instrument)))
  }

  /**
   * The streams of a wire channel by what its pushes name: the market, a candle's width and market (`1m_BTC_USDT`), or a book (`ob.BTC_USDT.400`). A market of
   * the account that was not asked for alone, and every asset, has the stream of the whole account.
   */
  named(wireChannel: string): StreamTable {
    return this.#tables.get(wireChannel) as StreamTable
  }

  /** The streams of a wire channel that were planned, or met. */
  ofChannel(wireChannel: string): readonly Stream[] {
    return [...this.#streams.all].filter((stream) => stream.wireChannel === wireChannel)
  }

  /** The market that a wire symbol spells; null where it cannot be read. */
  instrumentOf(wireSymbol: string): Instrument | null {
    return this.#symbols.instrumentOf(wireSymbol)
  }

  #planned(feed: Feed, instrument: Instrument): Stream {
    const wireSymbol = wireSymbolOf(instrument)
    const stream = this.#streams.planned(describe(feed, instrument, wireSymbol))
    this.named(feed.wireChannel).learn(pushedName(stream, feed), stream)
    return stream
  }

  #unasked(feed: Feed, wireSymbol: string): Stream | null {
    const instrument = this.#symbols.instrumentOf(wireSymbol)
    return instrument && this.#streams.unasked(describe(feed, instrument, wireSymbol as WireSymbol))
  }

  #ofAccount(feed: Feed): Stream {
    return this.#streams.planned(describe(feed, null, null))
  }

  /** Trades in recorded frames that were trimmed may not say of which market they are. */
  #ofTradesName(name: string): Stream | null {
    if (name !== unnamedInstrument.name) return this.#unasked(trades, name)
    const id = streamId(trades.wireChannel, name)
    return this.#streams.planned({ ...describe(trades, unnamedInstrument, null), id })
  }

  #ofBookName(name: string): Stream | null {
    const [, wireSymbol, depth] = /^ob\.(.+)\.(\d+)$/.exec(name) ?? []
    return wireSymbol === undefined || depth === undefined ? null : this.#unasked(books(depth), wireSymbol)
  }

  #ofCandleName(name: string): Stream | null {
    const split = name.indexOf('_')
    const interval = split === -1 ? null : candleIntervalOf(name.slice(0, split))
    return interval && this.#unasked(candles(interval), name.slice(split + 1))
  }
}

function describe(
  { channel, wireChannel, params, wireParams }: Feed,
  instrument: Instrument | null,
  wireSymbol: WireSymbol | null,
): StreamDescription {
  const id = streamId(wireChannel, wireSymbol, wireParams)
  return { id, channels: [channel], instrument, params, wireChannel, wireSymbol }
}

/** What the pushes of a stream name it by. */
function pushedName(stream: Stream, { wireChannel, wireParams }: Feed): string {
  return wireChannel === wireChannels.candlesticks ? `${wireParams[0]}_${stream.wireSymbol}` : listItem(stream)
}
