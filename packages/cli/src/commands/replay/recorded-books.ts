import { StreamError } from '@tapewire/core'
import { type BookRules, type BookSnapshot, orderOfArrival, type SnapshotSource } from '@tapewire/core/adapter'
import type { CaptureBook } from '@tapewire/testkit'

/** Nobody is asked. */
const noLimit = { requests: 1_000, windowMs: 1_000 } as const

/**
 * Rules by which a book begins as it was recorded, where it was: a recording that began in the middle has no snapshot of the exchange's that its first updates follow on. What is asked for later comes as it
 * always does. Books that are checked by the digits of their levels begin without.
 */
export function beginningWith(books: readonly CaptureBook[], rules: BookRules | null): BookRules | null {
  if (rules === null || books.length === 0 || rules.source === 'replace' || rules.keepDigits === true) return rules
  const waiting = new Map(books.map((book) => [book.symbol, book]))
  const first = (symbol: string): BookSnapshot | null => {
    const book = waiting.get(symbol)
    waiting.delete(symbol)
    return book === undefined ? null : { ...book, exchangeTime: null }
  }
  if (rules.source === 'rest') {
    const fetchSnapshot: SnapshotSource['fetchSnapshot'] = async (symbol, env) =>
      first(symbol.name) ?? rules.fetchSnapshot(symbol, env)
    return { ...rules, fetchSnapshot }
  }
  const { audit: _, snapshotTimeoutMs: __, continuity, ...shared } = rules
  return {
    ...shared,
    source: 'rest',
    continuity: continuity === orderOfArrival ? () => 'apply' : continuity,
    snapshotLimit: noLimit,
    fetchSnapshot: async (symbol) => {
      const book = first(symbol.name)
      if (book !== null) return book
      throw new StreamError('ERR_BOOK_NOT_LIVE', 'The snapshot comes with the stream.')
    },
  }
}
