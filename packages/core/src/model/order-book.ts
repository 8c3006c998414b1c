import type { Instrument } from './instrument.js'
import type { Level } from './levels.js'
import type { BookTickerData } from './payloads.js'
import type { Stream, StreamState, StreamStatus } from './stream.js'

/** The side of a book that is read: to buy is to take from the `asks`. */
export type BookSide = 'bids' | 'asks'

/** One level after one update; size 0 means that it was removed. */
export interface BookChange {
  readonly sequence: number
  readonly side: BookSide
  readonly price: number
  readonly size: number
}

/** The texts of one level as the exchange sent them: `{ price: '87500.10', size: '0.50' }`. */
export interface LevelDigits {
  readonly price: string
  readonly size: string
}

/** The levels nearest the touch, best first. */
export interface BookDepth {
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

/**
 * The order book of one instrument, kept up to date by the feed and read-only for everyone else.
 * It always holds the last known levels; `status` says whether they are the exchange's truth now.
 * Levels count from 0, the best. Accessors that return a number allocate nothing.
 */
export interface OrderBook {
  /** The stream that keeps it up to date; its status is the book's. */
  readonly stream: Stream
  readonly symbol: Instrument
  /** Only a `live` book is complete and current. */
  readonly status: StreamStatus
  /** Why the status is what it is, for people. */
  readonly reason: string
  /** Since when the status holds, epoch ms. */
  readonly since: number
  /** Status, reason and since together, as of now. */
  readonly state: StreamState
  readonly isLive: boolean
  /** This book, or throws `ERR_BOOK_NOT_LIVE` with the reason. */
  requireLive(): OrderBook

  /** The exchange's id of the last update that is included; null before the first, and where updates follow on by their order of arrival or have no id. */
  readonly sequence: number | null
  /** The exchange's own time of the last update, epoch ms; null where it sends none. */
  readonly exchangeTime: number | null
  /** When the last update arrived here, epoch ms; null before the first. */
  readonly receivedAt: number | null

  readonly bidCount: number
  readonly askCount: number
  /** Price of a level; NaN beyond the last one. */
  bidPrice(index: number): number
  bidSize(index: number): number
  askPrice(index: number): number
  askSize(index: number): number
  /** Size at exactly this price; 0 where there is no such level. */
  sizeAt(side: BookSide, price: number): number

  /** Best bid and ask; null where that side is empty. */
  readonly best: BookTickerData
  /** Lowest ask minus highest bid; null where a side is empty. Negative in a crossed book. */
  readonly spread: number | null
  /** Halfway between best bid and best ask; null where a side is empty. */
  readonly mid: number | null
  /** Whether the best bid is above the best ask: never so in a true book. */
  readonly isCrossed: boolean
  /** Whether best bid and best ask are equal. */
  readonly isLocked: boolean

  /** One level as an object; null beyond the last one. */
  bid(index: number): Level | null
  ask(index: number): Level | null
  /** The texts of a level; null beyond the last one, and everywhere unless the exchange's books are checked by them (`keepDigits`). */
  bidDigits(index: number): LevelDigits | null
  askDigits(index: number): LevelDigits | null
  /** Up to `count` levels of each side, best first. */
  depth(count: number): BookDepth
  /** Walks a side from the best level. Finish within one tick: updates in between move the levels. */
  bids(): IterableIterator<Level>
  asks(): IterableIterator<Level>
  /** Total size from the best level of `side` to `price`, inclusive. */
  volumeTo(side: BookSide, price: number): number
  /** The average price of taking `size` from `side`; null where it does not hold as much, or `size` is not above 0. */
  vwap(side: BookSide, size: number): number | null

  /**
   * The levels that changed after the update `sequence`, oldest first; null where they are not all known any more: then start
   * over from `freeze()`. Always null for a book without a `sequence`. Recording starts with the first call and is bounded (`changeLogSize`).
   */
  changesSince(sequence: number): readonly BookChange[] | null
  /** A copy of this moment that never changes. */
  freeze(): OrderBook
}
