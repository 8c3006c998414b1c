import type { OrderBook } from '@tapewire/core'
import type { BookChange, BookImage, TextLevel } from '@tapewire/testkit'

/** A book nobody could get wrong: two maps from price to size, sorted only when asked. */
export class NaiveBook {
  readonly #bids = new Map<number, number>()
  readonly #asks = new Map<number, number>()

  constructor(image: BookImage) {
    set(this.#bids, image.bids)
    set(this.#asks, image.asks)
  }

  apply(change: BookChange): void {
    set(this.#bids, change.bids)
    set(this.#asks, change.asks)
  }

  /** Whether the book has exactly these levels, all of them. */
  equals(book: OrderBook): boolean {
    const bids = [...this.#bids].sort(([one], [other]) => other - one)
    const asks = [...this.#asks].sort(([one], [other]) => one - other)
    return (
      bids.length === book.bidCount &&
      asks.length === book.askCount &&
      bids.every(([price, size], index) => book.bidPrice(index) === price && book.bidSize(index) === size) &&
      asks.every(([price, size], index) => book.askPrice(index) === price && book.askSize(index) === size)
    )
  }

  /** Whether best bid and best ask agree: cheap enough for every frame. */
  touchEquals(book: OrderBook): boolean {
    return this.#bids.get(book.bidPrice(0)) === book.bidSize(0) && this.#asks.get(book.askPrice(0)) === book.askSize(0)
  }
}

function set(side: Map<number, number>, levels: readonly TextLevel[]): void {
  for (const [price, size] of levels) {
    const value = Number(size)
    if (value === 0) side.delete(Number(price))
    else side.set(Number(price), value)
  }
}
