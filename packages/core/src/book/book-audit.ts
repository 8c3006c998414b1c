import type { Clock, Timer } from '../clock/clock.js'
import type { StreamError } from '../errors/stream-error.js'
import type { Instrument } from '../model/instrument.js'
import type { OrderbookMessage } from '../model/message.js'
import type { OrderBook } from '../model/order-book.js'
import { TrackedStream } from '../model/stream.js'
import type { BookSnapshot, ContinuityRule } from '../strategy/book-rules.js'
import type { BookDivergence } from './book-events.js'
import type { BookOptions } from './book-options.js'
import { BookSynchronizer } from './book-synchronizer.js'

/** What an audit is made from. */
export interface BookAuditParts {
  readonly continuity: ContinuityRule
  readonly depth: number | null
  readonly clock: Clock
  readonly random: () => number
  readonly options: Required<BookOptions>
  /** Every book there is; the audit takes the live ones in turn. */
  books(): Iterable<OrderBook>
  requestSnapshot(symbol: Instrument, signal: AbortSignal): Promise<BookSnapshot>
  onDivergence(divergence: BookDivergence): void
  onRuleFault(error: StreamError): void
}

/** The first level where two books differ. */
type Difference = Pick<BookDivergence, 'side' | 'index' | 'expected' | 'got'>

/** How long a book may take to reach the snapshot's update id before the two are compared as they are, ms. */
const patienceMs = 10_000

/**
 * Compares live books, one after the other, with fresh REST snapshots of them. A second book is built from the snapshot and the same
 * messages, so both are compared at the same update id: a difference is never just a matter of time.
 */
export class BookAudit {
  readonly #parts: BookAuditParts
  readonly #done: Set<Instrument> = new Set()
  #timer: Timer
  #book: OrderBook | null = null
  #shadow: BookSynchronizer | null = null
  #deadline: Timer | null = null

  constructor(parts: BookAuditParts) {
    this.#parts = parts
    this.#timer = this.#nextIn(parts.options.auditIntervalMs)
  }

  /** A message that was just applied to its book. */
  observe(message: OrderbookMessage): void {
    if (this.#shadow === null || message.symbol !== this.#shadow.symbol) return
    this.#shadow.apply(message)
    this.#compareWhenLevel()
  }

  close(): void {
    this.#timer.cancel()
    this.#end()
  }

  #nextIn(delayMs: number): Timer {
    return this.#parts.clock.setTimer(delayMs, () => {
      this.#timer = this.#nextIn(this.#parts.options.auditIntervalMs)
      if (this.#shadow === null) this.#begin()
    })
  }

  #begin(): void {
    const book = this.#choose()
    if (book === null) return
    const { continuity, depth, clock, random, options, requestSnapshot } = this.#parts
    this.#done.add(book.symbol)
    this.#book = book
    this.#shadow = new BookSynchronizer({
      // A stream of its own: what becomes of the second book is not the state of the first.
      stream: new TrackedStream({ ...book.stream, channels: ['orderbook'] }),
      rules: {
        source: 'rest',
        depth,
        continuity,
        snapshotLimit: { requests: 1, windowMs: 1_000 },
        fetchSnapshot: (symbol, { signal }) => requestSnapshot(symbol, signal),
      },
      clock,
      random,
      options: { ...options, crossed: 'ignore' },
      listener: { onState: () => this.#compareWhenLevel(), onRuleFault: (error) => this.#parts.onRuleFault(error) },
      requestSnapshot: (signal) => requestSnapshot(book.symbol, signal),
      resubscribe: () => Promise.resolve(),
    })
    this.#deadline = clock.setTimer(patienceMs, () => this.#compare())
    this.#shadow.confirm()
  }

  /** The first live book whose turn has not been; when all have had theirs, a new round begins. */
  #choose(): OrderBook | null {
    const live = [...this.#parts.books()].filter((book) => book.isLive)
    const next = live.find((book) => !this.#done.has(book.symbol))
    if (next !== undefined) return next
    this.#done.clear()
    return live[0] ?? null
  }

  #compareWhenLevel(): void {
    if (this.#shadow?.book.isLive && this.#shadow.book.sequence === this.#book?.sequence) this.#compare()
  }

  #compare(): void {
    const book = this.#book
    const expected = this.#shadow?.book
    const areLive = book?.isLive === true && expected?.isLive === true
    const difference = areLive ? compareBooks(expected, book, this.#parts.options.auditDepth) : null
    this.#end()
    if (book === null || expected === undefined || difference === null) return
    const { symbol, sequence } = book
    this.#parts.onDivergence({ symbol, ...difference, sequence, snapshotSequence: expected.sequence })
  }

  #end(): void {
    this.#deadline?.cancel()
    this.#deadline = null
    this.#shadow?.close('the audit is over')
    this.#shadow = null
    this.#book = null
  }
}

/**
 * Compares the best `depth` levels a side, as far as both books reach: how deep a snapshot goes is its exchange's choice.
 * A side that only one of them has is a difference. Returns the one nearest the touch, bids first; null where there is none.
 */
function compareBooks(expected: OrderBook, got: OrderBook, depth: number): Difference | null {
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
