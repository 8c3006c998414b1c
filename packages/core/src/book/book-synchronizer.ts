import type { Clock } from '../clock/clock.js'
import { StreamError } from '../errors/stream-error.js'
import type { Instrument } from '../model/instrument.js'
import type { OrderbookMessage } from '../model/message.js'
import type { OrderBook } from '../model/order-book.js'
import type { StreamStatus, TrackedStream } from '../model/stream.js'
import {
  adjacentRanges,
  type BookRules,
  type BookSnapshot,
  type ContinuityRule,
  defaultBookRetry,
  orderOfArrival,
} from '../strategy/book-rules.js'
import { askContinuity, askVerify, firstSequenceOf, readSnapshot } from './ask-rules.js'
import type { BookListener } from './book-events.js'
import type { BookOptions } from './book-options.js'
import { BookWriter } from './book-writer.js'
import { RecentIds } from './recent-ids.js'
import { Recovery } from './recovery.js'
import { UpdateBuffer } from './update-buffer.js'

/** What one synchronizer is made from. */
export interface SynchronizerParts {
  /** The stream that feeds the book, of one instrument. */
  readonly stream: TrackedStream
  readonly rules: BookRules
  readonly clock: Clock
  /** 0 (inclusive) to 1 (exclusive): spreads retries. */
  readonly random: () => number
  readonly options: Required<BookOptions>
  readonly listener: BookListener
  requestSnapshot(signal: AbortSignal): Promise<BookSnapshot>
  /** Ends the subscription, says so by `onEnded`, and asks for it anew; rejects where that fails. */
  resubscribe(onEnded: () => void): Promise<void>
}

/** How long a book may be sent nothing but old updates that it has not had before, ms, before the exchange's counter is taken to have restarted. */
const regressionMs = 5_000

const inSync = 'in sync'

/**
 * Keeps the book of one instrument true, by the exchange's rules. It knows no socket: messages come in through `apply`, and what
 * the feed knows about them (confirmed, lost, silent) through the other methods. A live book has every update up to its
 * sequence; in every other case its status says otherwise, from the very message that shows it.
 */
export class BookSynchronizer {
  readonly symbol: Instrument
  readonly book: OrderBook
  readonly #rules: BookRules
  readonly #continuity: ContinuityRule
  /** Whether changes follow on to each other by ids, by their order of arrival, or not at all. */
  readonly #order: 'ids' | 'arrival' | 'none'
  /** Whether something looks at the book after each update. */
  readonly #isVerified: boolean
  readonly #clock: Clock
  readonly #crossed: 'resync' | 'report' | 'ignore'
  readonly #listener: BookListener
  readonly #writer: BookWriter
  readonly #buffer: UpdateBuffer
  readonly #recovery: Recovery
  #isConfirmed = false
  #isSynced = false
  #wasSynced = false
  #isClosed = false
  /**
   * The update id the book had when it was last lost. Whatever a cache brings that is older is stale, however long ago that was, unless the exchange counts
   * anew.
   */
  #reached: number = Number.NEGATIVE_INFINITY
  /** Snapshots refused for their ids since the book was lost. */
  #staleOffers = 0
  /** Where the counter was before it started over; NaN while none did since the book was last live. */
  #leftCounter: number = Number.NaN
  /** Of the subscription as it is. */
  readonly #recentIds = new RecentIds()
  /** Since when only old updates have come, by their arrival; NaN where the last one was news. */
  #onlyOldSince: number = Number.NaN
  /** Whether it was told already that the rules broke: a broken rule breaks with every message. */
  #isRuleFaultTold = false
  #loss: { readonly reason: string; readonly at: number } | null = null

  constructor({ stream, rules, clock, random, options, listener, requestSnapshot, resubscribe }: SynchronizerParts) {
    const symbol = stream.instrument as Instrument
    this.symbol = symbol
    this.#rules = rules
    this.#order = orderOf(rules)
    this.#continuity = continuityOf(rules)
    this.#isVerified = rules.verify !== undefined
    this.#clock = clock
    this.#crossed = options.crossed
    this.#listener = listener
    const { changeLogSize, maxBufferedUpdates } = options
    const reason = 'waiting for the subscription'
    this.#writer = new BookWriter({
      stream,
      depth: rules.depth,
      keepsDigits: rules.keepDigits === true,
      changeLogSize,
      reason,
      now: clock.now(),
    })
    this.book = this.#writer.view
    this.#buffer = new UpdateBuffer(this.#continuity, maxBufferedUpdates)
    const offer = (snapshot: BookSnapshot): StreamError | null => this.#takeOffer(snapshot)
    const onFailure = (error: StreamError, failures: number, isExhausted: boolean): void => {
      this.#announce(this.#leaveSync(error.shortMessage))
      listener.onSnapshotFailure?.({ symbol, error, failures, isExhausted })
      if (error.code === 'ERR_BOOK_RULES') listener.onRuleFault?.(error)
    }
    this.#recovery = new Recovery({ symbol, rules, clock, random, requestSnapshot, resubscribe, offer, onFailure })
  }

  /** The exchange confirmed the subscription: from here on no update is missed, so a snapshot can be fetched. */
  confirm(): void {
    if (this.#isClosed || this.#isConfirmed) return
    this.#isConfirmed = true
    if (this.#isSynced) return
    this.#writer.setStatus(this.#writer.status, 'waiting for the snapshot', this.#clock.now())
    this.#recovery.start()
  }

  /** The subscription has been there for longer than this book: what the exchange says at its beginning was said before. */
  join(): void {
    if (this.#isClosed || this.#isSynced) return
    this.#isConfirmed = true
    this.#writer.setStatus(this.#writer.status, 'waiting for the snapshot', this.#clock.now())
    this.#recovery.join()
  }

  /** One message of this instrument, in the order of arrival. */
  apply(message: OrderbookMessage): void {
    if (this.#isClosed) return
    if (message.data.kind === 'snapshot') this.#applySnapshot(message)
    else if (this.#isSynced) this.#applyChange(message)
    else this.#hold(message)
  }

  /** An update was lost or could not be read, while the subscription goes on. A row of them is one gap: there is no more to lose until the book is live. */
  reset(reason: string): void {
    if (!this.#isConfirmed || this.#isClosed) return
    const wasLive = this.#isSynced
    const previous = this.#leaveSync(reason)
    this.#recovery.recover()
    this.#announce(previous)
    if (wasLive) this.#reportGap(reason, null, null)
  }

  /** The subscription ended, as with its connection. What is applied afterwards belongs to the next one. */
  interrupt(reason: string): void {
    if (this.#isClosed) return
    this.#isConfirmed = false
    this.#buffer.clear()
    this.#recentIds.clear()
    this.#recovery.cancel()
    this.#announce(this.#leaveSync(reason))
  }

  /** Nothing has come for longer than expected, or it is told anew what is done about that. The next update makes a live book of it again. */
  markStale(reason: string): void {
    const { status } = this.#writer
    if (status !== 'live' && status !== 'stale') return
    this.#setStatus('stale', reason)
    this.#listener.onState?.(this.book.state, status)
  }

  /** Ends it, and says so. The book stays readable and is never live again. */
  close(reason: string): void {
    if (!this.#end()) return
    const previous = this.#setStatus('gapped', reason)
    this.#writer.leaveStream()
    this.#announce(previous)
  }

  /** Ends it as `close`, where nobody wants it any more: whoever holds the book sees that. Its stream was let go of on purpose, which is no loss of that, and nothing to tell. */
  letGo(reason: string): void {
    if (!this.#end()) return
    this.#writer.leaveStream()
    this.#setStatus('gapped', reason)
  }

  /** Whether it had not ended. */
  #end(): boolean {
    if (this.#isClosed) return false
    this.#isClosed = true
    this.#isSynced = false
    this.#buffer.clear()
    this.#recovery.cancel()
    return true
  }

  #applySnapshot(message: OrderbookMessage): void {
    if (message.receivedAt < this.#recovery.pushesSince) return
    const { bids, asks, lastSequence, digits } = message.data
    if (lastSequence === null && bids.length === 0 && asks.length === 0) {
      // This is none: no exchange says so little of a book that it knows.
      if (this.#isSynced) this.#lose('a snapshot came with neither levels nor an update id', null, null)
      return
    }
    const sequence = this.#snapshotSequence(lastSequence)
    if (sequence === null) {
      this.#lose('a snapshot came without a usable update id', null, null)
      return
    }
    if (this.#isSynced && sequence < this.#writer.sequence) {
      this.#seeOld(message)
      return
    }
    const held = this.#buffer.after(sequence)
    if (held === null) return
    if (held instanceof StreamError) {
      this.#tellRuleFault(held)
      return
    }
    if (this.#isStale(sequence, held)) {
      this.#seeOld(message)
      return
    }
    // Where every message is a whole book, their ids are the only ones.
    if (this.#order === 'none') this.#recentIds.add(sequence)
    const snapshot = { bids, asks, sequence, exchangeTime: message.exchangeTime, digits }
    const fault = this.#adopt(snapshot, message.receivedAt, held, message)
    if (fault !== null) this.#loseBy(fault)
  }

  /** NaN where the book needs no update id, null where it does and this is none. */
  #snapshotSequence(last: number | null): number | null {
    if (this.#order === 'arrival' || (this.#order === 'none' && last === null)) return Number.NaN
    return Number.isSafeInteger(last) ? last : null
  }

  #applyChange(message: OrderbookMessage): void {
    const last = message.data.lastSequence
    if (this.#order === 'arrival') {
      this.#write(message, Number.NaN)
      return
    }
    if (this.#order === 'none' || last === null || !Number.isSafeInteger(last)) {
      this.#lose('a change came without a usable update id', null, null)
      return
    }
    const verdict = askContinuity(this.#continuity, this.#writer.sequence, message)
    if (verdict === 'apply') this.#write(message, last)
    else if (verdict === 'ignore') this.#seeOld(message)
    else {
      const expected = this.#writer.sequence + 1
      if (this.#rules.source === 'rest') this.#buffer.push(message)
      if (verdict === 'gap') this.#lose('an update is missing', expected, firstSequenceOf(message))
      else this.#loseBy(verdict)
    }
  }

  #write(message: OrderbookMessage, last: number): void {
    const writer = this.#writer
    const { bids, asks, digits } = message.data
    const unusable = writer.apply(bids, asks, last, digits)
    if (unusable !== null) {
      this.#lose(`a change holds ${unusable}`, null, null)
      return
    }
    writer.stamp(message.exchangeTime, message.receivedAt)
    if (this.#recentIds.count()) this.#recentIds.note(last)
    this.#onlyOldSince = Number.NaN
    const fault = this.#isVerified ? askVerify(this.#rules, this.book, message) : null
    if (fault !== null) {
      this.#loseBy(fault)
      return
    }
    if (writer.isCrossedOrLocked && this.#crossed !== 'ignore') this.#cross(message)
    else if (writer.status === 'stale') this.#announce(this.#setStatus('live', inSync))
  }

  /** Waits for the snapshot. Where the stream brings it, what comes before is of no use. */
  #hold(message: OrderbookMessage): void {
    this.confirm()
    const last = message.data.lastSequence
    if (this.#rules.source !== 'rest' || last === null || !Number.isSafeInteger(last)) return
    const before = this.#buffer.lastSequence
    const verdict = this.#buffer.push(message)
    if (verdict === 'ignore' || last < this.#reached) this.#seeOld(message)
    else {
      this.#recentIds.add(last)
      this.#onlyOldSince = Number.NaN
    }
    if (verdict instanceof StreamError) this.#tellRuleFault(verdict)
    else if (verdict === 'gap' && before !== null) {
      this.#reportGap('an update is missing', before + 1, firstSequenceOf(message))
    }
  }

  #takeOffer(fetched: BookSnapshot): StreamError | null {
    const snapshot = readSnapshot(fetched, this.symbol)
    if (snapshot instanceof StreamError) return snapshot
    if (snapshot.bids.length + snapshot.asks.length === 0) return unfit('The snapshot has no levels.')
    if (this.#isOfLeftCounter(snapshot.sequence)) return this.#refuseStale()
    const held = this.#buffer.after(snapshot.sequence)
    if (held instanceof StreamError) return held
    if (held !== null && this.#isStale(snapshot.sequence, held)) return this.#refuseStale()
    if (held !== null) return this.#adopt(snapshot, this.#clock.now(), held, null)
    return unfit('The snapshot is older than the updates that wait for it.', 'The exchange may be caching it.')
  }

  /** Makes a live book of a snapshot, which came in `message` or over REST (null), and the changes after it; returns why that fails. */
  #adopt(
    snapshot: BookSnapshot,
    receivedAt: number,
    held: readonly OrderbookMessage[],
    message: OrderbookMessage | null,
  ): StreamError | null {
    const writer = this.#writer
    const { bids, asks, sequence, exchangeTime, digits } = snapshot
    const unusable = writer.replace(bids, asks, sequence, digits)
    if (unusable !== null) return unfit(`The snapshot holds ${unusable}.`)
    writer.stamp(exchangeTime, receivedAt)
    let newest = message
    for (const change of held) {
      const { data } = change
      const unusable = writer.apply(data.bids, data.asks, data.lastSequence as number, data.digits)
      if (unusable !== null) {
        this.#buffer.clear()
        return unfit(`A change holds ${unusable}.`)
      }
      writer.stamp(change.exchangeTime, change.receivedAt)
      newest = change
    }
    const fault = newest === null ? null : askVerify(this.#rules, this.book, newest)
    if (fault !== null) return fault
    const isCrossed = writer.isCrossedOrLocked && this.#crossed !== 'ignore'
    if (isCrossed && this.#crossed === 'resync') {
      const fault = unfit(this.#crossedReason())
      this.#reportCrossed()
      return fault
    }
    this.#settle()
    if (isCrossed) this.#reportCrossed()
    return null
  }

  #settle(): void {
    const loss = this.#loss
    const { attempts } = this.#recovery
    this.#recovery.settle()
    this.#buffer.clear()
    this.#isConfirmed = true
    this.#isSynced = true
    this.#wasSynced = true
    this.#loss = null
    this.#onlyOldSince = Number.NaN
    this.#isRuleFaultTold = false
    this.#staleOffers = 0
    this.#leftCounter = Number.NaN
    this.#announce(this.#setStatus('live', inSync))
    if (loss === null) return
    const durationMs = this.#clock.now() - loss.at
    this.#listener.onResync?.({ symbol: this.symbol, reason: loss.reason, durationMs, attempts })
  }

  /** Whether a snapshot, with the changes after it, ends before what the book already had. One of the stream's own never does: a subscription begins with it. */
  #isStale(sequence: number, held: readonly OrderbookMessage[]): boolean {
    if (this.#rules.source !== 'rest') return false
    return (held.at(-1)?.data.lastSequence ?? sequence) < this.#reached
  }

  #refuseStale(): StreamError {
    this.#staleOffers += 1
    // A whole row of them is no cache any more: the exchange counts anew, and where an instrument is quiet nothing else says so.
    if (this.#staleOffers >= (this.#rules.retry ?? defaultBookRetry).attempts) {
      this.#reached = Number.NEGATIVE_INFINITY
      this.#leftCounter = Number.NaN
    }
    return unfit('The snapshot is older than what the book already had.', 'The exchange may be caching it.')
  }

  /**
   * Whether a snapshot is of the ids that were before the exchange counted anew: a cache may go on giving it, and with it a book would look live that nothing
   * follows on to. It is, where its id is nearer to those than to the ones that come now.
   */
  #isOfLeftCounter(sequence: number): boolean {
    const { newest } = this.#recentIds
    return newest < this.#leftCounter && sequence > (this.#leftCounter + newest) / 2
  }

  /**
   * Old updates are harmless where they come a second time, or where a snapshot was ahead of the stream. Ids from before everything that this subscription has lately
   * brought are neither: the counter started over. Where it has brought nothing yet, that shows when nothing else comes.
   */
  #seeOld(message: OrderbookMessage): void {
    const last = message.data.lastSequence as number
    const isChange = message.data.kind === 'delta'
    if ((isChange || this.#order === 'none') && last < this.#recentIds.oldest) {
      this.#countAnew(message, 'the update ids started over')
      return
    }
    if (isChange) this.#recentIds.add(last)
    if (Number.isNaN(this.#onlyOldSince)) this.#onlyOldSince = message.receivedAt
    else if (message.receivedAt - this.#onlyOldSince >= regressionMs) {
      this.#countAnew(message, `only updates older than the book came for ${regressionMs} ms`)
    }
  }

  /** What was known of the old counter is of no use with the new one. */
  #countAnew(message: OrderbookMessage, reason: string): void {
    const { kind, lastSequence } = message.data
    const wasSynced = this.#isSynced
    const sequence = wasSynced
      ? this.#writer.sequence
      : Math.max(this.#reached, this.#buffer.lastSequence ?? this.#reached)
    this.#isSynced = false
    this.#reached = Number.NEGATIVE_INFINITY
    this.#leftCounter = sequence
    this.#onlyOldSince = Number.NaN
    this.#buffer.clear()
    this.#recentIds.clear()
    this.#recentIds.add(lastSequence as number)
    if (kind === 'delta' && this.#rules.source === 'rest') this.#buffer.push(message)
    if (wasSynced) this.#lose(reason, sequence + 1, firstSequenceOf(message))
  }

  #cross(message: OrderbookMessage): void {
    if (this.#crossed === 'resync') {
      // A snapshot may be older than this change, which then has to follow on to it.
      if (this.#rules.source === 'rest') this.#buffer.push(message)
      this.#lose(this.#crossedReason(), null, null)
    }
    this.#reportCrossed()
  }

  #lose(reason: string, expected: number | null, got: number | null): void {
    if (this.#isClosed) return
    this.#isConfirmed = true
    const previous = this.#leaveSync(reason)
    this.#recovery.recover()
    this.#announce(previous)
    this.#reportGap(reason, expected, got)
  }

  #loseBy(fault: StreamError): void {
    // Where every message is a whole book, a row of wrong ones is one loss.
    if (this.#order === 'none' && !this.#isSynced) this.#announce(this.#leaveSync(fault.shortMessage))
    else this.#lose(fault.shortMessage, null, null)
    if (fault.code === 'ERR_BOOK_RULES') this.#tellRuleFault(fault)
  }

  #leaveSync(reason: string): StreamStatus {
    if (this.#isSynced) {
      this.#reached = this.#writer.sequence
      this.#onlyOldSince = Number.NaN
    }
    this.#isSynced = false
    if (!this.#wasSynced) return this.#setStatus('syncing', reason)
    this.#loss ??= { reason, at: this.#clock.now() }
    return this.#setStatus('gapped', reason)
  }

  /** Returns the status before, to be announced once everything else is in place: listeners may call back. */
  #setStatus(status: StreamStatus, reason: string): StreamStatus {
    const previous = this.#writer.status
    this.#writer.setStatus(status, reason, this.#clock.now())
    return previous
  }

  #announce(previous: StreamStatus): void {
    if (this.#writer.status !== previous) this.#listener.onState?.(this.book.state, previous)
  }

  #reportGap(reason: string, expected: number | null, got: number | null): void {
    this.#listener.onGap?.({ symbol: this.symbol, reason, expected, got, at: this.#clock.now() })
  }

  #tellRuleFault(error: StreamError): void {
    if (this.#isRuleFaultTold) return
    this.#isRuleFaultTold = true
    this.#listener.onRuleFault?.(error)
  }

  #reportCrossed(): void {
    const { symbol, book } = this
    const [bidPrice, askPrice] = [book.bidPrice(0), book.askPrice(0)]
    this.#listener.onCrossed?.({ symbol, bidPrice, askPrice, isLocked: book.isLocked, sequence: book.sequence })
  }

  #crossedReason(): string {
    return `the best bid ${this.book.bidPrice(0)} is not below the best ask ${this.book.askPrice(0)}`
  }
}

function orderOf(rules: BookRules): 'ids' | 'arrival' | 'none' {
  if (rules.source === 'replace') return 'none'
  return rules.continuity === orderOfArrival ? 'arrival' : 'ids'
}

/** Where updates follow on without ids, nobody asks. */
function continuityOf(rules: BookRules): ContinuityRule {
  return rules.source === 'replace' || rules.continuity === orderOfArrival ? adjacentRanges : rules.continuity
}

function unfit(shortMessage: string, hint?: string): StreamError {
  return new StreamError('ERR_BOOK_GAP', shortMessage, hint === undefined ? {} : { hint })
}
