import { ManualClock } from '../clock/manual-clock.js'
import { dataMessage } from '../decode/compose-message.js'
import type { StreamError } from '../errors/stream-error.js'
import type { Channel } from '../model/channel.js'
import type { GapEvent } from '../model/gap-event.js'
import { type Instrument, tradingPair } from '../model/instrument.js'
import type { DataMessage, FeedMessage } from '../model/message.js'
import type { OrderBook } from '../model/order-book.js'
import type { ExecutionData, OrderData, PublicTrade } from '../model/payloads.js'
import { createStream, type Stream, type StreamStatus, stateOf, type TrackedStream } from '../model/stream.js'
import type { BackfillPage, BackfillRequest, BackfillRules } from '../strategy/backfill.js'
import { createEnv } from '../strategy/env.js'
import type { GapOutcomeOf } from '../strategy/gap-outcome.js'
import { Backfiller } from './backfiller.js'
import { Gaps } from './gaps.js'

export const btc: Instrument = tradingPair('BTC', 'USDT')
export const eth: Instrument = tradingPair('ETH', 'USDT')

/** When the benches begin, epoch ms. */
export const start = 1_000_000_000

/** A stream of one channel; that of an account has no instrument. */
export function streamOf(channel: Channel, instrument: Instrument | null = btc): Stream {
  const stream = createStream({
    id: `${channel}:${instrument ?? 'account'}`,
    channels: [channel],
    instrument,
    wireChannel: channel,
    wireSymbol: null,
  })
  const tracked = stream as TrackedStream
  tracked.wanted = 0xffff
  return stream
}

export function tradeMessage(stream: Stream, trades: readonly Partial<PublicTrade>[], receivedAt: number): DataMessage {
  const whole = trades.map(
    (trade): PublicTrade => ({ id: null, price: 1, size: 1, side: 'buy', time: receivedAt, ...trade }),
  )
  return dataMessage<'trades'>(stream, stream.instrument, whole, null, receivedAt, null)
}

export function executionMessage(
  stream: Stream,
  execution: Partial<ExecutionData>,
  time: number,
  symbol: Instrument = btc,
): DataMessage {
  const data: ExecutionData = {
    id: '1',
    orderId: '1',
    clientId: null,
    side: 'buy',
    price: '1',
    size: '1',
    quoteSize: null,
    fee: null,
    feeAsset: null,
    liquidity: null,
    time,
    ...execution,
  }
  return dataMessage<'executions'>(stream, symbol, data, time, time, null)
}

export function orderMessage(stream: Stream, order: Partial<OrderData>, time: number): DataMessage {
  const data: OrderData = {
    id: '1',
    clientId: null,
    side: 'buy',
    type: 'limit',
    timeInForce: 'gtc',
    status: 'open',
    price: '1',
    triggerPrice: null,
    size: '10',
    filledSize: '0',
    remainingSize: null,
    averagePrice: null,
    createdAt: time,
    updatedAt: time,
    ...order,
  }
  return dataMessage<'orders'>(stream, btc, data, time, time, null)
}

/** Lets promises that are settled run their course. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve))
}

/** Gaps on a clock that stands still, of an exchange whose REST API is a function. */
export class GapBench {
  readonly clock: ManualClock = new ManualClock(start)
  readonly events: GapEvent[] = []
  /** What the user was told. */
  readonly told: FeedMessage[] = []
  readonly requests: BackfillRequest[] = []
  readonly errors: StreamError[] = []
  /** Answers a request for a page; the whole of nothing at first. */
  answer: (request: BackfillRequest, cursor: string | null) => BackfillPage | Promise<BackfillPage> = () => pageOf([])
  /** What the user's handler does. */
  handle: (message: FeedMessage) => unknown = () => undefined
  /** The times of the last update of each stream's book. */
  readonly books: Map<Stream, Pick<OrderBook, 'exchangeTime' | 'receivedAt'>> = new Map()
  readonly gaps: Gaps

  constructor(rules: Partial<BackfillRules> | null = {}, gapOutcome: GapOutcomeOf | null = null) {
    const env = createEnv({ clock: this.clock, random: () => 0 })
    const backfiller =
      rules === null
        ? null
        : new Backfiller({
            rules: {
              channels: ['trades', 'executions', 'orders'],
              identity: 'id',
              isPerInstrument: false,
              limit: { requests: 100, windowMs: 10_000 },
              fetchPage: async (request, cursor) => {
                this.requests.push(request)
                return this.answer(request, cursor)
              },
              ...rules,
            },
            env,
            messageTimeoutMs: 5_000,
            deliver: (message) => this.#tell(message),
            report: (error) => this.errors.push(error),
          })
    this.gaps = new Gaps({
      exchange: 'acme_spot',
      env,
      backfiller,
      gapOutcome,
      bookOf: (stream) => this.books.get(stream) ?? null,
      tell: (event) => this.events.push(event),
    })
  }

  /** The state of a stream is this from now on. */
  set(stream: Stream, status: StreamStatus, reason = 'connection lost'): void {
    const tracked = stream as TrackedStream
    tracked.status = status
    tracked.reason = reason
    tracked.since = this.clock.now()
    this.gaps.onState(stateOf(stream))
  }

  /** A message of the stream, as the manager hands it on. */
  push(message: DataMessage): void {
    if (message.stream.status !== 'live') this.set(message.stream, 'live', 'delivering')
    const rest = (message.stream as TrackedStream).memory?.admit(message) ?? null
    if (rest !== null) this.#tell(rest)
  }

  /** Its connection is lost, and it is accepted again after so long. */
  lose(stream: Stream, durationMs: number): void {
    this.set(stream, 'gapped')
    this.clock.advance(durationMs)
    this.set(stream, 'syncing', 'waiting for the first message')
    this.gaps.onAccepted([stream])
  }

  /** Until what was missed has been looked for. */
  async lookBack(): Promise<void> {
    this.clock.advance(1_000)
    await settled()
  }

  #tell(message: FeedMessage): unknown {
    this.told.push(message)
    return this.handle(message)
  }
}

export function pageOf(messages: readonly DataMessage[], next: string | null = null, reachesBack = true): BackfillPage {
  return { messages, next, reachesBack }
}
