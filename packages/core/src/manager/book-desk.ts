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
import type { OrderBook } from '../book/order-book.js'
import type { Clock } from '../clock/clock.js'
import type { StreamError } from '../errors/stream-error.js'
import type { Instrument } from '../model/instrument.js'
import type { OrderbookMessage } from '../model/message.js'
import type { StreamState } from '../model/stream-state.js'
import type { BookRules } from '../strategy/book-rules.js'
import type { Stream } from '../strategy/subscription-strategy.js'

/** Something happened to an order book that its owner should know of. */
export type BookEvent =
  | ({ readonly kind: 'gap' } & BookGap)
  | ({ readonly kind: 'resync' } & BookResync)
  | ({ readonly kind: 'crossed' } & CrossedBook)
  | ({ readonly kind: 'snapshot-failure' } & SnapshotFailure)
  | ({ readonly kind: 'divergence' } & BookDivergence)

/** How often what happened. */
export interface BookCounters {
  readonly books: number
  readonly liveBooks: number
  readonly gaps: number
  readonly resyncs: number
  readonly crossedBooks: number
  readonly divergences: number
}

export interface BookDeskParts {
  readonly rules: BookRules
  readonly clock: Clock
  readonly random: () => number
  readonly options: BookOptions
  readonly onState: (state: StreamState) => void
  readonly onEvent: (event: BookEvent) => void
  /** The exchange refused a snapshot for the number of requests: all of them pause. */
  readonly onRateLimited: (error: StreamError) => void
  /** Ends the subscription of this stream, says so by `onEnded`, and asks for it anew. */
  readonly resubscribe: (stream: Stream, onEnded: () => void) => Promise<void>
}

/** Between the manager, which speaks of streams, and the books, which speak of pairs. */
export class BookDesk {
  readonly #registry: BookRegistry
  /** The stream behind each book. */
  readonly #streams = new Map<Instrument, Stream>()
  readonly #lastLooks = new Map<Instrument, { readonly receivedAt: number | null; readonly silentLooks: number }>()
  #gaps = 0
  #resyncs = 0
  #crossed = 0
  #divergences = 0

  constructor(parts: BookDeskParts) {
    const { rules, clock, random, options } = parts
    this.#registry = new BookRegistry({
      rules,
      clock,
      random,
      options,
      listener: this.#listener(parts),
      resubscribe: async (symbol, onEnded) => {
        const stream = this.#streams.get(symbol)
        if (stream !== undefined) await parts.resubscribe(stream, onEnded)
      },
    })
  }

  track(streams: readonly Stream[]): void {
    for (const stream of streams) {
      if (stream.channel !== 'orderbook' || stream.symbol === null) continue
      this.#streams.set(stream.symbol, stream)
      this.#registry.track(stream.symbol)
    }
  }

  untrack(streams: readonly Stream[]): void {
    for (const symbol of pairsOf(streams)) {
      this.#streams.delete(symbol)
      this.#lastLooks.delete(symbol)
      this.#registry.untrack(symbol)
    }
  }

  /** The exchange acknowledged these. */
  confirm(streams: readonly Stream[]): void {
    this.#registry.confirm(pairsOf(streams))
  }

  /** The connection of these is gone. */
  interrupt(streams: readonly Stream[], reason: string): void {
    this.#registry.interrupt(pairsOf(streams), reason)
  }

  /** An update of these was lost on our side. */
  reset(streams: readonly Stream[], reason: string): void {
    this.#registry.reset(pairsOf(streams), reason)
  }

  /** Looks for live books that have been silent for more than `looks` looks: they are stale. */
  look(looks: number, reason: string): void {
    for (const symbol of this.#streams.keys()) {
      const book = this.book(symbol)
      const receivedAt = book?.receivedAt ?? null
      const last = this.#lastLooks.get(symbol)
      const silentLooks = book?.isLive === true && last?.receivedAt === receivedAt ? last.silentLooks + 1 : 0
      this.#lastLooks.set(symbol, { receivedAt, silentLooks })
      if (silentLooks > looks) this.#registry.markStale([symbol], reason)
    }
  }

  apply(message: OrderbookMessage): void {
    this.#registry.apply(message)
  }

  book(symbol: Instrument): OrderBook | null {
    return this.#registry.book(symbol)
  }

  awaitBook(symbol: Instrument, signal: AbortSignal | undefined): Promise<OrderBook> {
    return this.#registry.awaitBook(symbol, signal === undefined ? {} : { signal })
  }

  states(): readonly StreamState[] {
    return this.#registry.states()
  }

  get counters(): BookCounters {
    const states = this.states()
    return {
      books: states.length,
      liveBooks: states.filter((state) => state.status === 'live').length,
      gaps: this.#gaps,
      resyncs: this.#resyncs,
      crossedBooks: this.#crossed,
      divergences: this.#divergences,
    }
  }

  close(): void {
    this.#registry.close()
    this.#streams.clear()
  }

  #listener({ onState, onEvent, onRateLimited }: BookDeskParts): BookListener {
    return {
      onState,
      onRateLimited: (_pauseMs, error) => onRateLimited(error),
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

function pairsOf(streams: readonly Stream[]): Instrument[] {
  return streams.flatMap(({ channel, symbol }) => (channel === 'orderbook' && symbol !== null ? [symbol] : []))
}
