import type { Channel, Instrument, WebSocketManager } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, gateio } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'

const pairs = [btc, eth]

afterEach(closeScenes)

type ExchangeOptions = Readonly<Record<string, unknown>>

interface Client {
  readonly scene: Scene
  readonly manager: WebSocketManager
  readonly record: FeedRecord
  /** Whether a ping waits for its pong. */
  isPinging: boolean
}

/** A second passes, in which something is traded on these markets; of what they push some has arrived before it is over. */
async function second({ scene, record }: Client, living: readonly Instrument[]): Promise<void> {
  const { length } = record.messages
  const { market } = scene.server
  for (const pair of living) while (!market.step(pair).some(({ kind }) => kind === 'trade'));
  scene.clock.advance(500)
  await scene.until(() => record.messages.length > length)
  scene.clock.advance(500)
  await new Promise<void>((resolve) => setImmediate(resolve))
}

async function seconds(client: Client, count: number, living: readonly Instrument[] = pairs): Promise<void> {
  for (let passed = 0; passed < count; passed += 1) await second(client, living)
}

/** Seconds pass in which nothing happens, and every ping is answered. */
async function quietSeconds(client: Client, count: number): Promise<void> {
  for (let passed = 0; passed < count; passed += 1) {
    await pong(client)
    client.scene.clock.advance(1_000)
  }
}

/** Resolves once no ping is on its way. */
async function pong(client: Client): Promise<void> {
  while (client.isPinging && client.manager.isConnected()) await new Promise<void>((resolve) => setImmediate(resolve))
}

/** Seconds pass, two minutes of them at most. */
async function secondsUntil(client: Client, condition: () => boolean): Promise<void> {
  for (let passed = 0; passed < 120 && !condition(); passed += 1) await second(client, pairs)
  expect(condition()).toBe(true)
}

async function start(scene: Scene, channels: readonly Channel[], options: ExchangeOptions = {}): Promise<Client> {
  const { manager, record } = scene.manager({}, options)
  const client = { scene, manager, record, isPinging: false }
  manager.tapFrames(({ direction, data }) => {
    if (direction === 'out' && /ping/i.test(String(data))) client.isPinging = true
    else if (/pong/i.test(String(data))) client.isPinging = false
  })
  await manager.initialize({ symbols: pairs, channels })
  return client
}

/** A manager whose streams have shown for so long that something comes in each second. */
async function open(
  scene: Scene,
  channels: readonly Channel[],
  forSeconds = 130,
  options: ExchangeOptions = {},
): Promise<Client> {
  const client = await start(scene, channels, options)
  const { manager } = client
  await seconds(client, forSeconds)
  expect(manager.streamStates().every(({ status }) => status === 'live')).toBe(true)
  return client
}

/** What the venue was asked for since then, pings aside. */
function asked(scene: Scene, since: number): readonly string[] {
  return scene.seen.messages
    .map(({ text }) => text)
    .filter((text) => !/ping/i.test(text))
    .slice(since)
}

const isAbout = (text: string): boolean => /ETH_?USDT/.test(text) && !/BTC/.test(text)
const told = (record: FeedRecord, channel: Channel) =>
  record.streams.filter((state) => state.symbol === eth && state.channel === channel)

describe.each(exchanges)('streams of $title that stall while pongs and others go on', (exchange) => {
  it('are noticed, told, asked for again each alone, and live again', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const client = await open(scene, ['trades', 'book_ticker'])
    const { manager, record } = client
    const before = asked(scene, 0).length
    scene.venue.control.stallStreams(eth, 'asked-again')
    const { length } = record.streams
    await secondsUntil(
      client,
      () => told(record, 'trades').at(-1)?.status === 'gapped' || asked(scene, before).length === 2,
    )
    await secondsUntil(client, () => manager.streamStates().every(({ status }) => status === 'live'))
    expect(record.streams.slice(length).every(({ symbol }) => symbol === eth)).toBe(true)
    const reason = expect.stringMatching(
      /^nothing came for \d+ ms, where the longest quiet was \d+ ms before: asked for again$/,
    )
    expect(told(record, 'book_ticker').slice(2)).toMatchObject([{ status: 'stale', reason }, { status: 'live' }])
    // A quote that was missed does not count any more; a trade does.
    expect(told(record, 'trades').slice(2)).toMatchObject([
      { status: 'stale', reason },
      { status: 'live' },
      { status: 'gapped', reason: expect.stringMatching(/^it came back \d+ ms after it fell silent.*may be missing$/) },
      { status: 'live' },
    ])
    const requests = asked(scene, before)
    expect([requests.length, requests.every(isAbout)]).toEqual([2, true])
    expect(manager.getPerformanceMetrics()).toMatchObject({
      streamProbes: 2,
      silentConnections: 0,
      reconnectionCount: 0,
    })
    expect([record.errors, scene.seen.sessions.length]).toEqual([[], 1])
  })

  it('and that asking does not help are subscribed anew, and their book is true', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const client = await open(scene, ['orderbook'], 310)
    const { manager, record } = client
    scene.venue.control.stallStreams(eth, 'subscribed-anew')
    await secondsUntil(client, () => manager.orderBook(eth)?.status === 'stale')
    await secondsUntil(client, () => manager.orderBook(eth)?.status === 'gapped')
    await secondsUntil(client, () => manager.orderBook(eth)?.status === 'live')
    await seconds(client, 3)
    expect(told(record, 'orderbook').slice(-3)).toMatchObject([
      { status: 'stale' },
      { status: 'gapped', reason: expect.stringMatching(/: subscribed anew$/) },
      { status: 'live' },
    ])
    await scene.expectTrueBooks(manager, pairs)
    expect([record.errors, scene.seen.sessions.length]).toEqual([[], 1])
  })
})

describe.each(exchanges)('a book of $title that is not known for busy, and whose stream stalls', (exchange) => {
  it('is subscribed anew where its snapshot over REST has gone on, and is true', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const client = await open(scene, ['orderbook'])
    const { manager, record } = client
    scene.venue.control.stallStreams(eth, 'subscribed-anew')
    const { length } = scene.seen.requests
    await secondsUntil(client, () => manager.orderBook(eth)?.status === 'gapped')
    await secondsUntil(client, () => manager.orderBook(eth)?.status === 'live')
    await scene.expectTrueBooks(manager, pairs)
    // One look at the book, and one snapshot for it.
    expect([scene.seen.requests.length - length, record.errors]).toEqual([2, []])
  })
})

describe('a book stream of Gate.io that stalls, and is there already, as it says', () => {
  it('is subscribed anew, and its book is true', async () => {
    const scene = await Scene.open(gateio, { pairs })
    const client = await open(scene, ['orderbook'], 310, { orderbookChannel: 'obu' })
    const { manager, record } = client
    scene.venue.control.stallStreams(eth, 'asked-again')
    await secondsUntil(client, () => manager.orderBook(eth)?.status === 'gapped')
    await secondsUntil(client, () => manager.orderBook(eth)?.status === 'live')
    await scene.expectTrueBooks(manager, pairs)
    expect([record.errors, scene.seen.sessions.length]).toEqual([[], 1])
  })
})

describe.each(exchanges)('a connection to $title on which nothing comes any more', (exchange) => {
  it('is replaced though pongs go on, everything is live again, and the books are true', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const client = await open(scene, ['orderbook', 'trades'])
    const { manager, record } = client
    scene.venue.control.stallStreams(null, 'reconnected')
    const told = record.streams.length
    await quietSeconds(client, 11)
    expect(record.connections.find(({ state }) => state === 'reconnecting')?.error).toMatchObject({
      code: 'ERR_CONNECTION_SILENT',
      message: expect.stringContaining('Nothing came on any stream'),
    })
    expect(record.streams.slice(told, told + 4).map(({ status, reason }) => `${status}: ${reason}`)).toEqual(
      Array(4).fill('gapped: connection lost (ERR_CONNECTION_SILENT)'),
    )
    await scene.live(() => manager.streamStates().every(({ status }) => status === 'live'))
    await scene.expectTrueBooks(manager, pairs)
    expect(manager.getPerformanceMetrics()).toMatchObject({
      streamProbes: 0,
      silentConnections: 1,
      reconnectionCount: 1,
    })
  })
})

describe.each(exchanges)('a quiet pair of $title', (exchange) => {
  it('is left alone', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const client = await start(scene, ['trades'])
    for (let times = 0; times < 6; times += 1) {
      await seconds(client, 1)
      await seconds(client, 40, [btc])
    }
    expect(client.record.streams.map(({ status }) => status)).toEqual(['syncing', 'syncing', 'live', 'live'])
    expect(client.manager.getPerformanceMetrics()).toMatchObject({ streamProbes: 0, silentConnections: 0 })
  })
})
