import type { Instrument } from '../model/instrument.js'
import type { FlatLevels } from '../model/payloads.js'
import type { StreamStatus } from '../model/stream-state.js'
import { type BookCondition, BookView } from './book-view.js'
import { ChangeLog } from './change-log.js'
import type { BookSide, OrderBook } from './order-book.js'
import { PriceLevels } from './price-levels.js'

/** What a writer is made from. */
export interface BookWriterParts {
  readonly symbol: Instrument
  /** Levels a side to keep; null keeps all. */
  readonly depth: number | null
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
  readonly #condition: BookCondition
  readonly #log: ChangeLog
  readonly #depth: number

  constructor({ symbol, depth, changeLogSize, reason, now }: BookWriterParts) {
    const absent = Number.NaN
    this.#condition = {
      status: 'syncing',
      reason,
      since: now,
      sequence: absent,
      exchangeTime: absent,
      receivedAt: absent,
    }
    this.#log = new ChangeLog(changeLogSize)
    this.#depth = depth ?? Number.POSITIVE_INFINITY
    this.view = new BookView(symbol, this.#bids, this.#asks, this.#condition, this.#log)
  }

  /** NaN before the first update. */
  get sequence(): number {
    return this.#condition.sequence
  }

  get status(): StreamStatus {
    return this.#condition.status
  }

  /** Whether the best bid has reached or passed the best ask. */
  get isCrossedOrLocked(): boolean {
    return this.#bids.price(0) >= this.#asks.price(0)
  }

  /** `since` moves only when the status does. */
  setStatus(status: StreamStatus, reason: string, now: number): void {
    const condition = this.#condition
    if (condition.status !== status) condition.since = now
    condition.status = status
    condition.reason = reason
  }

  /** Replaces every level. Returns false, with nothing changed, where something is no price or size. */
  replace(bids: FlatLevels, asks: FlatLevels, sequence: number): boolean {
    if (!areLevels(bids) || !areLevels(asks)) return false
    this.#bids.load(bids)
    this.#asks.load(asks)
    this.#condition.sequence = sequence
    this.#trim(this.#bids, 'bids')
    this.#trim(this.#asks, 'asks')
    this.#log.restart(sequence)
    return true
  }

  /** Sets levels to absolute sizes. Returns false, with nothing changed, where something is no price or size. */
  apply(bids: FlatLevels, asks: FlatLevels, sequence: number): boolean {
    if (!areLevels(bids) || !areLevels(asks)) return false
    this.#condition.sequence = sequence
    this.#set(this.#bids, 'bids', bids)
    this.#set(this.#asks, 'asks', asks)
    return true
  }

  /** Notes when the last update happened there (null where unknown) and arrived here, epoch ms. */
  stamp(exchangeTime: number | null, receivedAt: number): void {
    this.#condition.exchangeTime = exchangeTime ?? Number.NaN
    this.#condition.receivedAt = receivedAt
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
      this.#log.record(this.#condition.sequence, side, levels.price(levels.count - 1), 0)
      levels.dropFarthest()
    }
  }
}

/** A single NaN would break the order of a whole side, and with it every later search. */
function areLevels(flat: FlatLevels): boolean {
  if (flat.length % 2 !== 0) return false
  for (let index = 0; index < flat.length; index += 2) {
    const size = flat[index + 1] as number
    if (!Number.isFinite(flat[index]) || !(size >= 0 && size < Number.POSITIVE_INFINITY)) return false
  }
  return true
}
