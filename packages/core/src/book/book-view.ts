import { StreamError } from '../errors/stream-error.js'
import type { Instrument } from '../model/instrument.js'
import type { Level } from '../model/levels.js'
import type { BookTickerData } from '../model/payloads.js'
import type { StreamState, StreamStatus } from '../model/stream-state.js'
import { ChangeLog } from './change-log.js'
import type { BookChange, BookDepth, BookSide, OrderBook } from './order-book.js'
import type { PriceLevels } from './price-levels.js'

/**
 * What a book knows beside its levels. Numbers that may be absent are NaN: a field that holds only numbers is
 * updated in place, one that may hold null allocates with every update.
 */
export interface BookCondition {
  status: StreamStatus
  reason: string
  since: number
  sequence: number
  exchangeTime: number
  receivedAt: number
}

/** Reads levels that somebody else writes. Holds no way to change them. */
export class BookView implements OrderBook {
  readonly symbol: Instrument
  readonly #bids: PriceLevels
  readonly #asks: PriceLevels
  readonly #condition: Readonly<BookCondition>
  readonly #log: ChangeLog

  constructor(
    symbol: Instrument,
    bids: PriceLevels,
    asks: PriceLevels,
    condition: Readonly<BookCondition>,
    log: ChangeLog,
  ) {
    this.symbol = symbol
    this.#bids = bids
    this.#asks = asks
    this.#condition = condition
    this.#log = log
  }

  get status(): StreamStatus {
    return this.#condition.status
  }

  get reason(): string {
    return this.#condition.reason
  }

  get since(): number {
    return this.#condition.since
  }

  get state(): StreamState {
    const { status, reason, since } = this.#condition
    return { symbol: this.symbol, channel: 'orderbook', status, reason, since }
  }

  get isLive(): boolean {
    return this.#condition.status === 'live'
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
    return new BookView(this.symbol, this.#bids.copy(), this.#asks.copy(), { ...this.#condition }, new ChangeLog(0))
  }

  #side(side: BookSide): PriceLevels {
    return side === 'bids' ? this.#bids : this.#asks
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
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
