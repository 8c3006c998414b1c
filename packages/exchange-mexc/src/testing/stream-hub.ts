import type { Instrument, Timer } from '@tapewire/core'
import type { MarketEvent } from '@tapewire/testkit'
import { AggreBookTickerFeed, BookTickerBatchFeed } from './feeds/book-ticker.js'
import { CandlesFeed } from './feeds/candles.js'
import type { Feed, FeedSource } from './feeds/feed.js'
import { AggreDepthFeed, LimitDepthFeed } from './feeds/orderbook.js'
import { MiniTickerFeed, MiniTickersFeed } from './feeds/ticker.js'
import { TradesFeed } from './feeds/trades.js'
import type { StreamSpec } from './requests.js'

/** A stream with a market behind it. */
export type MarketStreamSpec = Exclude<StreamSpec, { readonly kind: 'private' }>

type FrameListener = (frame: Uint8Array) => void

interface Running {
  readonly feed: Feed
  readonly pair: Instrument | null
  readonly listeners: Set<FrameListener>
  timer: Timer | null
}

/** The market streams somebody listens to. Each runs once, however many listen, and ends with its last listener. */
export class StreamHub {
  readonly #source: FeedSource
  readonly #running = new Map<string, Running>()
  readonly #stopListening: () => void

  constructor(source: FeedSource) {
    this.#source = source
    this.#stopListening = source.market.listen((event) => this.#hear(event))
  }

  /** Delivers a stream's frames from its next interval on; returns what ends it. */
  subscribe(name: string, spec: MarketStreamSpec, listener: FrameListener): () => void {
    const running = this.#running.get(name) ?? this.#start(name, spec)
    running.listeners.add(listener)
    running.feed.join?.()
    return () => {
      running.listeners.delete(listener)
      if (running.listeners.size > 0) return
      running.timer?.cancel()
      this.#running.delete(name)
    }
  }

  /** Loses the next pushes of every book stream of a pair. */
  skip(pair: Instrument, pushes: number): void {
    for (const running of this.#running.values()) {
      if (running.pair === pair) running.feed.skip?.(pushes)
    }
  }

  close(): void {
    this.#stopListening()
    for (const { timer } of this.#running.values()) timer?.cancel()
    this.#running.clear()
  }

  #start(name: string, spec: MarketStreamSpec): Running {
    const pair = 'pair' in spec ? spec.pair : null
    const running: Running = { feed: createFeed(name, spec, this.#source), pair, listeners: new Set(), timer: null }
    this.#running.set(name, running)
    this.#schedule(running)
    return running
  }

  #schedule(running: Running): void {
    running.timer = this.#source.clock.setTimer(running.feed.intervalMs, () => {
      this.#schedule(running)
      const frame = running.feed.next()
      if (frame === null) return
      for (const listener of running.listeners) listener(frame)
    })
  }

  #hear(event: MarketEvent): void {
    for (const { feed, pair } of this.#running.values()) {
      if (pair === event.pair) feed.onEvent?.(event)
    }
  }
}

function createFeed(name: string, spec: MarketStreamSpec, source: FeedSource): Feed {
  switch (spec.kind) {
    case 'aggreDepth':
      return new AggreDepthFeed(name, spec.pair, spec.intervalMs, source)
    case 'aggreDeals':
      return new TradesFeed(name, spec.pair, spec.intervalMs, source)
    case 'aggreBookTicker':
      return new AggreBookTickerFeed(name, spec.pair, spec.intervalMs, source)
    case 'limitDepth':
      return new LimitDepthFeed(name, spec.pair, spec.depth, source)
    case 'bookTickerBatch':
      return new BookTickerBatchFeed(name, spec.pair, source)
    case 'kline':
      return new CandlesFeed(name, spec.pair, spec.width, source)
    case 'miniTicker':
      return new MiniTickerFeed(name, spec.pair, source)
    case 'miniTickers':
      return new MiniTickersFeed(name, source)
  }
}
