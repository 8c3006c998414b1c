import type { Instrument } from '@tapewire/core'
import type { BookImage } from './market-event.js'
import type { MarketSimulator } from './market-simulator.js'

/** The books of a market as REST gives them: those of now, or of a cache that lags. */
export class LaggingBooks {
  readonly #market: MarketSimulator
  #kept: ReadonlyMap<Instrument, BookImage> = new Map()
  #left = 0

  constructor(market: MarketSimulator) {
    this.#market = market
  }

  /** Gives the books of now to the next `requests`, however old they are by then. */
  keep(requests: number): void {
    this.#kept = new Map(this.#market.pairs.map((pair) => [pair, this.#market.book(pair)]))
    this.#left = requests
  }

  /** The book for one request, best levels first, `depth` levels a side. */
  take(pair: Instrument, depth: number): BookImage {
    const kept = this.#left > 0 ? this.#kept.get(pair) : undefined
    if (kept === undefined) return this.#market.book(pair, depth)
    this.#left -= 1
    return { ...kept, bids: kept.bids.slice(0, depth), asks: kept.asks.slice(0, depth) }
  }
}
