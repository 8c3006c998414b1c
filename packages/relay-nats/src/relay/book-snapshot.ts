import type { DataMessage, ExchangeFeed, OrderBook } from '@tapewire/core'
import { dataMessage } from '@tapewire/core/adapter'
import type { Outlet } from './outlet.js'

/** The live book that an outlet's stream feeds, whole; null where it feeds none, or it is not live. */
export function liveSnapshotOf(feed: ExchangeFeed, { stream, channel }: Outlet, now: number): DataMessage | null {
  if (channel !== 'orderbook' || stream.instrument === null || feed.manager.bookRules === null) return null
  const book = feed.orderBook(stream.instrument)
  return book?.isLive === true && book.stream === stream ? snapshotOf(book, now) : null
}

/** A book as the message that a consumer makes the same book of. */
function snapshotOf(book: OrderBook, now: number): DataMessage {
  const { sequence } = book
  const data = {
    kind: 'snapshot',
    bids: flat(book, 'bids'),
    asks: flat(book, 'asks'),
    firstSequence: null,
    lastSequence: sequence,
    checksum: null,
    digits: null,
  } as const
  return dataMessage<'orderbook'>(book.stream, book.symbol, data, book.exchangeTime, book.receivedAt ?? now, sequence)
}

function flat(book: OrderBook, side: 'bids' | 'asks'): readonly number[] {
  const isBids = side === 'bids'
  const count = isBids ? book.bidCount : book.askCount
  const levels = new Array<number>(count * 2)
  for (let index = 0; index < count; index += 1) {
    levels[index * 2] = isBids ? book.bidPrice(index) : book.askPrice(index)
    levels[index * 2 + 1] = isBids ? book.bidSize(index) : book.askSize(index)
  }
  return levels
}
