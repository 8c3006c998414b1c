import type { OrderBook } from '../model/order-book.js'
import type { FlatLevels } from '../model/payloads.js'
import type { BookSnapshot } from '../strategy/book-rules.js'

/** Levels a side that are compared. Ids are not: some exchanges count changes that they do not push. */
const depth = 20

/** Whether a book has other levels near the touch than a snapshot of it, as far as both reach. */
export function differsFrom({ bids, asks }: BookSnapshot, book: OrderBook): boolean {
  return (
    differ(bids, book.bidCount, (index) => [book.bidPrice(index), book.bidSize(index)]) ||
    differ(asks, book.askCount, (index) => [book.askPrice(index), book.askSize(index)])
  )
}

function differ(levels: FlatLevels, count: number, levelAt: (index: number) => readonly [number, number]): boolean {
  const reach = Math.min(depth, count, levels.length / 2)
  for (let index = 0; index < reach; index += 1) {
    const [price, size] = levelAt(index)
    if (levels[2 * index] !== price || levels[2 * index + 1] !== size) return true
  }
  return reach === 0 && count + levels.length > 0
}
