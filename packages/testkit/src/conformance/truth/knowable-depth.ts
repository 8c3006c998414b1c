import type { OrderBook } from '@tapewire/core'
import type { BookRules, OrderbookMessage } from '@tapewire/core/adapter'

/** A checksum of more levels than these is taken for one of all. */
const deepest = 200

/**
 * To how many levels a side a protocol tells that a book is wrong: all where its messages are whole or numbered, as deep as the checksum goes otherwise, and 0 where
 * nothing in it would show a loss. `book` is a true one and `message` the last that made it so.
 */
export function knowableDepth(rules: BookRules, book: OrderBook, message: OrderbookMessage): number {
  const { data } = message
  if (rules.source === 'replace' || data.lastSequence !== null) return Number.POSITIVE_INFINITY
  if (rules.verify === undefined) return data.checksum === null ? 0 : 1
  const { verify } = rules
  let depth = 0
  while (depth < Math.min(deepest, book.bidCount, book.askCount) && verify(altered(book, depth), message) !== null)
    depth += 1
  // Where the message has a checksum, a book can be checked by it, whether the rules do or not.
  return Math.max(depth, 1)
}

/** The book with another size in one level of its bids. */
function altered(book: OrderBook, place: number): OrderBook {
  const size = book.bidSize(place) + 1
  const digits = book.bidDigits(place)
  const bids = book.depth(book.bidCount).bids.map((level, index) => (index === place ? { ...level, size } : level))
  const changed: Partial<OrderBook> = {
    bidSize: (index) => (index === place ? size : book.bidSize(index)),
    bid: (index) => bids[index] ?? null,
    bidDigits: (index) =>
      index === place && digits !== null ? { ...digits, size: `1${digits.size}` } : book.bidDigits(index),
    depth: (count) => ({ bids: bids.slice(0, count), asks: book.depth(count).asks }),
    bids: () => bids.values(),
  }
  return new Proxy(book, {
    get: (target, name) => {
      if (Object.hasOwn(changed, name)) return Reflect.get(changed, name)
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
