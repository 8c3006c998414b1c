import type { Clock } from '../clock/clock.js'
import { StreamError } from '../errors/stream-error.js'
import type { Instrument } from '../model/instrument.js'
import type { OrderbookMessage } from '../model/message.js'
import type { StreamStatus } from '../model/stream-state.js'
import { adjacentRanges, type BookRules, type BookSnapshot, type ContinuityRule } from '../strategy/book-rules.js'
import type { BookListener } from './book-events.js'
import type { BookOptions } from './book-options.js'
import { BookWriter } from './book-writer.js'
import type { OrderBook } from './order-book.js'
import { Recovery } from './recovery.js'
import { firstSequenceOf, UpdateBuffer } from './update-buffer.js'

/** What one synchronizer is made from. */
export interface SynchronizerParts {
  readonly symbol: Instrument
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

/** How long a live book may be sent nothing but old updates, ms, before the exchange's counter is taken to have restarted. */
const regressionMs = 5_000

const inSync = 'in sync'

/**
 * Keeps the book of one pair true, by the exchange's rules. It knows no socket: messages come in through `apply`, and what
 * the feed knows about them (confirmed, lost, silent) through the other methods. A live book has every update up to its
 * sequence; in every other case its status says otherwise, from the very message that shows it.
 */
export class BookSynchronizer {
  readonly symbol: Instrument
  readonly book: OrderBook
  readonly #rules: BookRules
  readonly #continuity: ContinuityRule
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
  /** Since when only old updates have come, by their arrival; NaN where the last one was news. */
  #onlyOldSince: number = Number.NaN
  #loss: { readonly reason: string; readonly at: number } | null = null

  constructor({ symbol, rules, clock, random, options, listener, requestSnapshot, resubscribe }: SynchronizerParts) {
    this.symbol = symbol
    this.#rules = rules
    this.#continuity = rules.source === 'replace' ? adjacentRanges : rules.continuity
    this.#clock = clock
    this.#crossed = options.crossed
    this.#listener = listener
    const { changeLogSize, maxBufferedUpdates } = options
    const reason = 'waiting for the subscription'
    this.#writer = new BookWriter({ symbol, depth: rules.depth, changeLogSize, reason, now: clock.now() })
    this.book = this.#writer.view
    this.#buffer = new UpdateBuffer(this.#continuity, maxBufferedUpdates)
    const offer = (snapshot: BookSnapshot): StreamError | null => this.#takeOffer(snapshot)
    const onFailure = (error: StreamError, failures: number, isExhausted: boolean): void => {
      this.#announce(this.#leaveSync(error.shortMessage))
      listener.onSnapshotFailure?.({ symbol, error, failures, isExhausted })
    }
    this.#recovery = new Recovery({ rules, clock, random, requestSnapshot, resubscribe, offer, onFailure })
  }

  /** The exchange confirmed the subscription: from here on no update is missed, so a snapshot can be fetched. */
  confirm(): void {
    if (this.#isClosed || this.#isConfirmed) return
    this.#isConfirmed = true
    if (this.#isSynced) return
    this.#writer.setStatus(this.#writer.status, 'waiting for the snapshot', this.#clock.now())
    this.#recovery.start()
  }

  /** One message of this pair, in the order of arrival. */
  apply(message: OrderbookMessage): void {
    if (this.#isClosed) return
    if (message.data.kind === 'snapshot') this.#applySnapshot(message)
    else if (this.#isSynced) this.#applyChange(message)
    else this.#hold(message)
  }

  /** An update was lost or could not be read, while the subscription goes on. */
  reset(reason: string): void {
    if (this.#isConfirmed) this.#lose(reason, null, null)
  }

  /** The subscription ended, as with its connection. What is applied afterwards belongs to the next one. */
  interrupt(reason: string): void {
    if (this.#isClosed) return
    this.#isConfirmed = false
    this.#buffer.clear()
    this.#recovery.cancel()
    this.#announce(this.#leaveSync(reason))
  }

  /** Nothing has come for longer than expected. The next update makes a live book of it again. */
  markStale(reason: string): void {
    if (this.#writer.status === 'live') this.#announce(this.#setStatus('stale', reason))
  }

  /** Ends it. The book stays readable and is never live again. */
  close(reason: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#isSynced = false
    this.#buffer.clear()
    this.#recovery.cancel()
    this.#announce(this.#setStatus('gapped', reason))
  }

  #applySnapshot(message: OrderbookMessage): void {
    if (message.receivedAt < this.#recovery.pushesSince) return
    const { bids, asks, lastSequence } = message.data
    if (lastSequence === null ? this.#rules.source !== 'replace' : !Number.isSafeInteger(lastSequence)) {
      this.#lose('a snapshot came without a usable update id', null, null)
      return
    }
    const sequence = lastSequence ?? Number.NaN
    if (this.#isSynced && sequence < this.#writer.sequence) {
      this.#seeOld(message)
      return
    }
    const held = this.#buffer.after(sequence)
    if (held === null) return
    const snapshot = { bids, asks, sequence, exchangeTime: message.exchangeTime }
    const fault = this.#adopt(snapshot, message.receivedAt, held)
    if (fault !== null) this.#lose(fault.shortMessage, null, null)
  }

  #applyChange(message: OrderbookMessage): void {
    const last = message.data.lastSequence
    if (this.#rules.source === 'replace' || last === null || !Number.isSafeInteger(last)) {
      this.#lose('a change came without a usable update id', null, null)
      return
    }
    const first = firstSequenceOf(message)
    const verdict = this.#continuity(this.#writer.sequence, first, last)
    if (verdict === 'apply') this.#write(message, last)
    else if (verdict === 'ignore') this.#seeOld(message)
    else {
      const expected = this.#writer.sequence + 1
      if (this.#rules.source === 'rest') this.#buffer.push(message)
      this.#lose('an update is missing', expected, first)
    }
  }

  #write(message: OrderbookMessage, last: number): void {
    const writer = this.#writer
    if (!writer.apply(message.data.bids, message.data.asks, last)) {
      this.#lose('a change holds something that is no price or size', null, null)
      return
    }
    writer.stamp(message.exchangeTime, message.receivedAt)
    this.#onlyOldSince = Number.NaN
    if (writer.isCrossedOrLocked && this.#crossed !== 'ignore') this.#cross(message)
    else if (writer.status === 'stale') this.#announce(this.#setStatus('live', inSync))
  }

  /** Waits for the snapshot. Where the stream brings it, what comes before is of no use. */
  #hold(message: OrderbookMessage): void {
    this.confirm()
    const last = message.data.lastSequence
    if (this.#rules.source !== 'rest' || last === null || !Number.isSafeInteger(last)) return
    const before = this.#buffer.lastSequence
    if (this.#buffer.push(message) === 'gap' && before !== null) {
      this.#reportGap('an update is missing', before + 1, firstSequenceOf(message))
    }
  }

  #takeOffer(snapshot: BookSnapshot): StreamError | null {
    if (!Number.isSafeInteger(snapshot.sequence)) return unfit('The snapshot came without a usable update id.')
    const held = this.#buffer.after(snapshot.sequence)
    if (held !== null) return this.#adopt(snapshot, this.#clock.now(), held)
    return unfit('The snapshot is older than the updates that wait for it.', 'The exchange may be caching it.')
  }

  /** Makes a live book of a snapshot and the changes after it; returns why that fails. */
  #adopt(snapshot: BookSnapshot, receivedAt: number, held: readonly OrderbookMessage[]): StreamError | null {
    const writer = this.#writer
    const { bids, asks, sequence, exchangeTime } = snapshot
    if (!writer.replace(bids, asks, sequence)) return unfit('The snapshot holds something that is no price or size.')
    writer.stamp(exchangeTime, receivedAt)
    for (const message of held) {
      if (!writer.apply(message.data.bids, message.data.asks, message.data.lastSequence as number)) {
        this.#buffer.clear()
        return unfit('A change holds something that is no price or size.')
      }
      writer.stamp(message.exchangeTime, message.receivedAt)
    }
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
    this.#announce(this.#setStatus('live', inSync))
    if (loss === null) return
    const durationMs = this.#clock.now() - loss.at
    this.#listener.onResync?.({ symbol: this.symbol, reason: loss.reason, durationMs, attempts })
  }

  /** Old updates are harmless, unless nothing else comes: then the counter restarted, and the book would never move again. */
  #seeOld(message: OrderbookMessage): void {
    if (Number.isNaN(this.#onlyOldSince)) this.#onlyOldSince = message.receivedAt
    else if (message.receivedAt - this.#onlyOldSince >= regressionMs) {
      this.#lose(`only updates older than the book came for ${regressionMs} ms`, null, null)
    }
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

  #leaveSync(reason: string): StreamStatus {
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

  #reportCrossed(): void {
    const { symbol, book } = this
    const [bidPrice, askPrice] = [book.bidPrice(0), book.askPrice(0)]
    this.#listener.onCrossed?.({ symbol, bidPrice, askPrice, isLocked: book.isLocked, sequence: book.sequence })
  }

  #crossedReason(): string {
    return `the best bid ${this.book.bidPrice(0)} is not below the best ask ${this.book.askPrice(0)}`
  }
}

function unfit(shortMessage: string, hint?: string): StreamError {
  return new StreamError('ERR_BOOK_GAP', shortMessage, hint === undefined ? {} : { hint })
}
