import { longestTimerMs } from '../clock/longest-timer.js'
import { suggest } from '../errors/suggest.js'
import type { Instrument } from '../model/instrument.js'
import type { OrderbookMessage } from '../model/message.js'
import type { OrderBook } from '../model/order-book.js'
import type { BookDigits, FlatLevels } from '../model/payloads.js'
import type { StrategyEnv } from './env.js'
import type { RequestLimit } from './request-limit.js'

/** A whole book as of one update id. Levels are numbers, flat; anything else is no snapshot (`ERR_BOOK_RULES`). */
export interface BookSnapshot {
  readonly bids: FlatLevels
  readonly asks: FlatLevels
  /** The last update id the levels include. */
  readonly sequence: number
  /** The exchange's own time of the image, epoch ms; null where it gives none. */
  readonly exchangeTime: number | null
  /** The levels' own texts; needed where the rules say `keepDigits`, and looked at nowhere else. */
  readonly digits?: BookDigits | null
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

/**
 * No test at all, for exchanges that number nothing: what comes over one connection comes in order and whole, so it follows on by coming next. Ids are not
 * looked at. A loss shows only where the connection, the queue or a `verify` tells of it. For snapshots in the stream only: one from REST could not be placed
 * among the changes.
 */
export const orderOfArrival = 'order of arrival'

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
  /**
   * Looks at the book after each update that was applied to it, and once after a snapshot and the changes that waited for it (with the last of those): null
   * where the book is true, and why it is not otherwise, for people. A book that is not is gapped within that message and brought back. Pure, and no promise. The status of
   * the book is not yet that of this update.
   */
  verify?(book: OrderBook, message: OrderbookMessage): string | null
  /** Whether `verify` reads the texts of the levels as they were sent: the book then keeps them, and a message without them is a gap. Defaults to false. */
  readonly keepDigits?: boolean
}

/** How to fetch a snapshot over REST, and how often that is allowed. */
export interface SnapshotSource {
  /**
   * Fetches the book as of now; `env` has the signal that ends the wait, time, chance, and the way to REST.
   * Rejects with a `StreamError`; one that is not `retryable` (an unknown instrument) is not asked again soon. One that has not settled after 30,000 ms is given
   * up (`ERR_BOOK_RULES`), and asked again as after any failure.
   */
  fetchSnapshot(symbol: Instrument, env: StrategyEnv): Promise<BookSnapshot>
  /** Over all books of a manager, for as long as it lives: what was spent before a reconnect is spent. */
  readonly snapshotLimit: RequestLimit
}

/** Changes come from the stream, the snapshot from REST. A gap is healed by a new REST snapshot. */
export interface RestBookRules extends SharedBookRules, SnapshotSource {
  readonly source: 'rest'
  readonly continuity: ContinuityRule
}

/** The stream itself sends a snapshot and then changes. A gap is healed by subscribing again. */
export interface StreamBookRules extends SharedBookRules {
  readonly source: 'stream'
  readonly continuity: ContinuityRule | typeof orderOfArrival
  /** How long after a subscription the snapshot may take before the stream is subscribed again, ms. */
  readonly snapshotTimeoutMs: number
  /** A REST snapshot with the same update ids, for audits; null where the exchange has none, as with `orderOfArrival`. */
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
 *   source: 'rest', depth: 100, continuity: overlappingRanges, fetchSnapshot, snapshotLimit: { requests: 100, windowMs: 10_000 },
 *   retry: { attempts: 20, initialDelayMs: 300, maxDelayMs: 1_000, pauseMs: 30_000 },
 * }
 */
export type BookRules = RestBookRules | StreamBookRules | ReplaceBookRules

/** Everything that keeps `rules` from being book rules, a text each, as a strategy set reports it. */
export function* findBookRuleFaults(rules: unknown): Generator<string> {
  if (!isObject(rules)) {
    yield 'bookRules is no object'
    return
  }
  const { source, depth, retry, verify, keepDigits } = rules
  if (source === 'rest') yield* findRestFaults(rules)
  else if (source === 'stream') yield* findStreamFaults(rules)
  else if (source !== 'replace') yield 'bookRules.source is none of rest, stream, replace'
  if (depth !== null && !(Number.isSafeInteger(depth) && (depth as number) >= 1)) {
    yield 'bookRules.depth is neither null nor a whole number of at least 1'
  }
  if (retry !== undefined) yield* findRetryFaults(retry)
  if (verify !== undefined && typeof verify !== 'function') yield 'bookRules.verify is not a function'
  if (keepDigits !== undefined && typeof keepDigits !== 'boolean')
    yield 'bookRules.keepDigits is neither true nor false'
  yield* findMisspelt(rules)
  if (keepDigits === true && verify === undefined) yield 'bookRules.keepDigits is of no use without verify'
}

const ruleNames: readonly string[] = [
  'source',
  'depth',
  'retry',
  'verify',
  'keepDigits',
  'continuity',
  'fetchSnapshot',
  'snapshotLimit',
  'snapshotTimeoutMs',
  'audit',
]

/** A rule that may be left out is missed by nobody where it is misspelt: without `verify` a wrong book would be called live. Other fields are the adapter's own affair. */
function* findMisspelt(rules: Record<string, unknown>): Generator<string> {
  for (const name of Object.keys(rules)) {
    const meant = ruleNames.includes(name) ? null : suggest(name, ruleNames)
    if (meant !== null) yield `bookRules.${name} is no rule (did you mean ${meant}?)`
  }
}

function* findRestFaults(rules: Record<string, unknown>): Generator<string> {
  if (rules.continuity === orderOfArrival) {
    yield 'bookRules.continuity cannot be orderOfArrival where snapshots come over REST'
  } else if (typeof rules.continuity !== 'function') yield 'bookRules.continuity is not a function'
  yield* findSourceFaults(rules, 'bookRules')
}

function* findStreamFaults(rules: Record<string, unknown>): Generator<string> {
  const { continuity, snapshotTimeoutMs, audit } = rules
  if (continuity !== orderOfArrival && typeof continuity !== 'function') {
    yield 'bookRules.continuity is neither a function nor orderOfArrival'
  }
  if (!isDelay(snapshotTimeoutMs, 1)) yield `bookRules.snapshotTimeoutMs is not from 1 to ${longestTimerMs}`
  if (audit === null) return
  if (!isObject(audit)) yield 'bookRules.audit is neither null nor a source of snapshots'
  else if (continuity === orderOfArrival) yield 'bookRules.audit has to be null with orderOfArrival'
  else yield* findSourceFaults(audit, 'bookRules.audit')
}

function* findSourceFaults(source: Record<string, unknown>, name: string): Generator<string> {
  if (typeof source.fetchSnapshot !== 'function') yield `${name}.fetchSnapshot is not a function`
  const { requests, windowMs } = isObject(source.snapshotLimit) ? source.snapshotLimit : {}
  if (!Number.isSafeInteger(requests) || (requests as number) < 1) {
    yield `${name}.snapshotLimit.requests is not a whole number of at least 1`
  }
  if (!isDelay(windowMs, 1)) yield `${name}.snapshotLimit.windowMs is not from 1 to ${longestTimerMs}`
}

function* findRetryFaults(retry: unknown): Generator<string> {
  const { attempts, initialDelayMs, maxDelayMs, pauseMs } = isObject(retry) ? retry : {}
  if (!Number.isSafeInteger(attempts) || (attempts as number) < 1) {
    yield 'bookRules.retry.attempts is not a whole number of at least 1'
  }
  // Without a delay, a snapshot that never fits would be asked for without end.
  for (const [name, delay] of Object.entries({ initialDelayMs, pauseMs })) {
    if (!isDelay(delay, 1)) yield `bookRules.retry.${name} is not from 1 to ${longestTimerMs}`
  }
  if (!isDelay(maxDelayMs, isDelay(initialDelayMs, 1) ? initialDelayMs : 1)) {
    yield `bookRules.retry.maxDelayMs is not from initialDelayMs to ${longestTimerMs}`
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isDelay(value: unknown, leastMs: number): value is number {
  return typeof value === 'number' && value >= leastMs && value <= longestTimerMs
}
