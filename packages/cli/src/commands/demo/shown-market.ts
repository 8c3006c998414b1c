import { type BookTickerData, type FeedMessage, MessageType, type PublicTrade } from '@tapewire/core'
import { fractionDigits } from '../../messages/format-number.js'

/** The latest of one instrument. */
export interface PairQuote {
  readonly symbol: string
  readonly quote: BookTickerData
  /** Digits after the point that its prices have had at most. */
  readonly priceDigits: number
  /** Change over 24 hours as a fraction; null before the first ticker. */
  readonly change: number | null
  /** Prices halfway between bid and ask, a sample every `sampleMs`, oldest first. */
  readonly history: readonly number[]
}

export interface ShownTrade extends PublicTrade {
  readonly symbol: string
  /** Counts up: not every exchange's trades have an id. */
  readonly number: number
}

const sampleMs = 200
const mostSamples = 40
const mostTrades = 20
const noQuote: BookTickerData = { bidPrice: null, bidSize: null, askPrice: null, askSize: null }

interface Entry {
  quote: BookTickerData
  priceDigits: number
  change: number | null
  history: number[]
  sampledAt: number
}

/** What a view shows of a market: filled by a message handler, read as often as one likes. */
export class ShownMarket {
  readonly #entries = new Map<string, Entry>()
  #trades: readonly ShownTrade[] = []
  #seen = 0

  /** Instruments have their line from the beginning. */
  constructor(symbols: readonly string[] = []) {
    for (const symbol of symbols) this.#entry(symbol)
  }

  readonly receive = (message: FeedMessage): void => {
    if (message.type === MessageType.BookTicker) {
      this.#sample(this.#entry(message.symbol.name), message.data, message.receivedAt)
    } else if (message.type === MessageType.Ticker) {
      this.#entry(message.symbol.name).change = message.data.change
    } else if (message.type === MessageType.Trades) {
      const symbol = message.symbol.name
      const latest = message.data.slice(-mostTrades).map((trade) => ({ ...trade, symbol, number: ++this.#seen }))
      this.#trades = [...latest.reverse(), ...this.#trades].slice(0, mostTrades)
    }
  }

  /** By name. */
  get quotes(): readonly PairQuote[] {
    return [...this.#entries]
      .map(([symbol, { sampledAt: _, ...latest }]) => ({ symbol, ...latest }))
      .sort((left, right) => (left.symbol < right.symbol ? -1 : 1))
  }

  /** Newest first. */
  get trades(): readonly ShownTrade[] {
    return this.#trades
  }

  #entry(symbol: string): Entry {
    const entry = this.#entries.get(symbol) ?? {
      quote: noQuote,
      priceDigits: 0,
      change: null,
      history: [],
      sampledAt: 0,
    }
    this.#entries.set(symbol, entry)
    return entry
  }

  #sample(entry: Entry, quote: BookTickerData, now: number): void {
    entry.quote = quote
    entry.priceDigits = Math.max(entry.priceDigits, fractionDigits(quote.bidPrice), fractionDigits(quote.askPrice))
    if (quote.bidPrice === null || quote.askPrice === null || now - entry.sampledAt < sampleMs) return
    entry.sampledAt = now
    entry.history.push((quote.bidPrice + quote.askPrice) / 2)
    if (entry.history.length > mostSamples) entry.history.shift()
  }
}
