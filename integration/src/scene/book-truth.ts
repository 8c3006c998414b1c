import type { Instrument, OrderBook } from '@tapewire/core'
import type { MarketSimulator } from '@tapewire/testkit'

/** Levels a side that are compared: every stream covers them. */
const depth = 20

/** Whether a live book equals the market, as deep as the book's stream is kept true. */
export function isTrue(book: OrderBook | null, market: MarketSimulator, pair: Instrument): boolean {
  if (book === null || !book.isLive) return false
  const { bids, asks } = market.book(pair, depth)
  const truth = [bids, asks].map((side) => side.map(([price, size]) => [Number(price), Number(size)]))
  const held = book.depth(depth)
  const levels = [held.bids, held.asks].map((side) => side.map(({ price, size }) => [price, size]))
  return JSON.stringify(levels) === JSON.stringify(truth)
}
