import {
  type BookTickerData,
  type CandleData,
  type FeedMessage,
  MessageType,
  type PublicTrade,
  type TickerData,
} from '@tapewire/core'
import { Digits } from './digits.js'
import { LiveCandles } from './live-candles.js'
import { Recent } from './recent.js'

/** A public trade as it is shown. */
export interface LiveTrade extends PublicTrade {
  /** Counts up by one within its market: not every exchange's trades have an id. */
  readonly number: number
  /** Epoch ms of our clock. */
  readonly receivedAt: number
  /** Whether it was fetched because the stream had missed it. */
  readonly isBackfilled: boolean
}

const mostTrades = 200
/** Prices halfway between bid and ask: a minute of them. */
const mostMids = 300
const midEveryMs = 200

/** What a screen shows of one instrument: filled by a message handler, read as often as one likes. Bounded, however long it is filled. */
export class LiveMarket {
  readonly symbol: string
  #quote: BookTickerData | null = null
  #ticker: TickerData | null = null
  readonly #trades = new Recent<LiveTrade>(mostTrades)
  readonly #candles = new LiveCandles()
  readonly #mids = new Recent<number>(mostMids)
  readonly #prices = new Digits()
  readonly #sizes = new Digits()
  #midAt = 0

  constructor(symbol: string) {
    this.symbol = symbol
  }

  receive(message: FeedMessage): void {
    if (message.type === MessageType.BookTicker) this.#onQuote(message.data, message.receivedAt)
    else if (message.type === MessageType.Trades) this.#onTrades(message.data, message)
    else if (message.type === MessageType.Ticker) this.#ticker = message.data
    else if (message.type === MessageType.Candle) this.#candles.add(message.data)
  }

  /** What the market did before the feed: candles of one minute, oldest first. */
  addPast(candles: readonly CandleData[]): void {
    for (const candle of candles) this.#candles.add(candle)
  }

  /** Null before the first. */
  get quote(): BookTickerData | null {
    return this.#quote
  }

  /** Null before the first. */
  get ticker(): TickerData | null {
    return this.#ticker
  }

  /** Newest first, at most 200. */
  get trades(): readonly LiveTrade[] {
    return this.#trades.newestFirst()
  }

  /** The number of the newest trade; 0 before the first. */
  get lastTrade(): number {
    return this.#trades.added
  }

  /** Those with a higher number, oldest first, as far as they are kept. */
  tradesAfter(number: number): readonly LiveTrade[] {
    return this.#trades.oldestFirst(this.#trades.added - number)
  }

  /** Of one minute, oldest first, at most 300. */
  get candles(): readonly CandleData[] {
    return this.#candles.all
  }

  /** Counts the changes of candles. */
  get candleChanges(): number {
    return this.#candles.changes
  }

  /** Those that changed after so many changes, oldest first. */
  candlesAfter(changes: number): readonly CandleData[] {
    return this.#candles.after(changes)
  }

  /** Prices halfway between bid and ask, one every 200 ms while quotes come, oldest first, at most 300. */
  get history(): readonly number[] {
    return this.#mids.oldestFirst()
  }

  /** Digits after the point that prices and sizes have had at most. */
  get priceDigits(): number {
    return this.#prices.most
  }

  get sizeDigits(): number {
    return this.#sizes.most
  }

  #onQuote(quote: BookTickerData, now: number): void {
    this.#quote = quote
    const { bidPrice, bidSize, askPrice, askSize } = quote
    this.#prices.see(bidPrice)
    this.#prices.see(askPrice)
    this.#sizes.see(bidSize)
    this.#sizes.see(askSize)
    if (bidPrice === null || askPrice === null || now - this.#midAt < midEveryMs) return
    this.#midAt = now
    this.#mids.add((bidPrice + askPrice) / 2)
  }

  #onTrades(trades: readonly PublicTrade[], { receivedAt, backfilled }: FeedMessage): void {
    const isBackfilled = backfilled === true
    for (const trade of trades) {
      this.#prices.see(trade.price)
      this.#sizes.see(trade.size)
      this.#trades.add({ ...trade, number: this.#trades.added + 1, receivedAt, isBackfilled })
    }
  }
}
