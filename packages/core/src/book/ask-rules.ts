import { isPromise } from '../clock/is-promise.js'
import { StreamError } from '../errors/stream-error.js'
import type { Instrument } from '../model/instrument.js'
import type { OrderbookMessage } from '../model/message.js'
import type { OrderBook } from '../model/order-book.js'
import type { BookRules, BookSnapshot, Continuity, ContinuityRule } from '../strategy/book-rules.js'

/** Rules are an adapter's code. Whatever one throws or returns, the book goes on without it, and it is said whose fault that was. */

/** The first update id a change covers; one that names only its last id covers just that one. */
export function firstSequenceOf(message: OrderbookMessage): number {
  return message.data.firstSequence ?? (message.data.lastSequence as number)
}

/** The rule's verdict on a change with usable ids; an error where it throws or gives none. */
export function askContinuity(
  continuity: ContinuityRule,
  sequence: number,
  message: OrderbookMessage,
): Continuity | StreamError {
  let verdict: unknown
  try {
    verdict = continuity(sequence, firstSequenceOf(message), message.data.lastSequence as number)
  } catch (thrown) {
    return ruleFault(message.symbol, 'The rule continuity threw.', thrown)
  }
  if (verdict === 'apply' || verdict === 'ignore' || verdict === 'gap') return verdict
  ignoreRejection(verdict)
  return ruleFault(message.symbol, 'The rule continuity gave no verdict.')
}

/** What `fetchSnapshot` brought, its fields read once; an error where it is no snapshot. */
export function readSnapshot(fetched: BookSnapshot | null | undefined, symbol: Instrument): BookSnapshot | StreamError {
  if (typeof fetched !== 'object' || fetched === null) return ruleFault(symbol, 'The snapshot is no object.')
  try {
    const { bids, asks, sequence, exchangeTime, digits } = fetched
    if (!Array.isArray(bids) || !Array.isArray(asks)) return ruleFault(symbol, 'The snapshot has no levels.')
    if (!areFlat(bids) || !areFlat(asks)) return ruleFault(symbol, 'The levels of the snapshot are not flat numbers.')
    if (!Number.isSafeInteger(sequence)) return ruleFault(symbol, 'The snapshot came without a usable update id.')
    const areTexts = Array.isArray(digits?.bids) && Array.isArray(digits.asks)
    const time = Number.isFinite(exchangeTime) ? exchangeTime : null
    return { bids, asks, sequence, exchangeTime: time, digits: areTexts ? digits : null }
  } catch (thrown) {
    return ruleFault(symbol, 'The snapshot cannot be read.', thrown)
  }
}

/** Why the book is not true after this message; null where it is, or where nothing checks it. */
export function askVerify(rules: BookRules, book: OrderBook, message: OrderbookMessage): StreamError | null {
  let answer: unknown
  try {
    answer = rules.verify === undefined ? null : rules.verify(book, message)
  } catch (thrown) {
    return ruleFault(message.symbol, 'The rule verify threw.', thrown)
  }
  if (answer === null) return null
  if (typeof answer !== 'string') {
    ignoreRejection(answer)
    return ruleFault(message.symbol, 'The rule verify gave no answer.')
  }
  return new StreamError('ERR_BOOK_GAP', answer, { context: { Symbol: message.symbol.name } })
}

/** Whether levels are the numbers that a book takes; which of those can be a price or size is for the book to say. */
function areFlat(levels: readonly unknown[]): boolean {
  return levels.length % 2 === 0 && levels.every((number) => typeof number === 'number')
}

/** A rule that is async by mistake is told of by what it returned; what becomes of its promise nobody waits for. */
function ignoreRejection(returned: unknown): void {
  if (isPromise(returned)) returned.then(undefined, () => {})
}

/** The rules of the adapter broke, not the exchange. */
export function ruleFault(symbol: Instrument, shortMessage: string, cause?: unknown): StreamError {
  const hint = 'The adapter’s book rules have to be corrected.'
  return new StreamError('ERR_BOOK_RULES', shortMessage, { context: { Symbol: symbol.name }, hint, cause })
}
