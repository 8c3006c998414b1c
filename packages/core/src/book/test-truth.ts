import fc from 'fast-check'
import type { BookSnapshot } from '../strategy/book-rules.js'
import { NaiveBook } from './test-support.js'

/** For tests only: nothing of the library imports this file. */

/** One level after one update. */
export interface Change {
  readonly side: 'bids' | 'asks'
  readonly price: number
  readonly size: number
}

/** What truly happened: one change an id, and the book as of each. Never crossed: bids stay below 100, asks above. Never without levels: one of each side stays. */
export class Truth {
  readonly #changes: readonly Change[]
  readonly #books: BookSnapshot[] = []

  constructor(changes: readonly Change[]) {
    this.#changes = changes
    const book = new NaiveBook()
    book.set('bids', 1, 1)
    book.set('asks', 1_000, 1)
    this.#books.push(book.snapshot(0))
    for (const [index, { side, price, size }] of changes.entries()) {
      book.set(side, price, size)
      this.#books.push(book.snapshot(index + 1))
    }
  }

  get last(): number {
    return this.#changes.length
  }

  at(sequence: number): BookSnapshot {
    return this.#books[sequence] as BookSnapshot
  }

  /** The levels that ids `first` to `last` touched, with their sizes after `last`, in no particular order. */
  between(first: number, last: number): { bids: number[]; asks: number[] } {
    const touched = { bids: new Map<number, number>(), asks: new Map<number, number>() }
    for (const { side, price, size } of this.#changes.slice(first - 1, last)) touched[side].set(price, size)
    return { bids: [...touched.bids].reverse().flat(), asks: [...touched.asks].reverse().flat() }
  }
}

export const change: fc.Arbitrary<Change> = fc
  .record({
    side: fc.constantFrom('bids', 'asks'),
    price: fc.integer({ min: 1, max: 12 }),
    size: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ side, price, size }) => ({ side, price: side === 'bids' ? 100 - price : 100 + price, size }))
