/**
 * What reading a message yields: one number made of what a trader would look at. Clients add up what they read, and the sum must be that of what was sent, so that
 * none can count messages without reading them.
 *
 * - `book_ticker`: both prices and both sizes
 * - `trades`: price and size of the first trade
 * - `orderbook`: the last three digits of the update id, and the first level of each side; or, where a book is kept, its best prices after the update
 * - `ticker`: the last price; `candles`: the closing price
 */
export function quoteValue(bidPrice: number, bidSize: number, askPrice: number, askSize: number): number {
  return bidPrice + bidSize + askPrice + askSize
}

/** Of flat levels. */
export function bookUpdateValue(sequence: number, bids: readonly number[], asks: readonly number[]): number {
  return (sequence % 1000) + (bids[0] ?? 0) + (bids[1] ?? 0) + (asks[0] ?? 0) + (asks[1] ?? 0)
}

/** Of a book that is kept. */
export function bookValue(sequence: number, bestBid: number, bestAsk: number): number {
  return (sequence % 1000) + bestBid + bestAsk
}
