import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type BookEvent,
  type ConnectionStateEvent,
  createPublicExchange,
  type FeedMessage,
  type Instrument,
  type OrderBook,
  parseInstrument,
  type StreamError,
  type StreamState,
  SubscriptionError,
  WebSocketManager,
  type WebSocketManagerOptions,
} from '@tapewire/core'
import { frameJson } from '@tapewire/core/adapter'
import { deviantJson, frameOf, ManualClock, sampleJson } from '@tapewire/core/testing'
import { createRandom, type MarketSimulator, startVenueServer, type VenueServer } from '@tapewire/testkit'
import { nimbusSpot } from 'tapewire-exchange-nimbus'
import { type NimbusSpotVenue, nimbusSpotVenue } from 'tapewire-exchange-nimbus/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { candlesReader } from '../../examples/tapewire-exchange-nimbus/src/spot/parsers/candles.js'
import { orderbookReader } from '../../examples/tapewire-exchange-nimbus/src/spot/parsers/orderbook.js'
import { tickerReader } from '../../examples/tapewire-exchange-nimbus/src/spot/parsers/ticker.js'
import { tradesReader } from '../../examples/tapewire-exchange-nimbus/src/spot/parsers/trades.js'
import { NimbusStreams } from '../../examples/tapewire-exchange-nimbus/src/spot/streams.js'
import { PackedProject } from '../src/packed-project.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const btc = parseInstrument('BTC/USDT')
const eth = parseInstrument('ETH/USDT')
const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** Waits until a check holds. */
function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 15_000, interval: 5 })
}

/** Nimbus and a manager on it, and what the manager told. The market stands still unless stepped. */
class Scene {
  readonly server: VenueServer<NimbusSpotVenue>
  readonly manager: WebSocketManager
  readonly messages: FeedMessage[] = []
  readonly books: BookEvent[] = []
  readonly connections: ConnectionStateEvent[] = []
  readonly streams: StreamState[] = []
  readonly errors: StreamError[] = []

  constructor(server: VenueServer<NimbusSpotVenue>, options: Partial<WebSocketManagerOptions>) {
    this.server = server
    this.manager = new WebSocketManager({
      strategies: nimbusSpot.public({ url: server.url, candleIntervals: ['1m', '1h'] }),
      onMessage: (message) => {
        this.messages.push(message)
      },
      onBookEvent: (event) => this.books.push(event),
      onConnectionState: (event) => this.connections.push(event),
      onStreamState: (state) => this.streams.push(state),
      onError: (error) => this.errors.push(error),
      ...options,
    })
    closing.push(
      () => server.close(),
      () => this.manager.close(),
    )
  }

  /** Steps the market, and waits until the books that the manager holds say the same as it. */
  async untilBooksAgree(): Promise<void> {
    for (const pair of [btc, eth]) for (let steps = 0; steps < 40; steps++) this.server.market.step(pair)
    await eventually(() => {
      for (const pair of [btc, eth]) expectTruth(this.manager.orderBook(pair), this.server.market)
    })
  }

  count(channel: string, symbol: Instrument): number {
    return this.messages.filter((message) => message.channel === channel && message.symbol === symbol).length
  }
}

async function openScene(options: Partial<WebSocketManagerOptions> = {}): Promise<Scene> {
  const { clock } = options
  const server = await startVenueServer({ venue: nimbusSpotVenue, pairs: [btc, eth], seed: 7, ...(clock && { clock }) })
  return new Scene(server, options)
}

function expectTruth(book: OrderBook | null, market: MarketSimulator): void {
  expect(book?.status).toBe('live')
  const { bids, asks } = market.book(book!.symbol)
  const numbers = (levels: typeof bids): object[] =>
    levels.map(([price, size]) => ({ price: Number(price), size: Number(size) }))
  expect([...book!.bids()]).toEqual(numbers(bids))
  expect([...book!.asks()]).toEqual(numbers(asks))
}

describe('Nimbus, whose protocol is unlike the others', () => {
  it('brings every channel, tickers and quotes by one stream, and candles of each width by one of their own', async () => {
    const { manager, server, ...scene } = await openScene()
    const seen = (channel: string): FeedMessage[] => scene.messages.filter((message) => message.channel === channel)
    await manager.initialize({ symbols: [btc], channels: ['orderbook', 'trades', 'ticker', 'book_ticker', 'candles'] })
    for (let steps = 0; steps < 100; steps++) server.market.step(btc)
    const lastTrade = server.market.lastTrade(btc)
    await eventually(() => expect(seen('trades').at(-1)?.data).toMatchObject([{ id: String(lastTrade.id) }]))
    expect(seen('trades').at(-1)?.data).toEqual([
      {
        id: String(lastTrade.id),
        price: Number(lastTrade.price),
        size: Number(lastTrade.size),
        side: lastTrade.side,
        time: lastTrade.time,
      },
    ])
    await eventually(() => {
      const best = server.market.book(btc, 1)
      expect(seen('book_ticker').at(-1)?.data).toMatchObject({
        bidPrice: Number(best.bids[0]?.[0]),
        askSize: Number(best.asks[0]?.[1]),
      })
    })
    expect(seen('ticker').at(-1)?.stream).toBe(seen('book_ticker').at(-1)?.stream)
    expect(new Set(seen('candles').map((candle) => candle.stream?.id))).toEqual(
      new Set(['candles_1m:BTC-USDT', 'candles_1h:BTC-USDT']),
    )
    expect(manager.getPerformanceMetrics()).toMatchObject({
      decoderFallbacks: {},
      unknownMessages: 0,
      errorMessages: 0,
    })
    expect(server.failures).toEqual([])
  })

  it('tells only the channel that was asked for of a stream that feeds two', async () => {
    const { manager, server, ...scene } = await openScene()
    await manager.initialize({ symbols: [btc], channels: ['ticker', 'book_ticker'] })
    await manager.unsubscribe([btc], ['ticker'])
    scene.messages.length = 0
    for (let steps = 0; steps < 10; steps++) server.market.step(btc)
    await eventually(() => expect(scene.messages.length).toBeGreaterThan(9))
    expect(new Set(scene.messages.map((message) => message.channel))).toEqual(new Set(['book_ticker']))
  })

  it('keeps books without ids true, with their digits as they were sent', async () => {
    const scene = await openScene()
    await scene.manager.initialize({ symbols: [btc, eth], channels: ['orderbook'] })
    await scene.untilBooksAgree()
    const { sizeDigits } = scene.server.market.precision(btc)
    for (let index = 0; index < 10; index++) {
      expect(scene.manager.orderBook(btc)?.bidDigits(index)?.size.split('.')[1]).toHaveLength(sizeDigits)
    }
    expect(scene.books).toEqual([])
  })

  it('finds a lost update by its checksum, and heals that book alone', async () => {
    const scene = await openScene()
    await scene.manager.initialize({ symbols: [btc, eth], channels: ['orderbook'] })
    await scene.untilBooksAgree()
    scene.streams.length = 0
    scene.server.venue.control.skipUpdates(eth, 5)
    await scene.untilBooksAgree()
    await eventually(() => expect(scene.books.map(({ kind }) => kind)).toContain('resync'))
    expect(scene.books[0]).toMatchObject({ kind: 'gap', symbol: eth })
    expect(new Set(scene.streams.map(({ symbol }) => symbol))).toEqual(new Set([eth]))
  })

  it('refuses one symbol in its own words, while the others of the request stream', async () => {
    const scene = await openScene()
    const refused = await scene.manager
      .initialize({ symbols: [btc, 'FOO/USDT', eth], channels: ['trades'] })
      .catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(SubscriptionError)
    expect((refused as SubscriptionError).rejected).toEqual([
      {
        streamId: 'trades:FOO-USDT',
        symbol: 'FOO/USDT',
        channel: 'trades',
        exchangeCode: 'unknown_symbol',
        reason: 'no such market: FOO-USDT',
      },
    ])
    await eventually(() => {
      for (const pair of [btc, eth]) scene.server.market.step(pair)
      expect(Math.min(scene.count('trades', btc), scene.count('trades', eth))).toBeGreaterThan(0)
    })
  })

  it('names a symbol that was never answered beside one that was refused', async () => {
    const scene = await openScene({ config: { acknowledgementTimeoutMs: 500 } })
    scene.server.faults.rewrite((data) => (String(data).includes('"symbol":"ETH-USDT","ok":true') ? [] : [data]))
    const failed = await scene.manager
      .initialize({ symbols: [btc, 'FOO/USDT', eth], channels: ['trades'] })
      .catch((error: unknown) => error)
    expect((failed as SubscriptionError).rejected.map(({ symbol, reason }) => [symbol, reason])).toEqual([
      ['FOO/USDT', 'no such market: FOO-USDT'],
      ['ETH/USDT', 'no acknowledgement in time'],
    ])
  })

  it('takes the nameless answer for what was subscribed before, and a refusal beside it for a refusal', async () => {
    const scene = await openScene()
    await scene.manager.initialize({ symbols: [btc], channels: ['trades'] })
    await scene.manager.sendMessage({ id: 0, op: 'subscribe', channel: 'trades', symbols: ['ETH-USDT'] })
    const refused = await scene.manager.subscribe([eth, 'FOO/USDT']).catch((error: unknown) => error)
    expect((refused as SubscriptionError).rejected.map(({ symbol }) => symbol)).toEqual(['FOO/USDT'])
    expect(scene.manager.streamState(eth, 'trades')).not.toBeNull()
  })

  it('restores every stream after a cut', async () => {
    const scene = await openScene()
    const channels = ['orderbook', 'trades', 'ticker', 'book_ticker', 'candles'] as const
    await scene.manager.initialize({ symbols: [btc, eth], channels })
    await scene.untilBooksAgree()
    scene.server.faults.terminateAll()
    await eventually(() => expect(scene.connections.at(-2)?.state).toBe('reconnecting'))
    await eventually(() => expect(scene.connections.at(-1)?.state).toBe('connected'))
    scene.messages.length = 0
    await eventually(() => expect(scene.manager.streamState(eth, 'orderbook')?.status).toBe('live'))
    await scene.untilBooksAgree()
    await eventually(() => {
      scene.server.market.step(eth)
      for (const channel of channels) expect(scene.count(channel, eth)).toBeGreaterThan(0)
    })
  })

  it('answers what Nimbus wants answered, lives by its heartbeats, and is replaced when they cease', async () => {
    const clock = new ManualClock()
    const scene = await openScene({ clock })
    const ready = scene.manager.initialize({ symbols: [btc], channels: ['trades'] })
    await eventually(() => expect(scene.server.clients).toBe(1))
    await ready
    const second = async (): Promise<void> => {
      clock.advance(1_000)
      for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve))
    }
    for (let seconds = 0; seconds < 30; seconds++) await second()
    expect(scene.connections.map(({ state }) => state)).toEqual(['connecting', 'connected'])
    scene.server.venue.control.silenceHeartbeats()
    for (let seconds = 0; seconds < 10; seconds++) await second()
    expect(scene.connections[2]).toMatchObject({ state: 'reconnecting', error: { code: 'ERR_CONNECTION_TIMEOUT' } })
  })

  it('refuses options it does not have, with the likely meaning', async () => {
    const options = { candleInterval: ['1m'] }
    const feed = createPublicExchange({ exchange: nimbusSpot, symbols: [btc], options: options as object })
    await expect(feed).rejects.toMatchObject({
      code: 'ERR_UNSUPPORTED_OPTION',
      shortMessage: expect.stringContaining('did you mean candleIntervals?'),
    })
  })
})

describe('its fast readers', () => {
  const streams = new NimbusStreams(['1m'])
  const readers = [
    tradesReader(streams.trades),
    tickerReader(streams.ticker),
    orderbookReader(streams.book),
    candlesReader(streams.candles),
  ]

  it.each(readers.map((reader) => [reader.type, reader] as const))('read a %s as the reference does', (_, reader) => {
    const random = createRandom(11)
    let read = 0
    for (let cases = 0; cases < 1_000; cases++) {
      const make = cases % 2 === 0 ? sampleJson : deviantJson
      // The samples are spelled as other exchanges do it, and of intervals that are none.
      const text = make(reader.declaration, random)
        .replace(/"symbol":"[^"]*"/, '"symbol":"BTC-USDT"')
        .replace(/"interval":"[^"]*"/, '"interval":"1m"')
      const frame = frameOf(text, 0)
      if (!reader.scan(frame.bytes, frame.start, frame.end)) continue
      const fast = reader.compose(0)
      expect(fast, text).not.toBeNull()
      const json = frameJson(frame)
      expect(json).toHaveProperty('value')
      expect(reader.load('value' in json ? json.value : null), text).toBeNull()
      expect(reader.compose(0), text).toEqual(fast)
      read++
    }
    expect(read).toBeGreaterThan(499)
  })
})

describe('its package, in a folder where there is nothing but tarballs', () => {
  let project: PackedProject

  beforeAll(async () => {
    project = new PackedProject()
    await Promise.all(['core', 'testkit'].map((name) => project.installOurs(join(root, 'packages', name))))
    await project.installAdapter(join(root, 'examples/tapewire-exchange-nimbus'))
  }, 120_000)

  afterAll(() => project.remove())

  /** Starts Nimbus, opens a feed by its name, compares a book with the market's, loses an update, waits until it is well again. */
  const program = `
    import { createPublicExchange, parseInstrument } from '@tapewire/core'
    import { startVenueServer } from '@tapewire/testkit'
    import { nimbusSpotVenue } from 'tapewire-exchange-nimbus/testing'

    const pairs = [parseInstrument('BTC/USDT'), parseInstrument('ETH/USDT')]
    const server = await startVenueServer({ venue: nimbusSpotVenue, pairs, intervalMs: 1 })
    const events = []
    const feed = await createPublicExchange({
      exchange: 'nimbus_spot', symbols: pairs, channels: ['trades', 'orderbook'], options: { url: server.url },
      on: { book: ({ kind, symbol }) => events.push(kind + ' of ' + symbol) },
    })
    for await (const { data } of feed.messages({ channel: 'trades' })) { console.log('trade', typeof data[0].price); break }
    for (const pair of pairs) await feed.awaitBook(pair)
    server.venue.control.skipUpdates(pairs[1], 5)
    while (!events.some((event) => event.startsWith('resync'))) await new Promise((resolve) => setTimeout(resolve, 5))
    server.market.stop()
    const truth = JSON.stringify(server.market.book(pairs[1]).bids.map(([price]) => Number(price)))
    while (truth !== JSON.stringify([...feed.orderBook(pairs[1]).bids()].map(({ price }) => price))) await new Promise((resolve) => setTimeout(resolve, 5))
    console.log(events.join(', '))
    await feed.close()
    await server.close()`

  it('runs a feed with books, found by its name', async () => {
    const run = project.run('application.js', program)
    expect(await run.ended, run.output()).toBe(0)
    expect(run.output()).toBe('trade number\ngap of ETH/USDT, resync of ETH/USDT\n')
  })

  it('can be required', async () => {
    const code = `
      const { WebSocketManager } = require('@tapewire/core')
      const { exchanges } = require('tapewire-exchange-nimbus')
      console.log(new WebSocketManager({ strategies: exchanges[0].public() }).exchange)`
    const run = project.run('application.cjs', code)
    expect(await run.ended, run.output()).toBe(0)
    expect(run.output()).toBe('nimbus_spot\n')
  })

  it('has its classes called as they are exported, in stacks and in what is printed', async () => {
    const code = `
      import { inspect } from 'node:util'
      import * as core from '@tapewire/core'
      const classes = Object.entries(core).filter(([, value]) => /^class /.test(String(value)))
      console.log(classes.length > 0, classes.filter(([name, value]) => value.name !== name).map(([name]) => name).join())
      console.log(inspect(new core.SubscriptionError('ERR_SUBSCRIPTION_REJECTED', 'acme_spot', [], 0)).split(':')[0])`
    const run = project.run('classes.js', code)
    expect(await run.ended, run.output()).toBe(0)
    expect(run.output()).toBe('true \nSubscriptionError\n')
  })
})
