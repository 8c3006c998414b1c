import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createPublicExchange,
  type ExchangeFeed,
  type FeedMessage,
  type Instrument,
  MessageType,
  type OrderBook,
  parseInstrument,
  type Stream,
  type StreamError,
  type WebSocketStrategySet,
} from '@tapewire/core'
import {
  BookRegistry,
  type BookRules,
  createEnv,
  type MessageParser,
  malformedFrame,
  type ParsedMessage,
} from '@tapewire/core/adapter'
import { deviantJson, frameOf, ManualClock, sampleJson } from '@tapewire/core/testing'
import { createRandom, type MarketTrade, startVenueServer, type VenueServer } from '@tapewire/testkit'
import fc from 'fast-check'
import { acmeSpot } from 'tapewire-exchange-acme'
import { type AcmeSpotVenue, acmeSpotVenue, emulations } from 'tapewire-exchange-acme/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pushReaders } from '../../examples/tapewire-exchange-acme/src/parser.js'
import { InstalledProject } from '../src/installed-project.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const acmeFolder = join(root, 'examples/tapewire-exchange-acme')
const pairs = ['BTC/USDT', 'ETH/USDT'].map(parseInstrument)
const [btc, eth] = pairs as [Instrument, Instrument]

describe('an exchange that is not ours', () => {
  let server: VenueServer
  const tradesSeen = new Map<string, MarketTrade>()

  beforeAll(async () => {
    server = await startVenueServer({ venue: acmeSpotVenue, pairs: [btc], intervalMs: 1 })
    server.market.listen((event) => {
      if (event.kind === 'trade') tradesSeen.set(String(event.id), event)
    })
  })

  afterAll(() => server.close())

  it('is found by its name in an installed package, and streams what its market trades', async () => {
    const options = { exchange: 'acme_spot', options: { url: server.url } }
    const seen = (await outcome(options, [{ folder: acmeFolder }])) as { trade: { id: string } }
    const truth = tradesSeen.get(seen.trade.id) as MarketTrade
    expect(seen).toEqual({
      exchange: 'acme_spot',
      symbol: 'BTC/USDT',
      trade: {
        id: String(truth.id),
        price: Number(truth.price),
        size: Number(truth.size),
        side: truth.side,
        time: truth.time,
      },
    })
  })

  it('is found in a package of any name that is told', async () => {
    const options = { exchange: 'acme_spot', packageName: '@somebody/streams', options: { url: server.url } }
    expect(await outcome(options, [{ folder: acmeFolder, name: '@somebody/streams' }])).toMatchObject({
      exchange: 'acme_spot',
      symbol: 'BTC/USDT',
    })
  })

  it('is refused with how to find, install or write one where no package has it', async () => {
    expect(await outcome({ exchange: 'acme_spot' }, [])).toEqual({
      code: 'ERR_EXCHANGE_NOT_INSTALLED',
      hint: expect.stringMatching(
        /^Where there is a package for it: npm install @tapewire\/exchange-acme, or .*To write one: https:/,
      ),
    })
  })

  it('is refused with the likely meaning where its package has another', async () => {
    expect(await outcome({ exchange: 'acme_spott' }, [{ folder: acmeFolder }])).toEqual({
      code: 'ERR_UNKNOWN_EXCHANGE',
      hint: 'Did you mean acme_spot? It has acme_spot.',
    })
  })

  it('is refused for a channel it does not have, naming those it has', async () => {
    const options = { exchange: 'acme_spot', channels: ['trades', 'candles'], options: { url: server.url } }
    expect(await outcome(options, [{ folder: acmeFolder }])).toEqual({
      code: 'ERR_UNSUPPORTED_CHANNEL',
      hint: 'It has trades, book_ticker, orderbook.',
    })
  })
})

/** A program that opens a feed, prints the first trade as JSON or the error it got, and closes. */
function program(options: Readonly<Record<string, unknown>>): string {
  return `
    import { createPublicExchange } from '@tapewire/core'
    try {
      const feed = await createPublicExchange(${JSON.stringify({ symbols: ['BTC/USDT'], channels: ['trades'], ...options })})
      for await (const { symbol, data } of feed.messages()) {
        console.log(JSON.stringify({ exchange: feed.exchange, symbol, trade: data[0] }))
        break
      }
      await feed.close()
    } catch ({ code, hint }) {
      console.log(JSON.stringify({ code, hint }))
    }`
}

/** What such a program prints in a folder with core and these packages installed. */
async function outcome(
  options: Readonly<Record<string, unknown>>,
  packages: readonly { folder: string; name?: string }[],
): Promise<unknown> {
  const project = new InstalledProject()
  try {
    project.install(join(root, 'packages/core'))
    for (const { folder, ...options } of packages) project.install(folder, options)
    const run = project.run('application.ts', program(options))
    expect(await run.ended).toBe(0)
    return JSON.parse(run.output())
  } finally {
    project.remove()
  }
}

describe('its feed', () => {
  let server: VenueServer<AcmeSpotVenue>
  const feeds: ExchangeFeed[] = []

  beforeEach(async () => {
    server = await startVenueServer({ venue: acmeSpotVenue, pairs, seed: 7 })
  })

  afterEach(async () => {
    await Promise.all(feeds.splice(0).map((feed) => feed.close()))
    await server.close()
    expect(server.failures).toEqual([])
  })

  async function open(channels: readonly ('trades' | 'book_ticker' | 'orderbook')[]): Promise<ExchangeFeed> {
    const feed = await createPublicExchange({
      exchange: acmeSpot,
      symbols: pairs,
      channels,
      options: { url: server.url },
    })
    feeds.push(feed)
    return feed
  }

  function step(times: number): void {
    for (let count = 0; count < times; count += 1) server.market.step()
  }

  /** The book once it holds what the market does now; the market stands still meanwhile. */
  async function settled(feed: ExchangeFeed, pair: Instrument): Promise<OrderBook> {
    await feed.awaitBook(pair)
    const truth = truthOf(server, pair)
    await expect.poll(() => levelsOf(feed.orderBook(pair)), { timeout: 15_000 }).toEqual(truth)
    return feed.orderBook(pair) as OrderBook
  }

  it('keeps books equal to the market, to the depth that the exchange keeps', async () => {
    const feed = await open(['orderbook'])
    for (let round = 0; round < 20; round += 1) {
      step(50)
      for (const pair of pairs) {
        const book = await settled(feed, pair)
        expect([book.isLive, book.bidCount, book.askCount, book.sequence]).toEqual([true, 25, 25, null])
      }
    }
    expect(feed.getPerformanceMetrics()).toMatchObject({ gaps: 0, decoderFallbacks: {} })
  })

  it.each(['spoilChecksum', 'skipUpdates'] as const)('gaps and heals one book alone after %s', async (fault) => {
    const feed = await open(['orderbook'])
    step(20)
    for (const pair of pairs) await settled(feed, pair)
    const events: string[] = []
    const gapped = new Promise<void>((resolve) => {
      feed.on('stream', ({ symbol, status }) => {
        events.push(`${symbol} ${status}`)
        if (status === 'gapped') resolve()
      })
    })
    server.venue.control[fault](btc)
    step(200)
    await gapped
    for (const pair of pairs) await settled(feed, pair)
    expect(events).toEqual(['BTC/USDT gapped', 'BTC/USDT live'])
  })

  it('reads the pushes of a new connection by its own numbers', async () => {
    const feed = await open(['trades', 'book_ticker', 'orderbook'])
    step(20)
    for (const pair of pairs) await settled(feed, pair)
    server.faults.terminateAll()
    await expect.poll(() => server.clientsSeen, { timeout: 15_000 }).toBe(2)
    step(20)
    const unknown: FeedMessage[] = []
    feed.on('message', (message) => {
      if (message.type === MessageType.Unknown) unknown.push(message)
    })
    for (const pair of pairs) await settled(feed, pair)
    step(20)
    for (const pair of pairs) await settled(feed, pair)
    expect(unknown).toEqual([])
  })
})

describe('its answers', () => {
  let server: VenueServer<AcmeSpotVenue>
  let feed: ExchangeFeed

  beforeEach(async () => {
    server = await startVenueServer({ venue: acmeSpotVenue, pairs, seed: 7 })
    const options = { url: server.url }
    feed = await createPublicExchange({ exchange: acmeSpot, symbols: [btc], channels: ['trades'], options })
  })

  afterEach(async () => {
    await feed.close()
    await server.close()
  })

  it('refuse one stream, and leave the others of its request active', async () => {
    server.venue.control.refusePair(eth)
    const request = feed.subscribe(pairs, ['book_ticker', 'trades'])
    await expect(request).rejects.toMatchObject({
      code: 'ERR_SUBSCRIPTION_REJECTED',
      rejected: [
        { streamId: 'quotes.ETH-USDT', symbol: 'ETH/USDT', exchangeCode: '404', reason: 'no such market' },
        { streamId: 'trades.ETH-USDT', symbol: 'ETH/USDT', exchangeCode: '404', reason: 'no such market' },
      ],
    })
    const active = feed.manager.streamStates().map(({ stream }) => stream.id)
    expect(active.sort()).toEqual(['quotes.BTC-USDT', 'trades.BTC-USDT'])
  })

  it('may come late, one by one', async () => {
    server.venue.control.delayAcks(50)
    await feed.subscribe(pairs, ['book_ticker', 'orderbook'])
    expect(feed.getPerformanceMetrics().connections[0]).toMatchObject({ streams: 5, activeStreams: 5 })
    await feed.awaitBook(eth)
  })
})

describe('its parser', () => {
  const strategies = (): WebSocketStrategySet => acmeSpot.public()

  /** A parser that was told the numbers 1 to 3, and the streams that they are of. */
  function connected(): { parser: MessageParser; streams: readonly Stream[] } {
    const { subscriptionStrategy, messageParser } = strategies()
    const channels = ['trades', 'book_ticker', 'orderbook'] as const
    const streams = channels.flatMap((channel) =>
      subscriptionStrategy.plan({ channel, instruments: [btc], candleIntervals: null }),
    )
    const parser = messageParser.forConnection?.() ?? messageParser
    for (const [index, { id }] of streams.entries()) {
      parser.parse(frameOf(JSON.stringify({ op: 'subscribe', id: 1, stream: id, number: index + 1 })))
    }
    return { parser, streams }
  }

  it.each(['trades', 'book_ticker', 'orderbook'] as const)(
    'reads %s from the bytes as the reference does',
    (channel) => {
      const { parser, streams } = connected()
      const index = streams.findIndex((stream) => stream.channel === channel)
      const { shape } = pushReaders[channel] as (typeof pushReaders)['trades'] & object
      const withNumber = (json: string): string =>
        json.replace(/^(\s*\{\s*"number":\s*)("[^"]*"|[^,\s]+)/, `$1${index + 1}`)
      fc.assert(
        fc.property(fc.integer(), fc.constantFrom(sampleJson, deviantJson), (seed, make) => {
          const json = withNumber(make(shape.declaration, createRandom(seed)))
          expect(parser.parse(frameOf(json, 1))).toEqual(parser.parse(frameOf(`${json} `, 1)))
        }),
      )
      const sample = withNumber(sampleJson(shape.declaration, createRandom(1)))
      const before = fallbacksOf(parser)
      parser.parse(frameOf(sample, 1))
      expect(fallbacksOf(parser)).toBe(before)
      parser.parse(frameOf(` ${sample}`, 1))
      expect(fallbacksOf(parser)).toBe(before + 1)
    },
  )

  it('tells at a look whose push it is, and control from both', () => {
    const { parser, streams } = connected()
    expect(parser.peek(frameOf('{"number":2,"time":1,"id":45,"bid":null,"ask":null}'))).toBe(streams[1])
    expect(parser.peek(frameOf('{"number":9,"time":1}'))).toBeNull()
    expect(parser.peek(frameOf('{"op":"pong","time":1}'))).toBe('control')
  })

  it('lays a push that cannot be read at the door of its stream alone', () => {
    const { parser, streams } = connected()
    const [, , book] = streams
    expect(parser.parse(frameOf('{"number":3,"time":1,"kind":"update"}', 7))).toEqual(
      malformedFrame(7, 'books: bids is missing.', { stream: book ?? null }),
    )
  })

  it('knows no number that another connection was told', () => {
    const { parser } = connected()
    const other = parser.forConnection?.()
    expect(other?.parse(frameOf('{"number":1,"time":1,"trades":[]}'))).toMatchObject({ type: MessageType.Unknown })
  })

  it('takes an answer without a stream for one to the whole request', () => {
    const { parser } = connected()
    const frame = frameOf('{"op":"subscribe","id":4,"code":413,"text":"at most 50 streams a request"}')
    const refusal = { exchangeCode: '413', reason: 'at most 50 streams a request' }
    expect(parser.parse(frame)).toMatchObject({ data: { requestId: 4, accepted: [], rejected: [], others: refusal } })
  })

  it('never throws, whatever the bytes', () => {
    const { parser } = connected()
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        parser.peek(frameOf(text))
        expect(parser.parse(frameOf(text))).toHaveProperty('type')
      }),
    )
  })
})

function fallbacksOf({ fallbacks }: MessageParser): number {
  return [...(fallbacks?.values() ?? [])].reduce((sum, count) => sum + count, 0)
}

describe('its protocol, as the guide shows it', () => {
  const guide = readFileSync(join(root, 'docs/writing-an-adapter.md'), 'utf8')
  const frames = [...guide.matchAll(/^← (.*)$/gm)].map(([, text = '']) => text)

  it('is read frame by frame', () => {
    const { messageParser } = acmeSpot.public()
    const parser = messageParser.forConnection?.() ?? messageParser
    const messages = frames.map((text) => parser.parse(frameOf(text)) as ParsedMessage)
    const { SubscriptionConfirm, Orderbook, Trades, Heartbeat, Other } = MessageType
    const types = [...Array(3).fill(SubscriptionConfirm), Orderbook, Trades, Orderbook, Heartbeat, Heartbeat, Other]
    expect(messages.map(({ type }) => type)).toEqual(types)
    expect(fallbacksOf(parser)).toBe(0)
  })

  it('has checksums that its rules find right', () => {
    const { messageParser, bookRules, subscriptionStrategy } = acmeSpot.public()
    const parser = messageParser.forConnection?.() ?? messageParser
    const gaps: unknown[] = []
    const [stream] = subscriptionStrategy.plan({ channel: 'orderbook', instruments: [btc], candleIntervals: null })
    const registry = new BookRegistry({
      rules: bookRules as BookRules,
      env: createEnv({ clock: new ManualClock() }),
      listener: { onGap: (gap) => void gaps.push(gap) },
      resubscribe: async () => {},
    })
    const book = registry.track(stream as Stream)
    for (const text of frames) {
      const message = parser.parse(frameOf(text)) as ParsedMessage
      if (message.type === MessageType.Orderbook) registry.apply(message)
    }
    expect([gaps, book.isLive, book.askSize(0)]).toEqual([[], true, 0.396])
  })
})

describe('its emulation', () => {
  const [emulation] = emulations

  it('accepts what a replayed session is asked for, and leaves it to the recorded answers to tell the numbers', () => {
    const request = JSON.stringify({ op: 'subscribe', id: 7, streams: ['trades.BTC-USDT'] })
    const answers = emulation?.acknowledge(request, 0)
    expect(answers).toEqual(['{"op":"subscribe","id":7,"stream":"trades.BTC-USDT"}'])
    const skipped = ['{"op":"pong","time":1}', String(answers?.[0]), '{"number":1,"time":1,"trades":[]}'].map(
      (content) => emulation?.isControl({ content }),
    )
    expect(skipped).toEqual([true, false, false])
  })
})

describe('its connection', () => {
  it('answers the pings of the server, and is answered, through ten minutes without data', async () => {
    const clock = new ManualClock()
    const server = await startVenueServer({ venue: acmeSpotVenue, pairs, clock })
    const errors: StreamError[] = []
    const feed = await createPublicExchange({
      exchange: acmeSpot,
      symbols: [btc],
      channels: ['trades'],
      options: { url: server.url },
      clock,
      on: { error: (error) => void errors.push(error) },
    })
    for (let passed = 0; passed < 600_000; passed += 5_000) {
      clock.advance(5_000)
      // Two answers behind whatever was sent before: by then every ping has its pong.
      await feed.subscribe([eth], ['book_ticker'])
      await feed.unsubscribe([eth], ['book_ticker'])
    }
    expect([errors, server.clientsSeen]).toEqual([[], 1])
    await feed.close()
    await server.close()
  })
})

/** A live book, as far as it goes; null for any other. */
function levelsOf(book: OrderBook | null): unknown {
  if (book === null || !book.isLive) return null
  const { bids, asks } = book.depth(25)
  return [bids, asks].map((side) => side.map(({ price, size }) => [price, size]))
}

function truthOf({ market }: VenueServer, pair: Instrument): unknown {
  const { bids, asks } = market.book(pair, 25)
  return [bids, asks].map((side) => side.map(([price, size]) => [Number(price), Number(size)]))
}
