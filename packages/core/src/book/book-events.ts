import type { StreamError } from '../errors/stream-error.js'
import type { Instrument } from '../model/instrument.js'
import type { BookSide } from '../model/order-book.js'
import type { StreamState, StreamStatus } from '../model/stream.js'

/** A book lost its footing: an update is missing, unreadable or impossible, or the feed said that it dropped one. */
export interface BookGap {
  readonly symbol: Instrument
  readonly reason: string
  /** The update id that had to come next; null where the loss did not show by ids. */
  readonly expected: number | null
  /** The id that came instead. */
  readonly got: number | null
  /** Epoch ms. */
  readonly at: number
}

/** A book is live again. */
export interface BookResync {
  readonly symbol: Instrument
  /** What had made it necessary. */
  readonly reason: string
  /** From the loss to live again. */
  readonly durationMs: number
  /** Snapshots asked for until one fitted. */
  readonly attempts: number
}

/** The best bid reached (`locked`) or passed the best ask. */
export interface CrossedBook {
  readonly symbol: Instrument
  readonly bidPrice: number
  readonly askPrice: number
  readonly isLocked: boolean
  readonly sequence: number | null
}

/** A snapshot could not be had, or did not fit; it is tried again. */
export interface SnapshotFailure {
  readonly symbol: Instrument
  readonly error: StreamError
  /** Failures in a row, this one included. */
  readonly failures: number
  /** The tries in a row are used up, or cannot help: from here on there is one now and then. */
  readonly isExhausted: boolean
}

/** The book disagrees with a snapshot of the same update id, at the first such level. */
export interface BookDivergence {
  readonly symbol: Instrument
  readonly side: BookSide
  /** Levels from the best. */
  readonly index: number
  /** What the snapshot has there, and what the book has; null where it has no such level. */
  readonly expected: { readonly price: number; readonly size: number } | null
  readonly got: { readonly price: number; readonly size: number } | null
  /** The book's update id, and the snapshot's. They differ where the book's stream fell silent before it reached the snapshot. */
  readonly sequence: number | null
  readonly snapshotSequence: number | null
}

/** Who is told. Called synchronously, after the book has the state the event tells of; must not throw. */
export interface BookListener {
  onState?(state: StreamState, previous: StreamStatus): void
  onGap?(gap: BookGap): void
  onResync?(resync: BookResync): void
  onCrossed?(crossed: CrossedBook): void
  onSnapshotFailure?(failure: SnapshotFailure): void
  onDivergence?(divergence: BookDivergence): void
  /** The adapter's rules broke (`ERR_BOOK_RULES`); the book it happened to is not live. */
  onRuleFault?(error: StreamError): void
  /** REST requests pause for `pauseMs`, because the exchange refused one for their number. */
  onRateLimited?(pauseMs: number, error: StreamError): void
}
