import { MessageType, parseInstrument, type WebSocketStrategySet } from '@tapewire/core'
import {
  BookRegistry,
  type BookRules,
  type BookSnapshot,
  createEnv,
  type MessageParser,
  type ParsedMessage,
  systemClock,
} from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { type BookChange, createRandom, MarketSimulator, randomInteger, type TextLevel } from '@tapewire/testkit'
import { NaiveBook } from './naive-book.js'

/** One channel's way to put a run of book changes on the wire. */
interface Wire {
  readonly strategies: WebSocketStrategySet
  /** One frame with the changes of ids `firstId` to `lastId`. */
  frame(change: MergedChange): Buffer | string
  /** One frame with the whole book, where the stream brings it; null where REST does. */
  image(market: MarketSimulator): string | null
}

interface MergedChange {
  readonly firstId: number
  readonly lastId: number
  readonly time: number
  readonly bids: readonly TextLevel[]
  readonly asks: readonly TextLevel[]
}

/** The book streams of both exchanges whose changes follow on each other. MEXC's `limit.depth` is whole in every message. */
export type BookStream = 'gateio_spot order_book_update' | 'gateio_spot obu' | 'mexc_spot aggre.depth'

export interface OracleOptions {
  readonly stream: BookStream
  /** Book changes to run. */
  readonly updates: number
  readonly seed: number
  /** One frame in so many is lost; 0 loses none. */
  readonly loseOneIn: number
  readonly onProgress?: (done: number) => void
}

/** What a run found. */
export interface OracleResult {
  readonly updates: number
  readonly frames: number
  readonly lost: number
  /** Losses that showed in the very next frame. */
  readonly noticed: number
  /** Whole books compared with the oracle, and how many of them differed. */
  readonly comparisons: number
  readonly differences: number
}

const pair = parseInstrument('BTC/USDT')
/** Fewer levels a side than any stream covers, so that trimming never takes what the market still has. */
const levels = 90
/** Whole books are compared this often; the touch after every frame. */
const framesBetweenComparisons = 50

/**
 * Runs the market simulator's changes through an exchange's wire format, parser, book rule and book, and through a map, and compares the two. Bytes in, books out:
 * nothing is taken from the simulator but the changes and the snapshots.
 */
export async function runBookOracle(options: OracleOptions): Promise<OracleResult> {
  const { updates, seed, loseOneIn, onProgress } = options
  const random = createRandom(seed)
  const market = new MarketSimulator({ pairs: [pair], seed, levels })
  const oracle = new NaiveBook(market.book(pair))
  const wire = wires[options.stream]()
  const { messageParser } = wire.strategies
  const registry = registryOf(wire.strategies.bookRules, () => snapshotOf(market))
  const [stream] = wire.strategies.subscriptionStrategy.plan({
    channel: 'orderbook',
    instruments: [pair],
    candleIntervals: null,
  })
  if (stream === undefined) throw new Error('the exchange has a stream for the book')
  const book = registry.track(stream)
  registry.confirm([pair])
  /** Resolves once the book is live; where the stream brings the snapshot, after the turn in which the book has asked for it. */
  const recovered = async (): Promise<void> => {
    await nextTurn()
    const image = wire.image(market)
    if (image !== null) deliver(messageParser, image, registry.apply.bind(registry))
    await registry.awaitBook(pair)
  }
  await recovered()
  const result = { updates: 0, frames: 0, lost: 0, noticed: 0, comparisons: 0, differences: 0 }
  const compare = (): void => {
    result.comparisons += 1
    if (!oracle.equals(book)) result.differences += 1
  }
  while (result.updates < updates) {
    const changes = nextChanges(market, randomInteger(random, 1, 5))
    for (const change of changes) oracle.apply(change)
    result.updates += changes.length
    result.frames += 1
    if (loseOneIn > 0 && result.frames % loseOneIn === 0) {
      result.lost += 1
      const next = nextChanges(market, 1)
      for (const change of next) oracle.apply(change)
      result.updates += next.length
      result.frames += 1
      deliver(messageParser, wire.frame(merge(next)), registry.apply.bind(registry))
      if (!book.isLive) result.noticed += 1
      await recovered()
      compare()
      continue
    }
    deliver(messageParser, wire.frame(merge(changes)), registry.apply.bind(registry))
    if (!oracle.touchEquals(book)) result.differences += 1
    if (result.frames % framesBetweenComparisons === 0) compare()
    if (result.frames % 100_000 === 0) {
      onProgress?.(result.updates)
      // A turn of the event loop: a run of minutes must not hold up whoever watches it.
      await nextTurn()
    }
  }
  compare()
  registry.close()
  return result
}

function registryOf(rules: BookRules | null, snapshot: () => BookSnapshot): BookRegistry {
  if (rules === null) throw new Error('the oracle runs streams that have books')
  const isRest = rules.source === 'rest'
  return new BookRegistry({
    rules: isRest
      ? { ...rules, snapshotLimit: { requests: 1e6, windowMs: 1 }, fetchSnapshot: async () => snapshot() }
      : rules,
    env: createEnv({
      // Retries must not wait; the wait for a snapshot in the stream, which is longer than any of them, must.
      clock: {
        ...systemClock,
        setTimer: (delayMs, callback) => systemClock.setTimer(delayMs < longestRetryMs ? 0 : delayMs, callback),
      },
      random: () => 0,
    }),
    resubscribe: async (_stream, onEnded) => onEnded(),
  })
}

const longestRetryMs = 5_000

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

function snapshotOf(market: MarketSimulator): BookSnapshot {
  const { bids, asks, lastId, time } = market.book(pair)
  const flat = (side: readonly TextLevel[]): number[] => side.flatMap(([price, size]) => [Number(price), Number(size)])
  return { bids: flat(bids), asks: flat(asks), sequence: lastId, exchangeTime: time }
}

function nextChanges(market: MarketSimulator, count: number): readonly BookChange[] {
  return Array.from({ length: count }, () => market.step(pair)).flatMap((events) =>
    events.filter((event): event is BookChange => event.kind === 'book'),
  )
}

/** Several changes in one frame: later sizes win. */
function merge(changes: readonly BookChange[]): MergedChange {
  const first = changes[0] as BookChange
  const last = changes.at(-1) as BookChange
  const sides = { bids: new Map<string, string>(), asks: new Map<string, string>() }
  for (const change of changes) {
    for (const [price, size] of change.bids) sides.bids.set(price, size)
    for (const [price, size] of change.asks) sides.asks.set(price, size)
  }
  return {
    firstId: first.firstId,
    lastId: last.lastId,
    time: last.time,
    bids: [...sides.bids],
    asks: [...sides.asks],
  }
}

function deliver(
  parser: MessageParser,
  content: Buffer | string,
  apply: (message: Extract<ParsedMessage, { type: typeof MessageType.Orderbook }>) => void,
): void {
  const parsed = parser.parse(frameOf(content, systemClock.now()))
  if (Array.isArray(parsed)) throw new Error('one frame holds one book message')
  const message = parsed as ParsedMessage
  if (message.type !== MessageType.Orderbook)
    throw new Error(`the parser made ${JSON.stringify(message)} of a book frame`)
  apply(message)
}

const wires: Readonly<Record<BookStream, () => Wire>> = {
  'gateio_spot order_book_update': () => ({
    strategies: gateioSpot.public(),
    frame: ({ firstId, lastId, time, bids, asks }) =>
      gateioPush('spot.order_book_update', time, {
        t: time,
        e: 'depthUpdate',
        E: Math.floor(time / 1000),
        s: 'BTC_USDT',
        U: firstId,
        u: lastId,
        b: bids,
        a: asks,
      }),
    image: () => null,
  }),
  'gateio_spot obu': () => ({
    strategies: gateioSpot.public({ orderbookChannel: 'obu', orderbookDepth: 400 }),
    frame: ({ firstId, lastId, time, bids, asks }) =>
      gateioPush('spot.obu', time, {
        t: time,
        s: 'ob.BTC_USDT.400',
        U: firstId,
        u: lastId,
        // A side without changes is left out.
        ...(bids.length > 0 && { b: bids }),
        ...(asks.length > 0 && { a: asks }),
      }),
    image: (market) => {
      const { bids, asks, lastId, time } = market.book(pair)
      return gateioPush('spot.obu', time, { t: time, full: true, s: 'ob.BTC_USDT.400', u: lastId, b: bids, a: asks })
    },
  }),
  'mexc_spot aggre.depth': () => ({
    strategies: mexcSpot.public(),
    frame: ({ firstId, lastId, time, bids, asks }) => {
      const channel = 'spot@public.aggre.depth.v3.api.pb'
      const level = ([price, size]: TextLevel): Buffer => Buffer.concat([field(1, price), field(2, size)])
      const body = Buffer.concat([
        ...asks.map((ask) => field(1, level(ask))),
        ...bids.map((bid) => field(2, level(bid))),
        field(3, `${channel}@100ms`),
        field(4, String(firstId)),
        field(5, String(lastId)),
      ])
      const time6 = Buffer.concat([varint(6 * 8), varint(time)])
      return Buffer.concat([field(1, `${channel}@100ms@BTCUSDT`), field(3, 'BTCUSDT'), time6, field(313, body)])
    },
    image: () => null,
  }),
}

function gateioPush(channel: string, time: number, result: object): string {
  return JSON.stringify({ time: Math.floor(time / 1000), time_ms: time, channel, event: 'update', result })
}

/** A length-delimited protobuf field. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) | 128)
  }
}
