import type { Clock, Timer } from '../../clock/clock.js'
import { isPromise } from '../../clock/is-promise.js'
import type { Arrivals } from '../../metrics/connection/arrivals.js'
import type { Instrument } from '../../model/instrument.js'
import type { FeedMessage } from '../../model/message.js'
import { MessageType } from '../../model/message-type.js'
import type { Stream } from '../../model/stream.js'
import { type BookRules, orderOfArrival } from '../../strategy/book-rules.js'
import { BookRow } from './book-row.js'
import { ContentRow } from './content-row.js'
import { hasRisingIds, isTrades } from './identity.js'
import { LeaderRow } from './leader-row.js'
import type { OutstandingTotal } from './outstanding.js'
import { RisingRow } from './rising-row.js'
import type { LaneNumber, PerLane, Row } from './row.js'

/** How long a change of a book waits for what is missing before it, ms. */
const holdMs = 1_000

export interface FirstArrivalParts {
  /** How the exchange's books follow on; null where no rules are known. */
  readonly rules: BookRules | null
  readonly arrivals: PerLane<Arrivals>
  readonly clock: Clock
  readonly deliver: (message: FeedMessage, isLate: boolean) => unknown
  /** Whether a lane brings the stream at the moment. */
  readonly covers: (lane: LaneNumber, stream: Stream) => boolean
  /** The lane has more still to bring of the stream than is remembered. */
  readonly onBehind: (lane: LaneNumber, stream: Stream | null) => void
  /** What was delivered when nobody was reading failed in the user's handler. */
  readonly onFailed: (thrown: unknown) => void
}

/**
 * Makes one row of what two lanes bring of the same streams: each message once, by whichever brings it first, for each stream, instrument and type. Numbers tell where there
 * are any, and the content where there are none.
 */
export class FirstArrival {
  readonly #parts: FirstArrivalParts
  readonly #rows = new Map<Stream | null, Map<Instrument | null, Map<string, Row>>>()
  readonly #total: OutstandingTotal = { count: 0 }
  /** In which changes of a book wait, each with since when, by the clock. */
  readonly #holding = new Map<BookRow, number>()
  readonly #away = new Set<LaneNumber>()
  #timer: Timer | null = null

  constructor(parts: FirstArrivalParts) {
    this.#parts = parts
  }

  /** Delivers what of a message is news, and what waited for it. A promise holds back what follows on that lane. */
  offer(message: FeedMessage, lane: LaneNumber, isLate: boolean): unknown {
    const row = this.#rowOf(message)
    const news = row.offer(message, lane)
    let pending: unknown
    let others = nothing
    try {
      if (news !== null) pending = this.#parts.deliver(news, isLate)
    } finally {
      if (row instanceof BookRow) others = this.#deliverReleased(row, isLate)
    }
    return others.length === 0 ? pending : Promise.all([pending, ...others])
  }

  /** Whether one lane's changes of these mean nothing to the other's: then its loss is one of the stream. */
  isLedByOne(stream: Stream): boolean {
    const { rules } = this.#parts
    return rules?.source === 'stream' && rules.continuity === orderOfArrival && stream.channels.includes('orderbook')
  }

  /** The lane is about to bring these, before any of it can have come; all that it brings where none are named. */
  begin(lane: LaneNumber, streams: readonly Stream[] | null = null): void {
    if (streams === null) this.#away.delete(lane)
    for (const row of this.#rowsOf(streams)) row.begin(lane)
  }

  /** As `begin`, of streams that this lane alone begins anew: what only one lane can tell is told by it from here on. */
  lead(lane: LaneNumber, streams: readonly Stream[]): void {
    this.begin(lane, streams)
    for (const row of this.#rowsOf(streams)) if (row instanceof LeaderRow) row.lead(lane)
  }

  /** The lane brings these no longer. */
  leave(lane: LaneNumber, streams: readonly Stream[] | null = null): void {
    if (streams === null) this.#away.add(lane)
    for (const row of this.#rowsOf(streams)) {
      row.leave(lane)
      if (row instanceof BookRow) this.#deliverLeft(row)
    }
  }

  /** No lane brings anything: what comes next may be a new beginning. */
  startOver(): void {
    for (const row of this.#rowsOf(null)) row.startOver()
  }

  /** These are not wanted any more. */
  forget(streams: readonly Stream[]): void {
    for (const row of this.#rowsOf(streams)) {
      row.startOver()
      if (row instanceof BookRow) this.#holding.delete(row)
    }
    for (const stream of streams) this.#rows.delete(stream)
  }

  close(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#holding.clear()
  }

  #rowOf(message: FeedMessage): Row {
    const { stream, symbol } = message
    let bySymbol = this.#rows.get(stream)
    if (bySymbol === undefined) {
      bySymbol = new Map()
      this.#rows.set(stream, bySymbol)
    }
    let byKind = bySymbol.get(symbol)
    if (byKind === undefined) {
      byKind = new Map()
      bySymbol.set(symbol, byKind)
    }
    const kind = kindOf(message, this.#parts.rules)
    let row = byKind.get(kind)
    if (row === undefined) {
      row = this.#makeRow(kind, message)
      for (const away of this.#away) row.leave(away)
      byKind.set(kind, row)
    }
    return row
  }

  #makeRow(kind: string, { stream }: FeedMessage): Row {
    const { rules, arrivals, covers, onBehind } = this.#parts
    if (kind === 'book' && rules !== null && rules.source !== 'replace' && rules.continuity !== orderOfArrival) {
      const isCovered = (lane: LaneNumber): boolean => stream !== null && covers(lane, stream)
      return new BookRow({ arrivals, continuity: rules.continuity, covers: isCovered })
    }
    if (kind === 'led book') return new LeaderRow(arrivals)
    if (kind.startsWith('rising')) return new RisingRow(arrivals)
    return new ContentRow({ arrivals, total: this.#total, onBehind: (lane) => onBehind(lane, stream) })
  }

  *#rowsOf(streams: readonly Stream[] | null): Generator<Row> {
    for (const stream of streams ?? this.#rows.keys()) {
      for (const byKind of this.#rows.get(stream)?.values() ?? []) yield* byKind.values()
    }
  }

  /** Delivers what is waited for in vain. Where no lane brings its stream any more it is of a connection that is gone. */
  #deliverLeft(row: BookRow): void {
    const { covers } = this.#parts
    const [first] = row.released
    const stream = first?.stream ?? null
    this.#deliverReleased(row, stream !== null && !covers(0, stream) && !covers(1, stream))
  }

  /** Delivers what waited and waits no longer, each whatever the user's handler does with the one before. Returns the promises that hold back. */
  #deliverReleased(row: BookRow, isLate: boolean): readonly unknown[] {
    this.#watch(row)
    if (row.released.length === 0) return nothing
    const pending: unknown[] = []
    for (const message of row.released.splice(0)) {
      try {
        const returned = this.#parts.deliver(message, isLate)
        if (isPromise(returned)) pending.push(returned.then(undefined, (thrown) => this.#parts.onFailed(thrown)))
      } catch (thrown) {
        this.#parts.onFailed(thrown)
      }
    }
    return pending
  }

  /** Notes whether something waits in a row, and sees to it that it does not wait for ever. */
  #watch(row: BookRow): void {
    const { clock } = this.#parts
    if (!row.isHolding) {
      if (this.#holding.size > 0) this.#holding.delete(row)
      return
    }
    if (!this.#holding.has(row)) this.#holding.set(row, clock.now())
    this.#timer ??= clock.setTimer(holdMs, () => this.#onTime())
  }

  #onTime(): void {
    this.#timer = null
    const until = this.#parts.clock.now() - holdMs
    for (const [row, since] of this.#holding) {
      if (since > until) continue
      this.#holding.delete(row)
      row.giveUpHolding()
      this.#deliverLeft(row)
    }
    if (this.#holding.size > 0) this.#timer = this.#parts.clock.setTimer(holdMs, () => this.#onTime())
  }
}

const nothing: readonly unknown[] = []

/** What kind of row a message belongs to; each type has its own. */
function kindOf(message: FeedMessage, rules: BookRules | null): string {
  const { type, sequence } = message
  if (type === MessageType.Orderbook) return bookKind(sequence !== null, rules)
  if (isTrades(message) || sequence === null || !hasRisingIds(message)) return contentKinds[type] ?? 'content'
  return risingKinds[type] ?? 'rising'
}

function bookKind(isNumbered: boolean, rules: BookRules | null): string {
  if (rules !== null && rules.source !== 'replace') return rules.continuity === orderOfArrival ? 'led book' : 'book'
  if (isNumbered) return 'rising book'
  return rules === null ? 'led book' : 'content book'
}

/** A text for each type, made once. */
const contentKinds: Readonly<Record<number, string>> = kindsOf('content')
const risingKinds: Readonly<Record<number, string>> = kindsOf('rising')

function kindsOf(name: string): Readonly<Record<number, string>> {
  return Object.fromEntries(Object.values(MessageType).map((type) => [type, `${name} ${type}`]))
}
