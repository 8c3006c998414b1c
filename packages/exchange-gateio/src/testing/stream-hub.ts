import type { Instrument } from '@tapewire/core'
import type { MarketEvent, VenueContext } from '@tapewire/testkit'
import { bookTickerFeed } from './feeds/book-ticker.js'
import { candlesFeed } from './feeds/candles.js'
import type { Feed, FeedContext } from './feeds/feed.js'
import { obuFeed, orderBookFeed, orderBookUpdateFeed } from './feeds/orderbook.js'
import { tickerFeed } from './feeds/ticker.js'
import { tradesFeed } from './feeds/trades.js'
import type { VenueStream } from './requests.js'

/** Whoever pushes are for. */
export interface Subscriber {
  push(channel: string, result: object): void
}

interface OpenStream {
  readonly pair: Instrument | null
  /** Null for account streams, and for books that were acknowledged and do not exist. */
  readonly feed: Feed | null
  readonly subscribers: Set<Subscriber>
}

const feeds: Readonly<Record<string, (context: FeedContext, param: string) => Feed>> = {
  'spot.order_book_update': orderBookUpdateFeed,
  'spot.order_book': orderBookFeed,
  'spot.obu': obuFeed,
  'spot.trades': tradesFeed,
  'spot.trades_v2': tradesFeed,
  'spot.book_ticker': bookTickerFeed,
  'spot.tickers': tickerFeed,
  'spot.candlesticks': candlesFeed,
}

/** Who is subscribed to what, over all connections: each stream is made once, while anybody wants it. */
export class StreamHub {
  readonly #context: VenueContext
  readonly #streams = new Map<string, OpenStream>()

  constructor(context: VenueContext) {
    this.#context = context
  }

  /** Returns what the subscriber is to be sent before the acknowledgement; null where the stream begins with its first push. */
  subscribe(stream: VenueStream, subscriber: Subscriber): object | null {
    const open = this.#streams.get(stream.key) ?? this.#open(stream)
    const welcome = open.feed?.welcome?.() ?? null
    open.subscribers.add(subscriber)
    open.feed?.join?.((result) => {
      if (open.subscribers.has(subscriber)) subscriber.push(stream.channel, result)
    })
    return welcome
  }

  unsubscribe(key: string, subscriber: Subscriber): void {
    const open = this.#streams.get(key)
    if (open === undefined) return
    open.subscribers.delete(subscriber)
    if (open.subscribers.size > 0) return
    open.feed?.close()
    this.#streams.delete(key)
  }

  onMarketEvent(event: MarketEvent): void {
    for (const feed of this.feedsOf(event.pair)) feed.onEvent(event)
  }

  /** The feeds of one market that anybody is subscribed to. */
  feedsOf(pair: Instrument): readonly Feed[] {
    return [...this.#streams.values()].flatMap((open) => (open.pair === pair && open.feed !== null ? [open.feed] : []))
  }

  /** Sends one push to everybody who is subscribed to any of these streams, once each. */
  publish(keys: readonly string[], channel: string, result: object): void {
    const subscribers = new Set(keys.flatMap((key) => [...(this.#streams.get(key)?.subscribers ?? [])]))
    for (const subscriber of subscribers) subscriber.push(channel, result)
  }

  close(): void {
    for (const { feed } of this.#streams.values()) feed?.close()
    this.#streams.clear()
  }

  #open({ key, channel, pair, param }: VenueStream): OpenStream {
    const publish = (result: object): void => this.publish([key], channel, result)
    const makeFeed = feeds[channel]
    const feed = pair === null || makeFeed === undefined ? null : makeFeed({ ...this.#context, pair, publish }, param)
    const open = { pair, feed, subscribers: new Set<Subscriber>() }
    this.#streams.set(key, open)
    return open
  }
}
