import { StreamError } from '@tapewire/core'
import { type adjacentRanges, type BookRules, orderOfArrival } from '@tapewire/core/adapter'

/** What a relay says of its exchange before anything is subscribed: what a consumer must know to keep the same books. JSON, because it is asked for once. */
export interface About {
  readonly version: 1
  readonly exchange: string
  /** Null where the relay keeps no books. */
  readonly book: AboutBooks | null
}

export interface AboutBooks {
  /** Whether each message is a whole book; changes follow on by the exchange's ids, or by their order alone. */
  readonly order: 'ids' | 'arrival' | 'whole'
  /** Levels a side that are kept; null for all. */
  readonly depth: number | null
}

export function aboutBooks(rules: BookRules | null): AboutBooks | null {
  if (rules === null) return null
  const { depth } = rules
  if (rules.source === 'replace') return { order: 'whole', depth }
  return { order: rules.continuity === orderOfArrival ? 'arrival' : 'ids', depth }
}

/** A relayed book has every change in order, or is told of a hole: what is left to judge is what is old already. */
const inOrder: typeof adjacentRanges = (sequence, _first, last) => (last <= sequence ? 'ignore' : 'apply')

/** How long after it was asked for the book of a relay may take that has one, ms. */
const snapshotTimeoutMs = 10_000

const retry = { attempts: 20, initialDelayMs: 200, maxDelayMs: 1_000, pauseMs: 5_000 } as const

/** How a consumer keeps the same books. */
export function relayedBookRules(books: AboutBooks | null): BookRules | null {
  if (books === null) return null
  const { order, depth } = books
  if (order === 'whole') return { source: 'replace', depth, retry }
  return {
    source: 'stream',
    depth,
    continuity: order === 'ids' ? inOrder : orderOfArrival,
    snapshotTimeoutMs,
    audit: null,
    retry,
  }
}

/** Reads the answer of a relay. Throws `ERR_PROTOCOL_VIOLATION` for what is none, or of a version that this package does not know. */
export function readAbout(text: string): About {
  let about: Partial<About> | null = null
  try {
    about = JSON.parse(text) as Partial<About> | null
  } catch {
    // Said below.
  }
  const book = about?.book
  const isBook =
    book === null ||
    (typeof book === 'object' && ['ids', 'arrival', 'whole'].includes(book.order) && isDepth(book.depth))
  if (about?.version === 1 && typeof about.exchange === 'string' && isBook) return about as About
  throw new StreamError('ERR_PROTOCOL_VIOLATION', 'What a relay says of its exchange cannot be read.', {
    hint: 'Relay and consumer may be of versions that do not fit each other.',
  })
}

function isDepth(depth: unknown): boolean {
  return depth === null || (Number.isSafeInteger(depth) && (depth as number) > 0)
}
