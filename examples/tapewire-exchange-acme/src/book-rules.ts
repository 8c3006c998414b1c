import { crc32 } from 'node:zlib'
import type { OrderBook } from '@tapewire/core'
import { type BookRules, orderOfArrival } from '@tapewire/core/adapter'

/** Levels a side that Acme keeps its books to, and how many of them its checksum is made of. */
const depth = 25
const summedLevels = 10

/**
 * Acme pushes a snapshot with each subscription and what changed afterwards, and numbers nothing: that something was lost shows in the checksum.
 */
export const bookRules: BookRules = {
  source: 'stream',
  depth,
  continuity: orderOfArrival,
  snapshotTimeoutMs: 10_000,
  audit: null,
  keepDigits: true,
  verify(book, { data }) {
    const sum = checksumOf(book)
    return sum === data.checksum ? null : `the checksum is ${data.checksum}, not ${sum}`
  },
}

/** CRC-32 of the best ten bids and then the best ten asks, as `price:size` with the digits that were sent, `|` between them. */
function checksumOf(book: OrderBook): number {
  const levels: string[] = []
  for (let index = 0; index < Math.min(summedLevels, book.bidCount); index += 1) {
    const level = book.bidDigits(index)
    levels.push(`${level?.price}:${level?.size}`)
  }
  for (let index = 0; index < Math.min(summedLevels, book.askCount); index += 1) {
    const level = book.askDigits(index)
    levels.push(`${level?.price}:${level?.size}`)
  }
  return crc32(levels.join('|'))
}
