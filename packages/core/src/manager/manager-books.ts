import type {
  BookDivergence,
  BookGap,
  BookListener,
  BookResync,
  CrossedBook,
  SnapshotFailure,
} from '../book/book-events.js'
import type { BookOptions } from '../book/book-options.js'
import { BookRegistry } from '../book/book-registry.js'
import { StreamError } from '../errors/stream-error.js'
import type { PerformanceMetrics } from '../metrics/performance-metrics.js'
import type { Instrument } from '../model/instrument.js'
import type { OrderbookMessage } from '../model/message.js'
import type { OrderBook } from '../model/order-book.js'
import { isWanted, type Stream, type StreamState } from '../model/stream.js'
import type { BookRules } from '../strategy/book-rules.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { Want } from '../stream/stream-states.js'

/** Something happened to an order book that its owner should know of. */
export type BookEvent =
  | ({ readonly kind: 'gap' } & BookGap)
  | ({ readonly kind: 'resync' } & BookResync)
  | ({ readonly kind: 'crossed' } & CrossedBook)
  | ({ readonly kind: 'snapshot-failure' } & SnapshotFailure)
  | ({ readonly kind: 'divergence' } & BookDivergence)

/** How often what happened, as the metrics say it. */
export type BookCounters = Pick<
  PerformanceMetrics,
  'books' | 'liveBooks' | 'gaps' | 'resyncs' | 'crossedBooks' | 'divergences'
>

/** Those of a manager that keeps none. */
export const noBooks: BookCounters = {
  books: 0,
  liveBooks: 0,
  gaps: 0,
  resyncs: 0,
  crossedBooks: 0,
  divergences: 0,
}

/** What the books of a manager are made of, and whom they tell. */
export interface ManagerBooksParts {
  readonly rules: BookRules
  readonly env: StrategyEnv
  readonly options: BookOptions
  readonly onState: (state: StreamState) => void
  readonly onEvent: (event: BookEvent) => void
  /** What concerns more than one book: the exchange refused a snapshot for the number of requests, or the adapter's rules broke. */
  readonly onError: (error: StreamError) => void
  /** Ends the subscription of this stream, says so by `onEnded`, and asks for it anew. */
  readonly resubscribe: (stream: Stream, onEnded: () => void) => Promise<void>
}

/** The books of one manager, which speaks of streams where they speak of instruments; counts what happens to them. */
export class ManagerBooks {
  readonly #registry: BookRegistry
  readonly #source: BookRules['source']
  #gaps = 0
  #resyncs = 0
  #crossed = 0
  #divergences = 0

  constructor(parts: ManagerBooksParts) {
    const { rules, env, options, resubscribe } = parts
    this.#source = rules.source
    this.#registry = new BookRegistry({ rules, env, options, listener: this.#listener(parts), resubscribe })
  }

  /** Whether the stream's status is that of a book: not where only what else it feeds is wanted. */
  has(stream: Stream): boolean {
    return stream.instrument !== null && isWanted(stream, 'orderbook')
  }

  /** Begins the books that are wanted. Returns the streams whose book is new. Throws `ERR_INVALID_STRATEGY`, and begins none, where an instrument would have two. */
  track(wants: readonly Want[]): readonly Stream[] {
    const added = bookStreams(wants).filter((stream) => !this.#keeps(stream))
    const feeding = new Map<Instrument, Stream>()
    for (const stream of added) {
      const instrument = stream.instrument as Instrument
      const other = this.#registry.book(instrument)?.stream ?? feeding.get(instrument)
      if (other !== undefined) throw twoBooks(instrument, other, stream)
      feeding.set(instrument, stream)
    }
    for (const stream of added) this.#registry.track(stream)
    return added
  }

  /** The exchange acknowledged these before their books were wanted. */
  join(streams: readonly Stream[]): void {
    for (const symbol of this.#booksOf(streams)) this.#registry.join(symbol)
  }

  /** Ends the books that are not wanted any more, whatever becomes of their streams. */
  untrack(wants: readonly Want[]): void {
    this.forget(bookStreams(wants))
  }

  /** Ends the books of these streams; `reason` is why, where it was not asked for. */
  forget(streams: readonly Stream[], reason?: unknown): void {
    for (const symbol of this.#booksOf(streams)) this.#registry.untrack(symbol, reason)
  }

  /** Nothing more comes for these, as things are: whoever awaits their books is told why. */
  refuse(streams: readonly Stream[], reason: StreamError): void {
    this.#registry.refuse(this.#booksOf(streams), reason)
  }

  /** The exchange acknowledged these. */
  confirm(streams: readonly Stream[]): void {
    this.#registry.confirm(this.#booksOf(streams))
  }

  /** The connection of these is gone. */
  interrupt(streams: readonly Stream[], reason: string): void {
    this.#registry.interrupt(this.#booksOf(streams), reason)
  }

  /** What these hold cannot be trusted any more, while the subscriptions go on. */
  reset(streams: readonly Stream[], reason: string): void {
    this.#registry.reset(this.#booksOf(streams), reason)
  }

  markStale(stream: Stream, reason: string): void {
    this.#registry.markStale(this.#booksOf([stream]), reason)
  }

  /** Whether the exchange's book goes on while this one stands still, as its snapshot over REST says. */
  async isLeftBehind(stream: Stream): Promise<boolean> {
    const [symbol] = this.#booksOf([stream])
    return symbol !== undefined && this.#registry.isLeftBehind(symbol)
  }

  apply(message: OrderbookMessage): void {
    this.#registry.apply(message)
  }

  /** The book of a stream; null where the stream's status is not that of a book. */
  bookOf(stream: Stream): OrderBook | null {
    return this.has(stream) ? this.#registry.book(stream.instrument as Instrument) : null
  }

  book(symbol: Instrument): OrderBook | null {
    return this.#registry.book(symbol)
  }

  awaitBook(symbol: Instrument, signal: AbortSignal | undefined): Promise<OrderBook> {
    return this.#registry.awaitBook(symbol, signal === undefined ? {} : { signal })
  }

  /** Those whose updates follow on what was before: none where each message is a whole book. */
  get withUpdates(): readonly OrderBook[] {
    return this.#source === 'replace' ? [] : this.#registry.books()
  }

  get counters(): BookCounters {
    const books = this.#registry.books()
    return {
      books: books.length,
      liveBooks: books.filter((book) => book.isLive).length,
      gaps: this.#gaps,
      resyncs: this.#resyncs,
      crossedBooks: this.#crossed,
      divergences: this.#divergences,
    }
  }

  close(): void {
    this.#registry.close()
  }

  #keeps(stream: Stream): boolean {
    return stream.instrument !== null && this.#registry.book(stream.instrument)?.stream === stream
  }

  #booksOf(streams: readonly Stream[]): readonly Instrument[] {
    return streams.filter((stream) => this.#keeps(stream)).map(({ instrument }) => instrument as Instrument)
  }

  #listener({ onState, onEvent, onError }: ManagerBooksParts): BookListener {
    return {
      onState,
      onRateLimited: (_pauseMs, error) => onError(error),
      onRuleFault: onError,
      onGap: (gap) => {
        this.#gaps += 1
        onEvent({ kind: 'gap', ...gap })
      },
      onResync: (resync) => {
        this.#resyncs += 1
        onEvent({ kind: 'resync', ...resync })
      },
      onCrossed: (crossed) => {
        this.#crossed += 1
        onEvent({ kind: 'crossed', ...crossed })
      },
      onSnapshotFailure: (failure) => onEvent({ kind: 'snapshot-failure', ...failure }),
      onDivergence: (divergence) => {
        this.#divergences += 1
        onEvent({ kind: 'divergence', ...divergence })
      },
    }
  }
}

function bookStreams(wants: readonly Want[]): readonly Stream[] {
  const streams = wants.filter(({ channel }) => channel === 'orderbook').map(({ stream }) => stream)
  return [...new Set(streams)].filter(({ instrument }) => instrument !== null)
}

/** Their updates would be mixed in one book, which would be that of neither. */
function twoBooks(instrument: Instrument, one: Stream, other: Stream): StreamError {
  return new StreamError('ERR_INVALID_STRATEGY', `The plan for orderbook holds two streams of ${instrument}.`, {
    context: { Symbol: instrument.name, Streams: `${one.id}, ${other.id}` },
    hint: 'plan() must return one order book stream an instrument, or the manager be told books: false.',
  })
}
