import type { BookSide, OrderBook } from '../model/order-book.js'
import type { BookDigits, FlatLevels } from '../model/payloads.js'
import type { StreamStatus, TrackedStream } from '../model/stream.js'
import { type BookCondition, type BookSides, BookView } from './book-view.js'
import { ChangeLog } from './change-log.js'
import { PriceLevels } from './price-levels.js'
import { SideDigits } from './side-digits.js'

/** What a writer is made from. */
export interface BookWriterParts {
  /** The stream that feeds it; the book's status is written there, because it is the same. */
  readonly stream: TrackedStream
  /** Levels a side to keep; null keeps all. */
  readonly depth: number | null
  /** Whether the levels' own texts are kept. */
  readonly keepsDigits: boolean
  /** Changed levels remembered for `changesSince`. */
  readonly changeLogSize: number
  readonly reason: string
  /** Epoch ms. */
  readonly now: number
}

/** The one hand that changes a book. Readers hold `view`, which cannot. */
export class BookWriter {
  readonly view: OrderBook
  readonly #bids: PriceLevels = new PriceLevels('bids')
  readonly #asks: PriceLevels = new PriceLevels('asks')
  #standing: Pick<TrackedStream, 'status' | 'reason' | 'since'>
  readonly #condition: BookCondition
  readonly #log: ChangeLog
  readonly #depth: number
  readonly #digits: BookSides<SideDigits> | null

  constructor({ stream, depth, keepsDigits, changeLogSize, reason, now }: BookWriterParts) {
    const absent = Number.NaN
    this.#standing = stream
    stream.status = 'syncing'
    stream.reason = reason
    stream.since = now
    this.#condition = { sequence: absent, exchangeTime: absent, receivedAt: absent, standing: stream }
    this.#log = new ChangeLog(changeLogSize)
    this.#depth = depth ?? Number.POSITIVE_INFINITY
    this.#digits = keepsDigits ? { bids: new SideDigits(), asks: new SideDigits() } : null
    this.view = new BookView(stream, this.#bids, this.#asks, this.#condition, this.#log, this.#digits)
  }

  /** NaN before the first update. */
  get sequence(): number {
    return this.#condition.sequence
  }

  get status(): StreamStatus {
    return this.#standing.status
  }

  /** Whether the best bid has reached or passed the best ask. */
  get isCrossedOrLocked(): boolean {
    return this.#bids.price(0) >= this.#asks.price(0)
  }

  /** `since` moves only when the status does. */
  setStatus(status: StreamStatus, reason: string, now: number): void {
    const standing = this.#standing
    if (standing.status !== status) standing.since = now
    standing.status = status
    standing.reason = reason
  }

  /** From now on the book's status is its own: the stream may go on without it, or have another book later. */
  leaveStream(): void {
    const { status, reason, since } = this.#standing
    this.#standing = { status, reason, since }
    this.#condition.standing = this.#standing
  }

  /** Replaces every level. Returns null, or what they hold that cannot be, with nothing changed. */
  replace(bids: FlatLevels, asks: FlatLevels, sequence: number, digits: BookDigits | null = null): string | null {
    const fault = this.#findFault(bids, asks, digits)
    if (fault !== null) return fault
    this.#bids.load(bids)
    this.#asks.load(asks)
    this.#condition.sequence = sequence
    if (this.#digits !== null) {
      this.#digits.bids.clear()
      this.#digits.asks.clear()
      setDigits(this.#digits, bids, asks, digits)
    }
    this.#trim(this.#bids, 'bids')
    this.#trim(this.#asks, 'asks')
    this.#log.restart(sequence)
    return null
  }

  /** Sets levels to absolute sizes. Returns null, or what they hold that cannot be, with nothing changed. */
  apply(bids: FlatLevels, asks: FlatLevels, sequence: number, digits: BookDigits | null = null): string | null {
    const fault = this.#findFault(bids, asks, digits)
    if (fault !== null) return fault
    this.#condition.sequence = sequence
    if (this.#digits !== null) setDigits(this.#digits, bids, asks, digits)
    this.#set(this.#bids, 'bids', bids)
    this.#set(this.#asks, 'asks', asks)
    return null
  }

  /** Notes when the last update happened there (null where unknown) and arrived here, epoch ms. */
  stamp(exchangeTime: number | null, receivedAt: number): void {
    this.#condition.exchangeTime = exchangeTime ?? Number.NaN
    this.#condition.receivedAt = receivedAt
  }

  #findFault(bids: FlatLevels, asks: FlatLevels, digits: BookDigits | null): string | null {
    if (!areLevels(bids) || !areLevels(asks)) return 'something that is no price or size'
    if (this.#digits === null) return null
    return digits?.bids.length === bids.length && digits.asks.length === asks.length
      ? null
      : 'levels without their digits'
  }

  #set(levels: PriceLevels, side: BookSide, changes: FlatLevels): void {
    if (this.#log.isRecording) this.#setAndRecord(levels, side, changes)
    else levels.setAll(changes)
    this.#trim(levels, side)
  }

  #setAndRecord(levels: PriceLevels, side: BookSide, changes: FlatLevels): void {
    for (let index = 0; index < changes.length; index += 2) {
      const price = changes[index] as number
      const size = changes[index + 1] as number
      if (levels.set(price, size)) this.#log.record(this.#condition.sequence, side, price, size)
    }
  }

  #trim(levels: PriceLevels, side: BookSide): void {
    while (levels.count > this.#depth) {
      const price = levels.price(levels.count - 1)
      this.#log.record(this.#condition.sequence, side, price, 0)
      this.#digits?.[side].remove(price)
      levels.dropFarthest()
    }
  }
}

function setDigits(kept: BookSides<SideDigits>, bids: FlatLevels, asks: FlatLevels, digits: BookDigits | null): void {
  if (digits === null) return
  kept.bids.set(bids, digits.bids)
  kept.asks.set(asks, digits.asks)
}

/** A single NaN would break the order of a whole side, and with it every later search. */
function areLevels(flat: FlatLevels): boolean {
  if (flat.length % 2 !== 0) return false
  for (let index = 0; index < flat.length; index += 2) {
    if (!Number.isFinite(flat[index]) || !Number.isFinite(flat[index + 1]) || (flat[index + 1] as number) < 0)
      return false
  }
  return true
}
