import type { Level } from '../model/levels.js'
import type { BookSide, OrderBook } from './order-book.js'

/** The first level where two books differ. */
export interface BookDifference {
  readonly side: BookSide
  readonly index: number
  readonly expected: Level | null
  readonly got: Level | null
}

/**
 * Compares the best `depth` levels a side, as far as both books reach: how deep a snapshot goes is its exchange's choice.
 * A side that only one of them has is a difference. Returns the one nearest the touch, bids first; null where there is none.
 */
export function compareBooks(expected: OrderBook, got: OrderBook, depth: number): BookDifference | null {
  const bids = Math.min(depth, reach(expected.bidCount, got.bidCount))
  for (let index = 0; index < bids; index += 1) {
    if (expected.bidPrice(index) !== got.bidPrice(index) || expected.bidSize(index) !== got.bidSize(index)) {
      return { side: 'bids', index, expected: expected.bid(index), got: got.bid(index) }
    }
  }
  const asks = Math.min(depth, reach(expected.askCount, got.askCount))
  for (let index = 0; index < asks; index += 1) {
    if (expected.askPrice(index) !== got.askPrice(index) || expected.askSize(index) !== got.askSize(index)) {
      return { side: 'asks', index, expected: expected.ask(index), got: got.ask(index) }
    }
  }
  return null
}

function reach(one: number, other: number): number {
  return one === 0 || other === 0 ? Math.max(one, other) : Math.min(one, other)
}
