import {
  type FeedMessage,
  type GapEvent,
  type Instrument,
  MessageType,
  type WebSocketManagerOptions,
} from '@tapewire/core'
import type { FillEvent, MarketTrade, OrderEvent } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, mexc } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'

afterEach(closeScenes)

/** A trade, a fill or an order state without what the exchanges name differently. */
const keyOf = (symbol: Instrument, ...rest: readonly unknown[]): string => `${symbol} ${rest.join(' ')}`

/** The public trades that were delivered of what happened after `since`. */
function tradesTold({ messages }: FeedRecord, since: number): readonly string[] {
  return messages
    .filter((message) => message.type === MessageType.Trades)
    .flatMap(({ symbol, data }) => data.map((trade) => ({ ...trade, symbol, time: Math.floor(trade.time ?? 0) })))
    .filter(({ time }) => time > since)
    .map(({ symbol, time, price, size, side }) => keyOf(symbol, time, price, size, side))
    .sort()
}

/** The market's trades from now on, as they ought to be told. */
function recordTrades({ server }: Scene): readonly string[] {
  const trades: string[] = []
  server.market.listen((event) => {
    if (event.kind !== 'trade') return
    const { pair, time, price, size, side }: MarketTrade = event
    trades.push(keyOf(pair, time, Number(price), Number(size), side))
  })
  return trades
}

const isBackfilled = (message: FeedMessage): boolean => message.backfilled === true

/** Ends every connection, lets the market live for a while, and the clients come back. */
async function cut(scene: Scene, durationMs: number): Promise<void> {
  const until = scene.clock.now() + durationMs
  scene.server.faults.refuseConnections(503)
  scene.server.faults.terminateAll()
  await scene.live(() => scene.clock.now() >= until)
  scene.server.faults.acceptConnections()
}

describe.each(exchanges)('a gap of market data of $title', (exchange) => {
  async function open(options: Partial<WebSocketManagerOptions> = {}) {
    const scene = await Scene.open(exchange, { pairs: [btc, eth], levels: 8 })
    const { manager, record } = scene.manager(options)
    await manager.initialize({ symbols: [btc, eth], channels: ['trades'] })
    const since = scene.clock.now()
    scene.clock.advance(10)
    const trades = recordTrades(scene)
    await scene.live(() => trades.length >= 20)
    return { scene, manager, record, trades, since }
  }

  /** Until everything that happened was told. */
  async function settle({ scene, record, trades, since }: Awaited<ReturnType<typeof open>>): Promise<void> {
    await scene.idle(scene.until(() => tradesTold(record, since).length >= trades.length))
    await scene.idle(Promise.resolve())
    expect(tradesTold(record, since)).toEqual([...trades].sort())
  }

  it('by a lost connection is made up for: every trade is told, once, and those of the gap are marked', async () => {
    const subject = await open()
    const { scene, manager, record } = subject
    await cut(scene, 2_000)
    await scene.live(() => record.gaps.length === 2)
    await settle(subject)
    const marked = record.messages.filter(isBackfilled)
    expect(marked.length).toBeGreaterThan(10)
    for (const gap of record.gaps) {
      expect(gap).toMatchObject({ channel: 'trades', action: 'backfilled', fault: null })
      expect(gap.reason).toContain('connection lost')
      expect(gap.to).toBeGreaterThan(gap.from)
    }
    expect(record.gaps.reduce((sum, { backfilled }) => sum + backfilled, 0)).toBe(marked.length)
    expect(manager.getPerformanceMetrics()).toMatchObject({
      streamGaps: 2,
      lostGaps: 0,
      backfilledMessages: marked.length,
    })
    expect(record.logged('gap')).toHaveLength(2)
  })

  it('is made up for after another one, whatever comes between', async () => {
    const subject = await open()
    for (let round = 1; round <= 3; round += 1) {
      await cut(subject.scene, 300)
      await subject.scene.live(() => subject.record.logged('recovered').length === round)
    }
    await subject.scene.live(() => subject.record.gaps.length >= 2)
    await settle(subject)
  })

  it('that the exchange answers with nothing but refusals is told as lost, and costs the live stream nothing', async () => {
    const subject = await open()
    const { scene, record } = subject
    scene.venue.control.blockRest('rate-limit')
    await cut(scene, 500)
    await scene.idle(scene.until(() => record.gaps.length === 2))
    for (const gap of record.gaps) {
      expect(gap).toMatchObject({ action: 'lost', backfilled: 0, fault: expect.stringContaining('ERR_') })
    }
    expect(record.messages.some(isBackfilled)).toBe(false)
    const before = record.messages.length
    await scene.live(() => record.messages.length > before + 5)
  })

  it('that is longer than the exchange remembers is told as made up for in part', async () => {
    const subject = await open()
    const { scene, record } = subject
    scene.server.faults.refuseConnections(503)
    scene.server.faults.terminateAll()
    const { market } = scene.server
    const first = market.lastTrade(btc).id
    while (market.lastTrade(btc).id < first + 1_500) {
      for (let step = 0; step < 10; step += 1) market.step(btc)
      scene.clock.advance(1)
    }
    scene.server.faults.acceptConnections()
    await scene.live(() => record.gaps.length === 2)
    const gaps = new Map<Instrument | null, GapEvent>(record.gaps.map((gap) => [gap.symbol, gap]))
    expect(gaps.get(btc)).toMatchObject({
      action: 'partly-backfilled',
      fault: expect.stringContaining('does not go back'),
    })
    expect(gaps.get(btc)?.backfilled).toBeGreaterThan(500)
    expect(gaps.get(eth)).toMatchObject({ action: 'backfilled', fault: null })
  })

  it('by dropped messages is made up for: every trade is told, once', async () => {
    const subject = await open({ config: { overflowPolicy: 'drop-oldest', maxPendingMessages: 3 } })
    const { scene, record } = subject
    record.isSlow = true
    for (let burst = 0; burst < 5; burst += 1) {
      // Trades are pushed at once, or in a message for each interval.
      for (let interval = 0; interval < 10; interval += 1) {
        for (let step = 0; step < 20; step += 1) scene.server.market.step(btc)
        scene.clock.advance(100)
      }
      await scene.live(() => record.drops.length > burst)
    }
    record.isSlow = false
    await scene.live(() => record.gaps.length > 0)
    await settle(subject)
    for (const gap of record.gaps) expect(gap).toMatchObject({ reason: 'a message was dropped', action: 'backfilled' })
  })

  it('of a book is told as resynchronised once it is live again', async () => {
    const scene = await Scene.open(exchange, { pairs: [btc, eth], levels: 8 })
    const { feed, record } = await scene.publicFeed({ symbols: [btc, eth], channels: ['orderbook'] })
    await scene.live(() => feed.orderBook(btc)?.isLive === true && feed.orderBook(eth)?.isLive === true)
    scene.venue.control.skipUpdates(btc)
    await scene.live(() => record.gaps.length === 1)
    expect(record.gaps).toMatchObject([
      { channel: 'orderbook', symbol: btc, reason: 'an update is missing', action: 'resynchronised', fault: null },
    ])
    expect(feed.orderBook(btc)?.isLive).toBe(true)
  })

  it('is none where what was whole is unsubscribed: nothing is told, and nothing counted', async () => {
    const scene = await Scene.open(exchange, { pairs: [btc, eth], levels: 8 })
    const channels = ['orderbook', 'trades', 'candles'] as const
    const { feed, record } = await scene.publicFeed({ symbols: [btc, eth], channels })
    await scene.live(() => feed.orderBook(btc)?.isLive === true && feed.orderBook(eth)?.isLive === true)
    const gapped: unknown[] = []
    feed.on('stream', (state) => state.status === 'gapped' && gapped.push(state))
    const book = feed.orderBook(btc)
    await scene.idle(feed.unsubscribe([btc], ['orderbook']))
    await scene.idle(feed.unsubscribe([btc, eth]))
    expect([book?.isLive, book?.reason]).toEqual([false, 'not subscribed any more'])
    expect([record.gaps, gapped]).toEqual([[], []])
    expect(feed.getPerformanceMetrics()).toMatchObject({ streamGaps: 0, lostGaps: 0, gaps: 0 })
  })

  it('that is unsubscribed before it ends is told as lost, without an end', async () => {
    const { scene, manager, record } = await open()
    scene.server.faults.refuseConnections(503)
    scene.server.faults.terminateAll()
    await scene.until(() => record.states.includes('reconnecting'))
    void manager.unsubscribe([btc])
    expect(record.gaps).toMatchObject([{ symbol: btc, to: null, action: 'lost', fault: 'not subscribed any more' }])
    await manager.close()
    expect(record.gaps).toMatchObject([{ symbol: btc }, { symbol: eth, to: null, action: 'lost' }])
  })
})

describe.each(exchanges)('a gap of the account of $title', (exchange) => {
  // MEXC asks market by market.
  const symbols = exchange === mexc ? [btc, eth] : []

  async function open() {
    const scene = await Scene.open(exchange, { pairs: [btc, eth], levels: 8 })
    const { feed, record } = await scene.privateFeed({ symbols })
    const fills: string[] = []
    const orders = new Map<string, OrderEvent>()
    scene.venue.account.listen((event) => {
      if (event.kind === 'fill') fills.push(fillKey(event))
      if (event.kind === 'order') orders.set(event.id, event)
    })
    return { scene, feed, record, fills, orders }
  }

  const fillKey = ({ pair, orderId, time, price, size, side }: FillEvent): string =>
    keyOf(pair, orderId, Math.floor(time), Number(price), Number(size), side)

  const fillsTold = (record: FeedRecord): readonly string[] =>
    record.of(MessageType.Trade).map(({ symbol, data: { orderId, time, price, size, side } }) => {
      return keyOf(symbol, orderId, Math.floor(time ?? 0), Number(price), Number(size), side)
    })

  function move({ clock, venue }: Scene, steps: number): void {
    for (let step = 0; step < steps; step += 1) {
      clock.advance(1)
      venue.account.step()
    }
  }

  it('is made up for: every execution is told, once, and every order’s latest state', async () => {
    const { scene, record, fills, orders } = await open()
    move(scene, 100)
    await scene.until(() => fillsTold(record).length >= fills.length)
    scene.server.faults.refuseConnections(503)
    scene.server.faults.terminateAll()
    await scene.until(() => record.states.includes('reconnecting'))
    move(scene, 300)
    scene.server.faults.acceptConnections()
    await scene.live(() => {
      scene.venue.account.step()
      return record.gaps.length === 3
    })
    await scene.idle(scene.until(() => fillsTold(record).length >= fills.length))
    expect([...fillsTold(record)].sort()).toEqual([...fills].sort())
    const last = new Map(
      record.of(MessageType.Order).map(({ data }) => [data.id, [data.status, Number(data.filledSize)]]),
    )
    for (const [id, { status, filledSize }] of orders) expect(last.get(id)).toEqual([status, Number(filledSize)])
    const byChannel = new Map(record.gaps.map((gap) => [gap.channel, gap]))
    expect(byChannel.get('executions')).toMatchObject({ action: 'backfilled', fault: null, symbol: null })
    expect(byChannel.get('orders')).toMatchObject({ action: 'backfilled', fault: null })
    expect(byChannel.get('balances')).toMatchObject({ action: 'lost', fault: 'what was missed cannot be fetched' })
    for (const channel of ['executions', 'orders'] as const) {
      const marked = record.messages.filter((message) => message.channel === channel && isBackfilled(message))
      expect(marked.length).toBeGreaterThan(20)
      expect(byChannel.get(channel)?.backfilled).toBe(marked.length)
    }
  })

  it('in which the first execution of all happens is made up for as well', async () => {
    const { scene, record, fills } = await open()
    scene.server.faults.refuseConnections(503)
    scene.server.faults.terminateAll()
    await scene.until(() => record.states.includes('reconnecting'))
    move(scene, 50)
    scene.server.faults.acceptConnections()
    await scene.live(() => record.gaps.length === 3)
    await scene.idle(scene.until(() => fillsTold(record).length >= fills.length))
    expect(fills.length).toBeGreaterThan(0)
    expect([...fillsTold(record)].sort()).toEqual([...fills].sort())
  })

  it('is told as lost where the exchange refuses the signature', async () => {
    const { scene, record } = await open()
    move(scene, 20)
    await scene.until(() => record.messages.length > 0)
    scene.seen.intercept = ({ url }) =>
      /my_trades|myTrades|allOrders|orders/.test(url.pathname)
        ? { status: 401, body: JSON.stringify({ label: 'INVALID_KEY', message: 'no', code: 700002, msg: 'no' }) }
        : null
    scene.server.faults.terminateAll()
    await scene.live(() => record.gaps.length === 3)
    for (const gap of record.gaps.filter(({ channel }) => channel !== 'balances')) {
      expect(gap).toMatchObject({ action: 'lost', fault: expect.stringContaining('ERR_AUTHENTICATION_FAILED') })
    }
  })
})

describe('a gap of a MEXC account of which no instrument was named', () => {
  it('is made up for of the instruments it has brought, and says that others cannot be known', async () => {
    const scene = await Scene.open(mexc, { pairs: [btc, eth], levels: 8 })
    const { record } = await scene.privateFeed()
    for (let step = 0; step < 40; step += 1) {
      scene.clock.advance(1)
      scene.venue.account.step()
    }
    await scene.until(() => record.messages.length > 20)
    scene.server.faults.terminateAll()
    await scene.live(() => record.gaps.length === 3)
    const gap = record.gaps.find(({ channel }) => channel === 'executions')
    expect(gap).toMatchObject({ action: 'partly-backfilled', fault: expect.stringContaining('named or seen') })
  })
})
