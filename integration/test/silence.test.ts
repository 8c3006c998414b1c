import type { Channel, Instrument, WebSocketManager } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, gateio } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'
import { TradeTruth, toldTrades } from '../src/scene/trade-truth.js'

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

describe.each(exchanges)('trades of $title of a pair that stall while those of another go on', (exchange) => {
  /** Trades that come in each second, but are not known for busy; of the last seconds each was told. */
  async function openThin() {
    const scene = await Scene.open(exchange, { pairs })
    const client = await open(scene, ['trades'])
    const { record } = client
    const truth = new TradeTruth(scene.server.market)
    const before = toldTrades(record.messages).length
    /** Every trade since was told, once, whichever way it came. */
    const expectAllTold = async (): Promise<void> => {
      await scene.idle(scene.until(() => toldTrades(record.messages).length >= before + truth.happened.length))
      await scene.idle(Promise.resolve())
      expect([...toldTrades(record.messages)].slice(before).sort()).toEqual([...truth.happened].sort())
    }
    const looks = (): number =>
      scene.seen.requests.filter(({ url }) => /aggTrades|spot\/trades/.test(url.pathname)).length
    return { client, ...client, looks, expectAllTold }
  }

  it('are asked for again, looked at over REST, subscribed anew, and made up for: each trade is told once', async () => {
    const { scene, client, record, looks, expectAllTold } = await openThin()
    scene.venue.control.stallStreams(eth, 'subscribed-anew')
    await secondsUntil(client, () => told(record, 'trades').at(-1)?.status === 'gapped')
    expect(looks()).toBe(1)
    await secondsUntil(client, () => record.gaps.length === 1)
    expect(told(record, 'trades').slice(-4)).toMatchObject([
      { status: 'stale' },
      { status: 'gapped', reason: expect.stringMatching(/: subscribed anew$/) },
      { status: 'syncing' },
      { status: 'live' },
    ])
    await expectAllTold()
    expect(record.gaps).toMatchObject([
      {
        symbol: eth,
        channel: 'trades',
        action: 'backfilled',
        fault: null,
        reason: expect.stringMatching(/: subscribed anew$/),
      },
    ])
    expect(record.gaps[0]?.backfilled).toBeGreaterThanOrEqual(20)
    expect([record.errors, scene.seen.sessions.length]).toEqual([[], 1])
  })

  it('and come back once they are asked for are made up for, from the last one before', async () => {
    const { scene, client, record, expectAllTold } = await openThin()
    scene.venue.control.stallStreams(eth, 'asked-again')
    await secondsUntil(client, () => record.gaps.length === 1)
    await expectAllTold()
    expect(record.gaps).toMatchObject([
      { symbol: eth, action: 'backfilled', reason: expect.stringContaining('it came back') },
    ])
    expect(record.gaps[0]?.backfilled).toBeGreaterThanOrEqual(9)
  })

  it('are not taken for stalled where REST has nothing newer: the pair is quiet, and live', async () => {
    const { client, record, manager, looks, expectAllTold } = await openThin()
    const { length } = told(record, 'trades')
    await seconds(client, 30, [btc])
    await seconds(client, 2)
    await expectAllTold()
    expect(told(record, 'trades').slice(length)).toMatchObject([
      { status: 'stale', reason: expect.stringMatching(/: asked for again$/) },
      { status: 'live', reason: expect.stringMatching(/: the exchange has nothing newer$/) },
      { status: 'live', reason: 'delivering' },
    ])
    expect([looks(), record.gaps, manager.getPerformanceMetrics().streamProbes]).toEqual([1, [], 1])
  })

  it('stay as they are while REST cannot be asked', async () => {
    const { scene, client, record, looks } = await openThin()
    scene.venue.control.blockRest('firewall')
    scene.venue.control.stallStreams(eth, 'subscribed-anew')
    await seconds(client, 60)
    expect(told(record, 'trades').at(-1)).toMatchObject({
      status: 'stale',
      reason: expect.stringMatching(/: asked for again, and acknowledged; once more in \d+ ms$/),
    })
    // The limit of REST is waited for, ten seconds in all.
    expect(looks()).toBeLessThanOrEqual(4)
    expect(record.gaps).toEqual([])
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
