import type { Instrument } from '../model/instrument.js'
import type { FlatLevels } from '../model/payloads.js'

/** A whole book as of one update id. */
export interface BookSnapshot {
  readonly bids: FlatLevels
  readonly asks: FlatLevels
  /** The last update id the levels include. */
  readonly sequence: number
  /** The exchange's own time of the image, epoch ms; null where it gives none. */
  readonly exchangeTime: number | null
}

/** What to do with a change: it follows on, it is already included, or something between is missing. */
export type Continuity = 'apply' | 'ignore' | 'gap'

/**
 * Judges a change that covers the update ids `first` to `last` against a book at `sequence`. Pure.
 * The same rule aligns buffered changes with a snapshot and checks every later change.
 */
export type ContinuityRule = (sequence: number, first: number, last: number) => Continuity

/**
 * The range test: a change may begin inside what the book already includes, because sizes are absolute.
 * For exchanges whose snapshots land in the middle of a change.
 */
export const overlappingRanges: ContinuityRule = (sequence, first, last) => {
  if (last <= sequence) return 'ignore'
  return first <= sequence + 1 ? 'apply' : 'gap'
}

/** The strict test: a change that is news must begin exactly one id after the book. */
export const adjacentRanges: ContinuityRule = (sequence, first, last) => {
  if (last <= sequence) return 'ignore'
  return first === sequence + 1 ? 'apply' : 'gap'
}

/** How a book asks again for a snapshot that failed or did not fit. */
export interface BookRetry {
  /** Tries in a row before the book is reported as exhausted, 1 or more. */
  readonly attempts: number
  /** Shortest delay, ms. Each further delay is drawn between it and a bound that doubles. */
  readonly initialDelayMs: number
  /** Longest delay, ms. */
  readonly maxDelayMs: number
  /** Delay between further single tries once exhausted, ms. A book never stops trying. */
  readonly pauseMs: number
}

export const defaultBookRetry: BookRetry = {
  attempts: 10,
  initialDelayMs: 300,
  maxDelayMs: 5_000,
  pauseMs: 30_000,
}

interface SharedBookRules {
  /**
   * Levels a side that the stream keeps up to date; the book is trimmed to it after each message, because levels beyond
   * would never be corrected. Null where the stream reports every level.
   */
  readonly depth: number | null
  /** Defaults to `defaultBookRetry`. */
  readonly retry?: BookRetry
}

/** How to fetch a snapshot over REST, and how often that is allowed. */
export interface SnapshotSource {
  /** Rejects with a `StreamError`; one that is not `retryable` (an unknown pair) is not asked again soon. */
  fetchSnapshot(symbol: Instrument, signal: AbortSignal): Promise<BookSnapshot>
  /** Sustained rate over all books, above 0; up to half a second's worth may be sent at once, so that no second sees more than one and a half times the rate. */
  readonly snapshotRequestsPerSecond: number
}

/** Changes come from the stream, the snapshot from REST. A gap is healed by a new REST snapshot. */
export interface RestBookRules extends SharedBookRules, SnapshotSource {
  readonly source: 'rest'
  readonly continuity: ContinuityRule
}

/** The stream itself sends a snapshot and then changes. A gap is healed by subscribing again. */
export interface StreamBookRules extends SharedBookRules {
  readonly source: 'stream'
  readonly continuity: ContinuityRule
  /** How long after a subscription the snapshot may take before the stream is subscribed again, ms. */
  readonly snapshotTimeoutMs: number
  /** A REST snapshot with the same update ids, for audits; null where the exchange has none. */
  readonly audit: SnapshotSource | null
}

/** Each message is a whole book. Only the newest counts, and nothing can be missing from it. */
export interface ReplaceBookRules extends SharedBookRules {
  readonly source: 'replace'
}

/**
 * How one exchange keeps an order book true: what an adapter's `book-rules.ts` exports.
 * A message of kind `snapshot` replaces the book under every rule; `continuity` judges those of kind `delta`.
 * @example
 * const rules: BookRules = {
 *   source: 'rest', depth: 100, continuity: overlappingRanges, fetchSnapshot, snapshotRequestsPerSecond: 10,
 *   retry: { attempts: 20, initialDelayMs: 300, maxDelayMs: 1_000, pauseMs: 30_000 },
 * }
 */
export type BookRules = RestBookRules | StreamBookRules | ReplaceBookRules
