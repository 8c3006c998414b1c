import type { BookTickerData, OrderBook, TickerData } from '@tapewire/core'
import type { LiveFeed } from '../../../live/live-feed.js'
import type { LiveMarket } from '../../../live/live-market.js'
import type { MarketMessage, ShownBook } from '../protocol.js'
import type { SharedTexts } from './shared-texts.js'

/** What a depth chart shows of a side. */
const mostLevels = 100

/**
 * One market as one page reads it: each message holds what changed since the one before, so that a page which draws slowly is told less often, not later. Nothing is
 * kept for it but how far it has read.
 */
export class MarketReader {
  readonly #feed: LiveFeed
  readonly #market: LiveMarket
  readonly #texts: SharedTexts
  #isFirst = true
  #trade = 0
  #candleChanges = 0
  #quote: BookTickerData | null = null
  #ticker: TickerData | null = null
  #bookStamp = ''

  constructor(feed: LiveFeed, symbol: string, texts: SharedTexts) {
    this.#feed = feed
    this.#texts = texts
    this.#market = feed.market(symbol)
  }

  /** All that is kept the first time, afterwards what is new, as the text of a message; null where nothing is. */
  next(at: number): string | null {
    const { quote, ticker, lastTrade, candleChanges, symbol } = this.#market
    const bookStamp = stampOf(this.#feed.book(symbol))
    const isUnchanged =
      quote === this.#quote &&
      ticker === this.#ticker &&
      lastTrade === this.#trade &&
      candleChanges === this.#candleChanges &&
      bookStamp === this.#bookStamp
    if (isUnchanged && !this.#isFirst) return null
    const readSoFar = `${this.#isFirst} ${this.#trade} ${this.#candleChanges}`
    const key = `${this.#feed.exchange} ${symbol} ${readSoFar}`
    const text = this.#texts.of(at, key, () => JSON.stringify(this.#message(at)))
    this.#isFirst = false
    this.#trade = lastTrade
    this.#candleChanges = candleChanges
    this.#quote = quote
    this.#ticker = ticker
    this.#bookStamp = bookStamp
    return text
  }

  #message(at: number): MarketMessage {
    const market = this.#market
    const book = this.#feed.book(market.symbol)
    const trades = market.tradesAfter(this.#trade)
    return {
      type: 'market',
      at,
      exchange: this.#feed.exchange,
      symbol: market.symbol,
      isWhole: this.#isFirst,
      priceDigits: market.priceDigits,
      sizeDigits: market.sizeDigits,
      book: book === null ? null : shownBook(book),
      quote: market.quote,
      ticker: market.ticker,
      trades: trades.map(({ receivedAt: _, ...trade }) => trade),
      missedTrades: this.#isFirst ? 0 : market.lastTrade - this.#trade - trades.length,
      candles: market.candlesAfter(this.#candleChanges),
    }
  }
}

/** Differs wherever the book may. */
function stampOf(book: OrderBook | null): string {
  return book === null ? '' : `${book.receivedAt} ${book.sequence} ${book.status} ${book.since} ${book.reason}`
}

function shownBook(book: OrderBook): ShownBook {
  const { status, reason, since } = book
  const bids = pairs(Math.min(mostLevels, book.bidCount), (level) => [book.bidPrice(level), book.bidSize(level)])
  const asks = pairs(Math.min(mostLevels, book.askCount), (level) => [book.askPrice(level), book.askSize(level)])
  return { status, reason, since, bids, asks }
}

type Pair = readonly [price: number, size: number]

function pairs(count: number, pairAt: (level: number) => Pair): readonly Pair[] {
  return Array.from({ length: count }, (_, level) => pairAt(level))
}
