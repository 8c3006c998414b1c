import { expect, test } from 'vitest'
import {
  adjacentRanges,
  type BookRules,
  createStream,
  frameJson,
  type InboundFrame,
  overlappingRanges,
  type ParsedMessage,
  type RestBookRules,
} from '../src/adapter.js'
import {
  type Channel,
  MessageType,
  type OrderBook,
  type Stream,
  tradingPair,
  WebSocketStrategySet,
} from '../src/index.js'
import { acmeStrategies } from './support/acme-exchange.js'
import { type ManagerBench, useAcme } from './support/manager-bench.js'

const acme = useAcme()

const btc = tradingPair('BTC', 'USDT')
const rest: RestBookRules = {
  source: 'rest',
  depth: null,
  continuity: overlappingRanges,
  snapshotLimit: { requests: 10, windowMs: 1_000 },
  fetchSnapshot: () => Promise.resolve({ bids: [1, 1], asks: [2, 1], sequence: 10, exchangeTime: null }),
}
const fromStream: BookRules = {
  source: 'stream',
  depth: null,
  continuity: adjacentRanges,
  snapshotTimeoutMs: 1_000,
  audit: null,
}

type Channels = readonly ['orderbook', 'book_ticker'] | readonly ['book_ticker', 'orderbook']
const bookFirst: Channels = ['orderbook', 'book_ticker']
const quoteFirst: Channels = ['book_ticker', 'orderbook']

/** What a frame of the shared stream says: an update of the book, and with it the quote. */
interface Depth {
  readonly id: number
  readonly kind?: 'snapshot'
}

function depthIn(frame: InboundFrame): Depth | null {
  const json = frameJson(frame)
  const depth = 'value' in json ? (json.value as Partial<Depth & { readonly ack: string }>) : {}
  return typeof depth.id === 'number' && depth.ack === undefined ? (depth as Depth) : null
}

function messagesOf(stream: Stream, { id, kind }: Depth, receivedAt: number): readonly ParsedMessage[] {
  const shared = { stream, symbol: btc, exchangeTime: null, receivedAt, sequence: id, raw: null } as const
  const ids = { firstSequence: id, lastSequence: id, checksum: null, digits: null }
  const data = { kind: kind ?? 'delta', bids: [1, id], asks: [2, id], ...ids } as const
  const quote = { bidPrice: 1, bidSize: 1, askPrice: 2, askSize: 1 }
  return [
    { type: MessageType.Orderbook, channel: 'orderbook', data, ...shared },
    { type: MessageType.BookTicker, channel: 'book_ticker', data: quote, ...shared },
  ]
}

/** A manager on an exchange whose depth stream brings the quote along, and which answers a subscription with a snapshot where the rules say so. */
class Shared {
  readonly bench: ManagerBench
  readonly stream: Stream
  readonly seen: string[] = []

  constructor(rules: BookRules, channels: Channels = bookFirst) {
    const stream = createStream({ id: 'depth:BTC-USDT', channels, instrument: btc, wireChannel: 'd', wireSymbol: null })
    const base = acmeStrategies({ url: acme.venue.url })
    const { messageParser, subscriptionStrategy } = base
    const strategies = new WebSocketStrategySet({
      ...base,
      bookRules: rules,
      subscriptionStrategy: {
        plan: () => [stream],
        createSubscriptionMessages: (...asked) => subscriptionStrategy.createSubscriptionMessages(...asked),
      },
      messageParser: {
        peek: (frame) => (depthIn(frame) === null ? messageParser.peek(frame) : stream),
        parse: (frame) => {
          const depth = depthIn(frame)
          return depth === null ? messageParser.parse(frame) : messagesOf(stream, depth, frame.receivedAt)
        },
      },
    })
    this.stream = stream
    this.bench = acme.build({ strategies })
    this.bench.onMessage = ({ channel, sequence }) => {
      this.seen.push(`${channel} ${sequence}`)
    }
  }

  get book(): OrderBook | null {
    return this.bench.manager.orderBook(btc)
  }

  /** What the exchange was asked for, in order. */
  get asked(): readonly string[] {
    return acme.venue.clients.flatMap(({ requests }) => requests.map(({ op }) => op))
  }

  /** Pushes these and resolves once what the last brings to `channel` was delivered. */
  async deliver(channel: Channel, ...frames: readonly Depth[]): Promise<void> {
    for (const frame of frames) acme.venue.connected[0]?.socket.send(JSON.stringify(frame))
    const last = `${channel} ${frames.at(-1)?.id}`
    await this.bench.until(() => this.seen.includes(last))
  }

  statusOf(channel: Channel): string | undefined {
    return this.bench.manager.streamState(btc, channel)?.status
  }
}

const snapshot = (id: number): Depth => ({ id, kind: 'snapshot' })
const symbols = [btc]

test.each([
  ['rest', rest, bookFirst],
  ['rest', rest, quoteFirst],
  ['stream', fromStream, bookFirst],
  ['stream', fromStream, quoteFirst],
])(
  'a stream that feeds book and quote keeps a book from %s, whichever it names first',
  async (_source, rules, order) => {
    const shared = new Shared(rules, order)
    await shared.bench.manager.initialize({ symbols, channels: ['orderbook', 'book_ticker'] })
    await shared.deliver('book_ticker', snapshot(10), { id: 11 })
    await shared.bench.until(() => shared.book?.isLive === true)
    expect([shared.book?.sequence, shared.statusOf('orderbook'), shared.statusOf('book_ticker')]).toEqual([
      11,
      'live',
      'live',
    ])
  },
)

test.each([
  ['rest', rest],
  ['stream', fromStream],
])('a book from %s ends with the want of its channel, while the quote of the same stream goes on', async (_, rules) => {
  const shared = new Shared(rules)
  await shared.bench.manager.initialize({ symbols, channels: ['orderbook', 'book_ticker'] })
  await shared.deliver('book_ticker', snapshot(10), { id: 11 })
  const held = shared.book
  await shared.bench.manager.unsubscribe(symbols, ['orderbook'])
  expect([held?.status, shared.book, shared.statusOf('orderbook')]).toEqual(['gapped', null, undefined])
  for (let id = 12; id < 20; id += 1) {
    shared.bench.clock.advance(1_000)
    await shared.deliver('book_ticker', { id })
  }
  expect([shared.statusOf('book_ticker'), held?.status, held?.sequence]).toEqual(['live', 'gapped', 11])
  expect([shared.asked, shared.bench.errors]).toEqual([['subscribe'], []])
})

test.each([
  ['rest', rest],
  ['stream', fromStream],
])(
  'where only the quote is wanted of a stream that feeds both, no book from %s is kept or asked for',
  async (_, rules) => {
    let fetched = 0
    const fetchSnapshot: RestBookRules['fetchSnapshot'] = (...asked) => {
      fetched += 1
      return rest.fetchSnapshot(...asked)
    }
    const shared = new Shared(rules.source === 'rest' ? { ...rules, fetchSnapshot } : rules)
    await shared.bench.manager.initialize({ symbols, channels: ['book_ticker'] })
    for (let id = 11; id < 20; id += 1) {
      shared.bench.clock.advance(1_000)
      await shared.deliver('book_ticker', { id })
    }
    expect([shared.book, shared.statusOf('book_ticker'), fetched, shared.asked]).toEqual([
      null,
      'live',
      0,
      ['subscribe'],
    ])
  },
)

test.each([
  ['rest', rest, ['subscribe']],
  ['stream', fromStream, ['subscribe', 'unsubscribe', 'subscribe']],
])('a book from %s that is wanted of a stream under way asks for its snapshot at once', async (_, rules, asked) => {
  const shared = new Shared(rules)
  await shared.bench.manager.initialize({ symbols, channels: ['orderbook', 'book_ticker'] })
  await shared.deliver('book_ticker', snapshot(10), { id: 11 })
  const before = shared.book
  await shared.bench.manager.unsubscribe(symbols, ['orderbook'])
  await shared.bench.manager.subscribe(symbols, ['orderbook'])
  await acme.venue.until(() => shared.asked.length === asked.length)
  await shared.bench.until(() => rules.source === 'rest' || shared.statusOf('book_ticker') === 'syncing')
  await shared.deliver('orderbook', snapshot(20), { id: 21 })
  await shared.bench.until(() => shared.book?.isLive === true)
  expect([shared.asked, shared.book?.sequence, shared.bench.errors]).toEqual([asked, 21, []])
  expect([before?.isLive, before?.sequence, before === shared.book]).toEqual([false, 11, false])
})

test('two order book streams of one instrument are refused before anything is asked for, for they would share a book', async () => {
  const base = acmeStrategies({ url: acme.venue.url })
  const streams = ['5', '50'].map((depth) => {
    const wire = { wireChannel: 'd', wireSymbol: null, params: { depth } }
    return createStream({ id: `depth${depth}:BTC-USDT`, channels: ['orderbook'], instrument: btc, ...wire })
  })
  const subscriptionStrategy = { ...base.subscriptionStrategy, plan: () => streams }
  const build = (): WebSocketStrategySet => new WebSocketStrategySet({ ...base, bookRules: rest, subscriptionStrategy })
  const { manager } = acme.build({ strategies: build() })
  const request = { symbols, channels: ['orderbook'] } as const
  await expect(manager.initialize(request)).rejects.toMatchObject({
    code: 'ERR_INVALID_STRATEGY',
    shortMessage: 'The plan for orderbook holds two streams of BTC/USDT.',
    context: { Streams: 'depth5:BTC-USDT, depth50:BTC-USDT' },
  })
  expect([manager.orderBook(btc), manager.streamStates(), acme.venue.clients.length]).toEqual([null, [], 0])
})
