import { bookUpdate, type Push } from '../subjects/gateio-by-hand.js'
import { SortedSide } from '../subjects/sorted-side.js'
import type { BookImage } from '../workloads/book-load.js'
import type { BookKeeper } from './book-keeper.js'

interface Book {
  sequence: number
  readonly bids: SortedSide
  readonly asks: SortedSide
}

/** `JSON.parse`, sorted arrays and a check of the update ids: the least that somebody who keeps books by hand needs. */
export function byHand(images: readonly BookImage[]): BookKeeper {
  const books = new Map(images.map((image) => [image.symbol.replace('/', '_'), bookOf(image)]))
  return {
    apply({ chunk, start, end }) {
      const { result } = JSON.parse(chunk.toString('utf8', start, end)) as Push
      const update = bookUpdate(result)
      const book = books.get(update.symbol) as Book
      if (update.firstSequence > book.sequence + 1) throw new Error(`${update.firstSequence} after ${book.sequence}`)
      book.bids.apply(update.bids)
      book.asks.apply(update.asks)
      book.sequence = update.lastSequence
      return book.bids.best + book.asks.best
    },
  }
}

function bookOf({ sequence, bids, asks }: BookImage): Book {
  const book = { sequence, bids: new SortedSide(-1), asks: new SortedSide(1) }
  book.bids.apply(bids)
  book.asks.apply(asks)
  return book
}
