import type { ManualClock } from '../clock/manual-clock.js'
import { chooseLogger } from '../config/logger.js'
import { type Instrument, tradingPair } from '../model/instrument.js'
import type { OrderbookMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { BookSide, OrderBook } from '../model/order-book.js'
import type { FlatLevels, OrderbookData } from '../model/payloads.js'
import { TrackedStream } from '../model/stream.js'
import type { BookSnapshot } from '../strategy/book-rules.js'
import type { StrategyEnv } from '../strategy/env.js'

/** For tests only: nothing of the library imports this file. */

export const btc: Instrument = tradingPair('BTC', 'USDT')

const streams = new Map<Instrument, TrackedStream>()

/** The stream that feeds the book of an instrument: the same at every call. */
export function bookStream(instrument: Instrument = btc): TrackedStream {
  const known = streams.get(instrument)
  if (known !== undefined) return known
  const id = `books:${instrument}`
  const stream = new TrackedStream({ id, channels: ['orderbook'], instrument, wireChannel: 'books', wireSymbol: null })
  streams.set(instrument, stream)
  return stream
}

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

/** What a message carries for a checksum. */
type Proof = Pick<OrderbookData, 'checksum' | 'digits'>

const unproven: Proof = { checksum: null, digits: null }

/** What a registry is given beside its rules: the test's time, and no chance. */
export function quietEnv(clock: ManualClock): Omit<StrategyEnv, 'signal'> {
  const socket = { handshakeTimeoutMs: 1_000, maxPayloadBytes: 1_024, agent: undefined, transport: 'walker' } as const
  return { clock, random: () => 0, log: chooseLogger(undefined), report: () => {}, socket }
}

/** Composes messages as a parser would, stamped with the clock's time. */
export class MessageMaker {
  readonly #clock: ManualClock
  readonly #symbol: Instrument

  constructor(clock: ManualClock, symbol: Instrument = btc) {
    this.#clock = clock
    this.#symbol = symbol
  }

  change(
    first: number | null,
    last: number | null,
    bids: FlatLevels = [],
    asks: FlatLevels = [],
    proof: Proof = unproven,
  ): OrderbookMessage {
    return this.#message({ kind: 'delta', bids, asks, firstSequence: first, lastSequence: last, ...proof })
  }

  whole(
    sequence: number | null,
    bids: FlatLevels = [],
    asks: FlatLevels = [],
    proof: Proof = unproven,
  ): OrderbookMessage {
    return this.#message({ kind: 'snapshot', bids, asks, firstSequence: null, lastSequence: sequence, ...proof })
  }

  #message(data: OrderbookData): OrderbookMessage {
    const receivedAt = this.#clock.now()
    return {
      type: MessageType.Orderbook,
      stream: bookStream(this.#symbol),
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

/** REST snapshots that come when the test says so. */
export class ManualSnapshots {
  readonly requests: {
    readonly symbol: Instrument
    readonly signal: AbortSignal
    readonly answer: (snapshot: BookSnapshot) => void
    readonly refuse: (error: Error) => void
  }[] = []

  readonly fetchSnapshot = (symbol: Instrument, { signal }: Pick<StrategyEnv, 'signal'>): Promise<BookSnapshot> =>
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
