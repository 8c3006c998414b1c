import { StreamError } from '../errors/stream-error.js'
import { showAs } from '../model/inspection.js'
import type { Instrument } from '../model/instrument.js'
import type { Level } from '../model/levels.js'
import type { BookChange, BookDepth, BookSide, LevelDigits, OrderBook } from '../model/order-book.js'
import type { BookTickerData } from '../model/payloads.js'
import type { Stream, StreamState, StreamStatus } from '../model/stream.js'
import { ChangeLog } from './change-log.js'
import type { PriceLevels } from './price-levels.js'
import type { SideDigits } from './side-digits.js'

/**
 * What a book knows beside its levels. Numbers that may be absent are NaN: a field that holds only numbers is
 * updated in place, one that may hold null allocates with every update.
 */
export interface BookCondition {
  sequence: number
  exchangeTime: number
  receivedAt: number
  /** Whether the book can be trusted: its stream for as long as the book is kept, because their state is the same. */
  standing: BookStanding
}

export type BookStanding = Pick<Stream, 'status' | 'reason' | 'since'>

/** One of something for each side of a book. */
export interface BookSides<Each> {
  readonly bids: Each
  readonly asks: Each
}

/** Reads levels that somebody else writes. Holds no way to change them. */
export class BookView implements OrderBook {
  readonly stream: Stream
  readonly symbol: Instrument
  readonly #bids: PriceLevels
  readonly #asks: PriceLevels
  readonly #condition: Readonly<BookCondition>
  readonly #log: ChangeLog
  readonly #digits: BookSides<SideDigits> | null

  constructor(
    stream: Stream,
    bids: PriceLevels,
    asks: PriceLevels,
    condition: Readonly<BookCondition>,
    log: ChangeLog,
    digits: BookSides<SideDigits> | null,
  ) {
    this.stream = stream
    this.symbol = stream.instrument as Instrument
    this.#bids = bids
    this.#asks = asks
    this.#condition = condition
    this.#log = log
    this.#digits = digits
  }

  get status(): StreamStatus {
    return this.#condition.standing.status
  }

  get reason(): string {
    return this.#condition.standing.reason
  }

  get since(): number {
    return this.#condition.standing.since
  }

  get state(): StreamState {
    const { status, reason, since } = this.#condition.standing
    return { stream: this.stream, symbol: this.symbol, channel: 'orderbook', status, reason, since }
  }

  get isLive(): boolean {
    return this.#condition.standing.status === 'live'
  }

  requireLive(): OrderBook {
    if (this.isLive) return this
    throw new StreamError('ERR_BOOK_NOT_LIVE', `The order book of ${this.symbol} is ${this.status}, not live.`, {
      context: { Symbol: this.symbol.name, Status: this.status, Reason: this.reason },
      hint: 'Wait until it is live before acting on it.',
    })
  }

  get sequence(): number | null {
    return orNull(this.#condition.sequence)
  }

  get exchangeTime(): number | null {
    return orNull(this.#condition.exchangeTime)
  }

  get receivedAt(): number | null {
    return orNull(this.#condition.receivedAt)
  }

  get bidCount(): number {
    return this.#bids.count
  }

  get askCount(): number {
    return this.#asks.count
  }

  bidPrice(index: number): number {
    return this.#bids.price(index)
  }

  bidSize(index: number): number {
    return this.#bids.size(index)
  }

  askPrice(index: number): number {
    return this.#asks.price(index)
  }

  askSize(index: number): number {
    return this.#asks.size(index)
  }

  sizeAt(side: BookSide, price: number): number {
    return this.#side(side).sizeAt(price)
  }

  get best(): BookTickerData {
    return {
      bidPrice: orNull(this.#bids.price(0)),
      bidSize: orNull(this.#bids.size(0)),
      askPrice: orNull(this.#asks.price(0)),
      askSize: orNull(this.#asks.size(0)),
    }
  }

  get spread(): number | null {
    return orNull(this.#asks.price(0) - this.#bids.price(0))
  }

  get mid(): number | null {
    return orNull((this.#asks.price(0) + this.#bids.price(0)) / 2)
  }

  get isCrossed(): boolean {
    return this.#bids.price(0) > this.#asks.price(0)
  }

  get isLocked(): boolean {
    return this.#bids.price(0) === this.#asks.price(0)
  }

  bid(index: number): Level | null {
    return levelAt(this.#bids, index)
  }

  ask(index: number): Level | null {
    return levelAt(this.#asks, index)
  }

  bidDigits(index: number): LevelDigits | null {
    return this.#digits?.bids.at(this.#bids.price(index)) ?? null
  }

  askDigits(index: number): LevelDigits | null {
    return this.#digits?.asks.at(this.#asks.price(index)) ?? null
  }

  depth(count: number): BookDepth {
    return { bids: [...walk(this.#bids, count)], asks: [...walk(this.#asks, count)] }
  }

  bids(): IterableIterator<Level> {
    return walk(this.#bids, Number.POSITIVE_INFINITY)
  }

  asks(): IterableIterator<Level> {
    return walk(this.#asks, Number.POSITIVE_INFINITY)
  }

  volumeTo(side: BookSide, price: number): number {
    return this.#side(side).volumeTo(price)
  }

  vwap(side: BookSide, size: number): number | null {
    return size > 0 ? orNull(this.#side(side).averagePrice(size)) : null
  }

  changesSince(sequence: number): readonly BookChange[] | null {
    return this.#log.changesSince(sequence, this.#condition.sequence)
  }

  freeze(): OrderBook {
    const [bids, asks] = [this.#bids.copy(), this.#asks.copy()]
    const digits = this.#digits && { bids: this.#digits.bids.copy(), asks: this.#digits.asks.copy() }
    const { status, reason, since } = this.#condition.standing
    const standing = { status, reason, since }
    return new BookView(this.stream, bids, asks, { ...this.#condition, standing }, new ChangeLog(0), digits)
  }

  #side(side: BookSide): PriceLevels {
    if (side === 'bids') return this.#bids
    if (side === 'asks') return this.#asks
    // The other side's prices would be taken for an answer.
    throw new StreamError('ERR_INVALID_CONFIG', `A side of a book is bids or asks, not ${String(side)}.`)
  }
}

showAs(BookView.prototype, inspectBook)

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

/** `OrderBook BTC/USDT live 90000.1 x 0.5 | 90000.2 x 0.3 (100 + 100 levels, sequence 123)`, with the reason where it is not live. */
function inspectBook(book: OrderBook): string {
  const { symbol, isLive, status, reason, sequence, bidCount, askCount } = book
  const why = isLive ? '' : ` (${reason})`
  const last = sequence === null ? '' : `, sequence ${sequence}`
  const touch = `${levelText(book.bid(0))} | ${levelText(book.ask(0))}`
  return `OrderBook ${symbol} ${status}${why} ${touch} (${bidCount} + ${askCount} levels${last})`
}

function levelText(level: Level | null): string {
  return level === null ? 'none' : `${level.price} x ${level.size}`
}

function levelAt(levels: PriceLevels, index: number): Level | null {
  const price = levels.price(index)
  return Number.isNaN(price) ? null : { price, size: levels.size(index) }
}

function* walk(levels: PriceLevels, limit: number): Generator<Level> {
  for (let index = 0; index < limit && index < levels.count; index += 1) {
    yield { price: levels.price(index), size: levels.size(index) }
  }
}
