import { type Channel, type Instrument, type Stream, StreamError } from '@tapewire/core'
import {
  ByteTable,
  type CandleWidths,
  plannedIntervals,
  type StreamDescription,
  Streams,
  StreamTable,
  type SubscriptionRequest,
  type SymbolTable,
  type WireSymbol,
} from '@tapewire/core/adapter'
import type { NameParts, WireChannel } from '../shared/wire-channel.js'
import {
  candleIntervalOf,
  type MexcSpotCandleInterval,
  marketChannels,
  streamId,
  wireChannels,
  wireIntervals,
} from './channels.js'
import type { ResolvedPublicOptions } from './options.js'
import { mexcSpotSymbolTable, wireSymbolOf } from './symbols.js'

/** One wire channel as a set of strategies asks for it. */
interface Feed {
  readonly channel: Channel
  readonly wireChannel: WireChannel
  /** What is asked for beside the symbol, as MEXC spells it; null for nothing. */
  readonly argument: string | null
  /** The same in our words. */
  readonly params: Readonly<Record<string, string>>
}

/** What the feeds of a set share. */
interface Registry {
  readonly streams: Streams
  readonly symbols: SymbolTable
  readonly byId: ByteTable<Stream>
}

/**
 * The streams of one set of strategies: made when they are planned, found by what a push names. One that nobody asked for is made when it is met, with the
 * options of the set.
 */
export class MexcSpotStreams {
  /** Instruments by MEXC's spelling. */
  readonly symbols: SymbolTable
  /** Every stream by its id, which is also the channel string of its pushes. */
  readonly byId: ByteTable<Stream> = new ByteTable()
  readonly aggreDepth: StreamsByInstrument
  readonly limitDepth: StreamsByInstrument
  readonly aggreDeals: StreamsByInstrument
  readonly aggreBookTicker: StreamsByInstrument
  readonly bookTickerBatch: StreamsByInstrument
  readonly miniTicker: StreamsByInstrument
  /** The tickers of all instruments. */
  readonly miniTickers: Stream
  readonly kline: Readonly<Record<MexcSpotCandleInterval, StreamsByInstrument>>
  /** One stream a channel, whatever the instruments. */
  readonly account: Readonly<Record<'orders' | 'executions' | 'balances', Stream>>
  readonly #candleWidths: CandleWidths<MexcSpotCandleInterval>
  /** The same by what their pushes name, but for those of `kline`. */
  readonly #byWireChannel: ReadonlyMap<WireChannel, StreamsByInstrument | Stream>
  /** What backs each channel, but for candles: a stream for each instrument, or one for all. */
  readonly #backing: Readonly<Partial<Record<Channel, readonly (StreamsByInstrument | Stream)[]>>>

  constructor(options: ResolvedPublicOptions) {
    const { interval, timezone } = options
    const depth = String(options.depth)
    this.symbols = mexcSpotSymbolTable(options.quoteAssets)
    const registry = { streams: new Streams(), symbols: this.symbols, byId: this.byId }
    const ofEach = (...feed: Parameters<typeof feedOf>): StreamsByInstrument =>
      new StreamsByInstrument(feedOf(...feed), registry)
    const ofAll = (...feed: Parameters<typeof feedOf>): Stream => planned(feedOf(...feed), null, registry)
    this.aggreDepth = ofEach('orderbook', wireChannels.aggreDepth, interval, { interval })
    this.limitDepth = ofEach('orderbook', wireChannels.limitDepth, depth, { depth })
    this.aggreDeals = ofEach('trades', wireChannels.aggreDeals, interval, { interval })
    this.aggreBookTicker = ofEach('book_ticker', wireChannels.aggreBookTicker, interval, { interval })
    this.bookTickerBatch = ofEach('book_ticker', wireChannels.bookTickerBatch)
    this.miniTicker = ofEach('ticker', wireChannels.miniTicker, timezone, { timezone })
    this.miniTickers = ofAll('ticker', wireChannels.miniTickers, timezone, { timezone })
    this.kline = Object.fromEntries(
      Object.entries(wireIntervals).map(([width, argument]) => [
        width,
        ofEach('candles', wireChannels.kline, argument, { interval: width }),
      ]),
    ) as Record<MexcSpotCandleInterval, StreamsByInstrument>
    this.account = {
      orders: ofAll('orders', wireChannels.privateOrders),
      executions: ofAll('executions', wireChannels.privateDeals),
      balances: ofAll('balances', wireChannels.privateAccount),
    }
    this.#candleWidths = {
      exchange: marketChannels.exchange,
      has: Object.keys(wireIntervals) as MexcSpotCandleInterval[],
      usual: options.candleIntervals,
    }
    this.#byWireChannel = new Map<WireChannel, StreamsByInstrument | Stream>([
      [wireChannels.aggreDepth, this.aggreDepth],
      [wireChannels.limitDepth, this.limitDepth],
      [wireChannels.aggreDeals, this.aggreDeals],
      [wireChannels.aggreBookTicker, this.aggreBookTicker],
      [wireChannels.bookTickerBatch, this.bookTickerBatch],
      [wireChannels.miniTicker, this.miniTicker],
      [wireChannels.miniTickers, this.miniTickers],
      [wireChannels.privateOrders, this.account.orders],
      [wireChannels.privateDeals, this.account.executions],
      [wireChannels.privateAccount, this.account.balances],
    ])
    this.#backing = {
      orderbook: [options.orderbookChannel === 'limit.depth' ? this.limitDepth : this.aggreDepth],
      trades: [this.aggreDeals],
      book_ticker: [options.bookTickerChannel === 'bookTicker.batch' ? this.bookTickerBatch : this.aggreBookTicker],
      ticker: [options.tickerChannel === 'miniTickers' ? this.miniTickers : this.miniTicker],
      orders: [this.account.orders],
      executions: [this.account.executions],
      balances: [this.account.balances],
    }
  }

  /** The stream of a wire channel whose name has these parts; null where they do not tell. */
  named(wireChannel: WireChannel, { wireSymbol, argument }: NameParts): Stream | null {
    const width = wireChannel === wireChannels.kline ? candleIntervalOf(argument ?? '') : null
    const streams = width === null ? this.#byWireChannel.get(wireChannel) : this.kline[width]
    if (streams instanceof StreamsByInstrument) return wireSymbol === null ? null : streams.of(wireSymbol)
    return streams ?? null
  }

  /**
   * The streams of a channel for these instruments, each once. Throws `ERR_INVALID_SYMBOL` for one that MEXC cannot spell, or spells like another,
   * `ERR_UNSUPPORTED_OPTION` for candles of a width that MEXC does not have.
   */
  plan(request: SubscriptionRequest): readonly Stream[] {
    const { channel, instruments } = request
    const backings =
      channel === 'candles'
        ? plannedIntervals(request, this.#candleWidths).map((width) => this.kline[width])
        : (this.#backing[channel] ?? [])
    this.symbols.register(instruments, wireSymbolOf)
    const streams = backings.flatMap((backing) =>
      backing instanceof StreamsByInstrument ? instruments.map((instrument) => backing.planned(instrument)) : [backing],
    )
    return [...new Set(streams)]
  }
}

/** The streams of one wire channel, by the symbol that its pushes name. */
class StreamsByInstrument extends StreamTable {
  readonly #feed: Feed
  readonly #registry: Registry

  constructor(feed: Feed, registry: Registry) {
    super((wireSymbol) => met(feed, wireSymbol as WireSymbol, registry))
    this.#feed = feed
    this.#registry = registry
  }

  planned(instrument: Instrument): Stream {
    const stream = planned(this.#feed, instrument, this.#registry)
    this.learn(stream.wireSymbol as WireSymbol, stream)
    return stream
  }
}

function feedOf(
  channel: Channel,
  wireChannel: WireChannel,
  argument: string | null = null,
  params: Feed['params'] = {},
): Feed {
  return { channel, wireChannel, argument, params }
}

function planned(feed: Feed, instrument: Instrument | null, { streams, byId }: Registry): Stream {
  const stream = streams.planned(describe(feed, instrument, instrument === null ? null : wireSymbolOf(instrument)))
  if (stream.instrument !== instrument) throw spelledAlike(instrument, stream)
  byId.set(stream.id, stream)
  return stream
}

/** The stream of an instrument nobody asked for; null for a symbol that cannot be read. */
function met(feed: Feed, wireSymbol: WireSymbol, { streams, symbols, byId }: Registry): Stream | null {
  const instrument = symbols.instrumentOf(wireSymbol)
  const stream = instrument === null ? null : streams.unasked(describe(feed, instrument, wireSymbol))
  if (stream !== null) byId.set(stream.id, stream)
  return stream
}

function describe(
  { channel, wireChannel, argument, params }: Feed,
  instrument: Instrument | null,
  wireSymbol: WireSymbol | null,
): StreamDescription {
  const id = streamId(wireChannel, wireSymbol, argument)
  return { id, channels: [channel], instrument, params, wireChannel: wireChannel.name, wireSymbol }
}

/** The exchange sent data under this spelling before anybody asked for it, and it was taken for the likelier instrument's. */
function spelledAlike(instrument: Instrument | null, { wireSymbol, instrument: known }: Stream): StreamError {
  return new StreamError('ERR_INVALID_SYMBOL', `MEXC spells ${instrument} as it spells ${known}: ${wireSymbol}.`, {
    hint: 'Only one of them can be listed: check the spelling against MEXC’s exchangeInfo.',
  })
}
