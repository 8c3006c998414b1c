import type { ManualClock } from '../clock/manual-clock.js'
import { type Instrument, tradingPair } from '../model/instrument.js'
import type { OrderbookMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { FlatLevels, OrderbookData } from '../model/payloads.js'
import type { BookSnapshot } from '../strategy/book-rules.js'
import type { BookSide, OrderBook } from './order-book.js'

/** For tests only: nothing of the library imports this file. */

export const btc: Instrument = tradingPair('BTC', 'USDT')

/** The slow and obvious book: one map a side, sorted whenever somebody looks. */
export class NaiveBook {
  readonly #sides = { bids: new Map<number, number>(), asks: new Map<number, number>() }

  set(side: BookSide, price: number, size: number): void {
    if (size === 0) this.#sides[side].delete(price)
    else this.#sides[side].set(price, size)
  }

  apply(bids: FlatLevels, asks: FlatLevels): void {
    for (let index = 0; index < bids.length; index += 2) {
      this.set('bids', bids[index] as number, bids[index + 1] as number)
    }
    for (let index = 0; index < asks.length; index += 2) {
      this.set('asks', asks[index] as number, asks[index + 1] as number)
    }
  }

  /** Best first, flat. */
  levels(side: BookSide, depth: number = Number.POSITIVE_INFINITY): number[] {
    const direction = side === 'bids' ? -1 : 1
    const sorted = [...this.#sides[side]].sort(([one], [other]) => (one - other) * direction)
    return sorted.slice(0, depth).flat()
  }

  snapshot(sequence: number, depth?: number): BookSnapshot {
    return { bids: this.levels('bids', depth), asks: this.levels('asks', depth), sequence, exchangeTime: null }
  }
}

/** Both sides of a book, best first, flat. */
export function contents(book: OrderBook): { bids: number[]; asks: number[] } {
  return {
    bids: [...book.bids()].flatMap(({ price, size }) => [price, size]),
    asks: [...book.asks()].flatMap(({ price, size }) => [price, size]),
  }
}

/** Composes messages as a parser would, stamped with the clock's time. */
export class MessageMaker {
  readonly #clock: ManualClock
  readonly #symbol: Instrument

  constructor(clock: ManualClock, symbol: Instrument = btc) {
    this.#clock = clock
    this.#symbol = symbol
  }

  change(first: number | null, last: number | null, bids: FlatLevels = [], asks: FlatLevels = []): OrderbookMessage {
    return this.#message({ kind: 'delta', bids, asks, firstSequence: first, lastSequence: last })
  }

  whole(sequence: number | null, bids: FlatLevels = [], asks: FlatLevels = []): OrderbookMessage {
    return this.#message({ kind: 'snapshot', bids, asks, firstSequence: null, lastSequence: sequence })
  }

  #message(data: OrderbookData): OrderbookMessage {
    const receivedAt = this.#clock.now()
    return {
      type: MessageType.Orderbook,
      symbol: this.#symbol,
      channel: 'orderbook',
      data,
      exchangeTime: receivedAt - 20,
      receivedAt,
      sequence: data.lastSequence,
      raw: null,
    }
  }
}

/** REST requests that wait to be answered by the test. */
export class SnapshotDesk {
  readonly requests: {
    readonly symbol: Instrument
    readonly signal: AbortSignal
    readonly answer: (snapshot: BookSnapshot) => void
    readonly refuse: (error: Error) => void
  }[] = []

  readonly fetchSnapshot = (symbol: Instrument, signal: AbortSignal): Promise<BookSnapshot> =>
    new Promise((answer, refuse) => {
      this.requests.push({ symbol, signal, answer, refuse })
    })

  /** Answers the newest request, and lets whoever waits for it run. */
  async answer(snapshot: BookSnapshot): Promise<void> {
    this.requests.at(-1)?.answer(snapshot)
    await settled()
  }

  async refuse(error: Error): Promise<void> {
    this.requests.at(-1)?.refuse(error)
    await settled()
  }
}

/** Resolves once every promise that could go on has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
