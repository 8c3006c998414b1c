import {
  type Channel,
  type Instrument,
  type OutboundMessage,
  type PublicChannel,
  publicChannels,
  type Stream,
  StreamError,
  type SubscriptionAction,
  type SubscriptionContext,
  type SubscriptionRequest,
  type SubscriptionStrategy,
  type SymbolTable,
} from '@tapewire/core'
import { streamId, wireChannels, wireIntervals } from './channels.js'
import type { ResolvedPublicOptions } from './options.js'
import { batchStreams, composeRequest } from './requests.js'
import { wireSymbolOf } from './symbols.js'

/** A wire channel with the arguments its streams take; one of our channels may need several (candle widths). */
interface Feed {
  readonly wireChannel: string
  readonly params: readonly string[]
}

/** Market data: which streams the channels mean, and how they are asked for. */
export class GateioPublicSubscription implements SubscriptionStrategy {
  readonly #feeds: Readonly<Record<PublicChannel, readonly Feed[]>>
  readonly #symbols: SymbolTable

  constructor(options: ResolvedPublicOptions, symbols: SymbolTable) {
    this.#feeds = feedsOf(options)
    this.#symbols = symbols
  }

  /** Each stream once, whatever the request repeats: `spot.obu` refuses a stream that is already there (`Alert sub …`). */
  plan({ symbols, channels }: SubscriptionRequest): readonly Stream[] {
    const streams = new Map<string, Stream>()
    for (const channel of channels) {
      assertPublic(channel)
      for (const symbol of symbols) {
        for (const feed of this.#feeds[channel]) {
          const stream = this.#streamOf(channel, symbol, feed)
          streams.set(stream.id, stream)
        }
      }
    }
    return [...streams.values()]
  }

  createSubscriptionMessages(
    action: SubscriptionAction,
    streams: readonly Stream[],
    context: SubscriptionContext,
  ): readonly OutboundMessage[] {
    const time = Math.floor(context.wallTime() / 1000)
    return batchStreams(streams).map((batch) => composeRequest(action, batch, time, context))
  }

  #streamOf(channel: PublicChannel, symbol: Instrument, { wireChannel, params }: Feed): Stream {
    const wireSymbol = wireSymbolOf(symbol)
    this.#symbols.register(symbol, wireSymbol)
    return { id: streamId(wireChannel, wireSymbol, params), channel, symbol, wireChannel, wireSymbol, params }
  }
}

function feedsOf(options: ResolvedPublicOptions): Readonly<Record<PublicChannel, readonly Feed[]>> {
  const plain = (wireChannel: string): readonly Feed[] => [{ wireChannel, params: [] }]
  const book =
    options.orderbookChannel === 'obu'
      ? { wireChannel: wireChannels.obu, params: [String(options.orderbookDepth)] }
      : { wireChannel: wireChannels.orderBookUpdate, params: [options.orderbookInterval] }
  return {
    orderbook: [book],
    trades: plain(wireChannels.trades),
    book_ticker: plain(wireChannels.bookTicker),
    ticker: plain(wireChannels.tickers),
    candles: options.candleIntervals.map((interval) => ({
      wireChannel: wireChannels.candlesticks,
      params: [wireIntervals.get(interval) as string],
    })),
  }
}

function assertPublic(channel: Channel): asserts channel is PublicChannel {
  if ((publicChannels as readonly string[]).includes(channel)) return
  throw new StreamError('ERR_UNSUPPORTED_CHANNEL', `gateio_spot has no public channel ${channel}.`, {
    hint: `Use gateioSpot.private() for the account; market data has ${publicChannels.join(', ')}.`,
  })
}
