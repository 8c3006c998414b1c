import { crc32 } from 'node:zlib'
import type { OrderBook } from '@tapewire/core'
import { type BookRules, type OrderbookMessage, orderOfArrival } from '@tapewire/core/adapter'

/** Levels a side that a checksum is made of. What is lost below them shows once it has come up to them, or has been sent anew. */
const checkedLevels = 10

/**
 * The checksum of a book: CRC-32 of the best ten levels as they were sent, from the best on, bid and ask by turns, joined by colons:
 * `87500.10:0.50:87500.20:1.00:87500.00:2.5`. A side that has no more levels is left out.
 */
function bookChecksum(book: OrderBook): number {
  const parts: string[] = []
  for (let index = 0; index < checkedLevels; index++) {
    for (const level of [book.bidDigits(index), book.askDigits(index)]) {
      if (level) parts.push(level.price, level.size)
    }
  }
  return crc32(parts.join(':'))
}

function verify(book: OrderBook, { data }: OrderbookMessage): string | null {
  const expected = data.checksum
  if (expected === null) return 'a message came without a checksum'
  const actual = bookChecksum(book)
  return actual === expected ? null : `the checksum is ${actual}, and ought to be ${expected}`
}

/** A snapshot in the stream, then changes without ids, each with a checksum. */
export const nimbusBookRules: BookRules = {
  source: 'stream',
  depth: null,
  continuity: orderOfArrival,
  snapshotTimeoutMs: 5_000,
  audit: null,
  keepDigits: true,
  verify,
}
