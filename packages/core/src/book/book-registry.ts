import { abortable } from '../clock/abortable.js'
import { sharedSignal } from '../clock/shared-signal.js'
import { within } from '../clock/within.js'
import { StreamError } from '../errors/stream-error.js'
import type { Instrument } from '../model/instrument.js'
import type { OrderbookMessage } from '../model/message.js'
import type { OrderBook } from '../model/order-book.js'
import { type Stream, TrackedStream } from '../model/stream.js'
import {
  type BookRules,
  type BookSnapshot,
  orderOfArrival,
  overlappingRanges,
  type SnapshotSource,
} from '../strategy/book-rules.js'
import type { ManagerEnv } from '../strategy/env.js'
import { RestLimiter } from '../transport/rest/rest-limiter.js'
import { readSnapshot, ruleFault } from './ask-rules.js'
import { BookAudit } from './book-audit.js'
import type { BookListener } from './book-events.js'
import { type BookOptions, resolveBookOptions } from './book-options.js'
import { BookSynchronizer } from './book-synchronizer.js'
import { BookWaiters } from './book-waiters.js'
import { differsFrom } from './differs-from.js'

/** What a registry is made from. */
export interface BookRegistryParts {
  readonly rules: BookRules
  /** Time and chance of the books, and what reaches `fetchSnapshot` beside its signal. */
  readonly env: ManagerEnv
  readonly options?: BookOptions
  readonly listener?: BookListener
  /**
   * Ends the book subscription of this instrument, calls `onEnded` once that is acknowledged, and asks for it anew; rejects where that fails. Called under `stream` rules only.
   * Resolves without doing anything while there is no connection: the subscription that follows will be confirmed.
   */
  resubscribe(stream: Stream, onEnded: () => void): Promise<void>
}

/** How long one `fetchSnapshot` may take before it is given up as broken, ms. */
const snapshotRequestMs = 30_000

/** Books that somebody awaits are fetched before the others, and those before an audit's. */
const priority = { awaited: 2, ordinary: 1, audit: 0 } as const

/**
 * The order books of one feed. For each instrument: `track` it, `apply` its messages as they come, `confirm` it once the exchange has
 * acknowledged; `interrupt` it when its connection is gone, and from then on apply only messages of the next one.
 */
export class BookRegistry {
  readonly #parts: BookRegistryParts
  readonly #options: Required<BookOptions>
  readonly #listener: BookListener
  readonly #source: SnapshotSource | null
  readonly #limiter: RestLimiter
  readonly #audit: BookAudit | null
  readonly #synchronizers: Map<Instrument, BookSynchronizer> = new Map()
  readonly #waiters: BookWaiters = new BookWaiters()
  readonly #life: AbortController = new AbortController()
  /** Many books may be looked at at once. */
  readonly #ended: AbortSignal = sharedSignal(this.#life.signal)

  /**
   * Throws `ERR_INVALID_CONFIG` for options that cannot be, and `ERR_UNSUPPORTED_OPTION` for an audit where the exchange has no
   * snapshot to compare with.
   */
  constructor(parts: BookRegistryParts) {
    const { rules, env, listener = {} } = parts
    const { clock, random } = env
    this.#parts = parts
    this.#options = resolveBookOptions(parts.options)
    this.#listener = this.#alongside(listener)
    this.#source = snapshotSource(rules)
    this.#limiter = new RestLimiter({
      limit: this.#source?.snapshotLimit ?? { requests: 1, windowMs: 1_000 },
      clock,
      random,
      onRateLimited: (pauseMs, error) => listener.onRateLimited?.(pauseMs, error),
    })
    this.#audit = this.#options.auditIntervalMs === 0 ? null : this.#createAudit(listener)
  }

  /** The book that this stream feeds, created where its instrument has none yet. Throws a `TypeError` for a stream of no one instrument. */
  track(stream: Stream): OrderBook {
    const symbol = stream.instrument
    if (symbol === null || !(stream instanceof TrackedStream)) throw new TypeError(`${stream.id} feeds no one book`)
    const known = this.#synchronizers.get(symbol)
    if (known !== undefined) return known.book
    const { rules, env } = this.#parts
    const { clock, random } = env
    const urgency = (): number => (this.#waiters.has(symbol) ? priority.awaited : priority.ordinary)
    const synchronizer = new BookSynchronizer({
      stream,
      rules,
      clock,
      random,
      options: this.#options,
      listener: this.#listener,
      requestSnapshot: (signal) => this.#requestSnapshot(symbol, signal, urgency),
      resubscribe: async (onEnded) => this.#parts.resubscribe(stream, onEnded),
    })
    this.#synchronizers.set(symbol, synchronizer)
    return synchronizer.book
  }

  /** Forgets an instrument. Whoever holds its book sees it end; whoever awaits it is refused with the reason. */
  untrack(symbol: Instrument, reason: unknown = unsubscribed(symbol)): void {
    const synchronizer = this.#synchronizers.get(symbol)
    if (synchronizer === undefined) return
    this.#synchronizers.delete(symbol)
    synchronizer.letGo('not subscribed any more')
    this.#waiters.reject(symbol, reason)
  }

  /** As things are, nothing more comes for these: whoever awaits them is refused with the reason. */
  refuse(symbols: Iterable<Instrument>, reason: StreamError): void {
    for (const symbol of symbols) this.#waiters.reject(symbol, reason)
  }

  /** The exchange acknowledged these subscriptions. Saying it again does nothing. */
  confirm(symbols: Iterable<Instrument>): void {
    for (const symbol of symbols) this.#synchronizers.get(symbol)?.confirm()
  }

  /** The subscription of this instrument was acknowledged before it was tracked. */
  join(symbol: Instrument): void {
    this.#synchronizers.get(symbol)?.join()
  }

  /** A message, in the order of arrival. One of a stream that is not tracked is left alone, though it may be of the same instrument. */
  apply(message: OrderbookMessage): void {
    const synchronizer = this.#synchronizers.get(message.symbol)
    if (synchronizer === undefined || synchronizer.book.stream !== message.stream) return
    synchronizer.apply(message)
    this.#audit?.observe(message)
  }

  /** Updates were dropped or unreadable while the subscriptions go on: these books are not live as of now, and fetched anew. */
  reset(symbols: Iterable<Instrument> | 'all', reason: string): void {
    for (const synchronizer of this.#select(symbols)) synchronizer.reset(reason)
  }

  /** The subscriptions are gone, as with their connection: these books are not live until they are subscribed again. */
  interrupt(symbols: Iterable<Instrument> | 'all', reason: string): void {
    for (const synchronizer of this.#select(symbols)) synchronizer.interrupt(reason)
  }

  /** Nothing has come for these for longer than expected. The next update makes them live again. */
  markStale(symbols: Iterable<Instrument> | 'all', reason: string): void {
    for (const synchronizer of this.#select(symbols)) synchronizer.markStale(reason)
  }

  /**
   * Whether a silent book stands still while the exchange's goes on: it has other levels than a snapshot over REST. False where that cannot be had, nor where the book is none to compare:
   * one that lost something is fetched anyway.
   */
  async isLeftBehind(symbol: Instrument): Promise<boolean> {
    const book = this.book(symbol)
    if (this.#source === null || book?.status !== 'stale') return false
    try {
      const fetched = await this.#requestSnapshot(symbol, this.#ended, () => priority.audit)
      const snapshot = readSnapshot(fetched, symbol)
      return !(snapshot instanceof StreamError) && book.status === 'stale' && differsFrom(snapshot, book)
    } catch {
      return false
    }
  }

  /** The book of a tracked instrument, whatever its status; null for any other instrument. */
  book(symbol: Instrument): OrderBook | null {
    return this.#synchronizers.get(symbol)?.book ?? null
  }

  /**
   * The book, once it is live; its snapshot is fetched before others. Rejects with the signal's reason, with `ERR_UNKNOWN_STREAM` where
   * the instrument is not tracked, with the reason where it is no longer or was refused, with `ERR_CLOSED`, and with the last failure where a row of tries is used up.
   */
  awaitBook(symbol: Instrument, { signal }: { readonly signal?: AbortSignal } = {}): Promise<OrderBook> {
    const book = this.book(symbol)
    if (book === null) return Promise.reject(unknownBook(symbol))
    return book.isLive ? Promise.resolve(book) : this.#waiters.wait(book, signal)
  }

  /** Every book. */
  books(): readonly OrderBook[] {
    return [...this.#synchronizers.values()].map(({ book }) => book)
  }

  /** Ends every book and request, and leaves no timer behind. */
  close(): void {
    this.#audit?.close()
    for (const synchronizer of this.#select('all')) synchronizer.close('closed')
    this.#synchronizers.clear()
    this.#life.abort(new StreamError('ERR_CLOSED', 'The feed was closed.'))
    this.#limiter.close()
    this.#waiters.rejectAll(new StreamError('ERR_CLOSED', 'The feed was closed before the order book became live.'))
  }

  *#select(symbols: Iterable<Instrument> | 'all'): Generator<BookSynchronizer> {
    for (const symbol of symbols === 'all' ? [...this.#synchronizers.keys()] : symbols) {
      const synchronizer = this.#synchronizers.get(symbol)
      if (synchronizer !== undefined) yield synchronizer
    }
  }

  #alongside(listener: BookListener): BookListener {
    return {
      onState: (state, previous) => {
        if (state.status === 'live') this.#waiters.resolve(state.symbol as Instrument)
        listener.onState?.(state, previous)
      },
      onSnapshotFailure: (failure) => {
        if (failure.isExhausted) this.#waiters.reject(failure.symbol, failure.error)
        listener.onSnapshotFailure?.(failure)
      },
      onGap: (gap) => listener.onGap?.(gap),
      onResync: (resync) => listener.onResync?.(resync),
      onCrossed: (crossed) => listener.onCrossed?.(crossed),
      onRuleFault: (error) => listener.onRuleFault?.(error),
    }
  }

  async #requestSnapshot(symbol: Instrument, signal: AbortSignal, urgency: () => number): Promise<BookSnapshot> {
    const source = this.#source
    if (source === null) throw nothingToFetch()
    const { env } = this.#parts
    const timeoutError = (): StreamError =>
      ruleFault(symbol, `The rule fetchSnapshot did not settle within ${snapshotRequestMs} ms.`)
    const limits = { clock: env.clock, signal, timeoutMs: snapshotRequestMs, timeoutError }
    // One that ends neither with its signal nor ever must not keep the turn of another.
    const request = (attempt: AbortSignal): Promise<BookSnapshot> =>
      abortable((async () => source.fetchSnapshot(symbol, { ...env, signal: attempt }))(), attempt)
    return this.#limiter.run(() => within(limits, request), { signal, priority: urgency })
  }

  #createAudit(listener: BookListener): BookAudit {
    const { rules, env } = this.#parts
    const { clock, random } = env
    if (this.#source === null || rules.source === 'replace') throw nothingToFetch()
    return new BookAudit({
      // A REST snapshot may fall into the middle of a change, even where the stream's own snapshots never do.
      continuity: rules.source === 'rest' ? rules.continuity : overlappingRanges,
      depth: rules.depth,
      clock,
      random,
      options: this.#options,
      books: () => this.books(),
      requestSnapshot: (symbol, signal) => this.#requestSnapshot(symbol, signal, () => priority.audit),
      onDivergence: (divergence) => listener.onDivergence?.(divergence),
      onRuleFault: (error) => listener.onRuleFault?.(error),
    })
  }
}

function snapshotSource(rules: BookRules): SnapshotSource | null {
  if (rules.source === 'rest') return rules
  // Without ids there is no telling whether a book and a snapshot are of the same moment.
  return rules.source === 'stream' && rules.continuity !== orderOfArrival ? rules.audit : null
}

function unknownBook(symbol: Instrument): StreamError {
  return new StreamError('ERR_UNKNOWN_STREAM', `There is no order book of ${symbol}.`, {
    context: { Symbol: symbol.name },
    hint: 'Subscribe the instrument to the orderbook channel first.',
  })
}

function unsubscribed(symbol: Instrument): StreamError {
  return new StreamError('ERR_UNKNOWN_STREAM', `The order book of ${symbol} was unsubscribed before it became live.`, {
    context: { Symbol: symbol.name },
    hint: 'Subscribe the instrument to the orderbook channel again.',
  })
}

function nothingToFetch(): StreamError {
  return new StreamError(
    'ERR_UNSUPPORTED_OPTION',
    'This exchange offers no order book snapshot over REST to compare with.',
    {
      hint: 'Leave auditIntervalMs at 0.',
    },
  )
}
