import { type GapEvent, WebSocketStrategySet } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmulatedExchange, exchanges, gateio, mexc } from '../src/scene/exchanges.js'
import { expectedOf, toldBy } from '../src/scene/expected-account.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'
import { TradeTruth, toldTrades } from '../src/scene/trade-truth.js'

const pairs = [btc, eth]
const config = { redundancy: 2 } as const

afterEach(closeScenes)

describe.each(exchanges)('a manager of $title with each stream on two connections', (exchange) => {
  async function open(exchangeOptions: Readonly<Record<string, unknown>> = {}, lifetimeMs = Number.POSITIVE_INFINITY) {
    const scene = await Scene.open(exchange, { pairs, levels: 8 })
    const strategies = exchange.definition.public({ ...scene.endpoints, ...exchangeOptions })
    const limits = { ...strategies.limits, connectionLifetimeMs: lifetimeMs }
    const { manager, record } = scene.manager({
      config,
      strategies: new WebSocketStrategySet({ ...strategies, limits }),
    })
    await manager.initialize({ symbols: pairs, channels: ['orderbook', 'trades', 'book_ticker'] })
    await scene.until(() => scene.seen.openSessions.length === 2)
    const truth = new TradeTruth(scene.server.market)
    const isLive = (): boolean => manager.streamStates().every(({ status }) => status === 'live')
    await scene.live(isLive)
    const before = record.streams.length
    /** Every trade came once, the books are the market's, and of streams and books nothing was told since. */
    const expectNothingLost = async (): Promise<void> => {
      await scene.expectTrueBooks(manager, pairs)
      await scene.until(() => toldTrades(record.messages).length >= truth.happened.length)
      expect([...toldTrades(record.messages)].sort()).toEqual([...truth.happened].sort())
      expect([record.streams.slice(before), record.books]).toEqual([[], []])
    }
    return { scene, manager, record, truth, isLive, expectNothingLost }
  }

  it.each([0, 1])(
    'loses nothing when connection %i is cut, over and over, and tells nothing of a gap',
    async (index) => {
      const { scene, record, expectNothingLost } = await open()
      for (let round = 0; round < 4; round += 1) {
        scene.seen.openSessions[(index + round) % 2]?.cut()
        await scene.live(() => scene.seen.openSessions.length === 1)
        await scene.live(() => record.logged('recovered').length === round + 1)
      }
      await expectNothingLost()
      expect(record.errors).toEqual([])
    },
  )

  it('tells of the gap when both are cut, and all is live again', async () => {
    const { scene, manager, record, isLive } = await open()
    const before = record.streams.length
    scene.server.faults.terminateAll()
    await scene.live(() => record.logged('recovered').length === 2 && isLive())
    await scene.expectTrueBooks(manager, pairs)
    const told = record.streams.slice(before)
    for (const state of manager.streamStates()) {
      const course = told.filter(({ stream }) => stream === state.stream).map(({ status }) => status)
      expect([course[0], course.at(-1)]).toEqual(['gapped', 'live'])
      expect(course.filter((status) => status === 'gapped')).toHaveLength(1)
    }
  })

  it('tells what both missed, though one is back before it is noticed that the other is dead', async () => {
    const { scene, record, truth, isLive } = await open()
    await scene.live(() => truth.happened.length >= 20)
    scene.venue.control.stallStreams(null, 'reconnected')
    await scene.live(() => truth.happened.length >= 40)
    scene.seen.openSessions[0]?.cut()
    await scene.live(() => record.logged('recovered').length === 1 && isLive())
    expect(record.gaps).toEqual([])
    const tradeGaps = (): readonly GapEvent[] => record.gaps.filter(({ channel }) => channel === 'trades')
    await scene.live(() => tradeGaps().length === 2 && isLive())
    const told = toldTrades(record.messages)
    expect(new Set(told).size).toBe(told.length)
    // What the stream has told since is remembered for a while only: of a hole that is long past by then the gap says that it was not made up for whole.
    for (const gap of tradeGaps()) {
      expect(gap).toMatchObject({ reason: 'both of its connections were away at a time' })
      expect(['backfilled', 'partly-backfilled']).toContain(gap.action)
    }
    const timeOf = (trade: string): number => Number(trade.split(' ').at(-1))
    const newest = Math.max(...told.map(timeOf))
    for (const trade of truth.happened) {
      const time = timeOf(trade)
      if (told.includes(trade) || time > newest) continue
      expect(tradeGaps().some(({ from, to }) => from <= time && time <= (to ?? time))).toBe(true)
    }
  })

  it('loses nothing while connections are replaced for their age', async () => {
    const { scene, record, expectNothingLost } = await open({}, 10_000)
    scene.clock.advance(8_000)
    await scene.live(() => record.logged('take-over').length === 2 && scene.seen.openSessions.length === 2)
    await scene.live(() => scene.seen.sessions.length === 4 && scene.seen.openSessions.length === 2)
    await expectNothingLost()
    expect([record.errors, record.logged('recovered')]).toEqual([[], []])
  })

  it('tells who was first', async () => {
    const { manager } = await open()
    const { connections } = manager.getPerformanceMetrics()
    expect(connections.map(({ connectionId }) => connectionId)).toEqual(
      [1, 2].map((n) => `${exchange.definition.name}#1.${n}`),
    )
    for (const { arrivals } of connections) expect((arrivals?.first ?? 0) + (arrivals?.second ?? 0)).toBeGreaterThan(0)
  })

  it('delivers what happens on an account once, also when one connection is cut', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager, record } = await scene
      .privateFeed({ config })
      .then(({ feed, record }) => ({ manager: feed.manager, record }))
    await scene.until(() => scene.seen.openSessions.length === 2)
    const happened: unknown[] = []
    scene.venue.account.listen((event) => happened.push(expectedOf(exchange.definition.name, event)))
    const trade = (): void => {
      const { asks } = scene.server.market.book(btc, 1)
      scene.venue.account.place({ pair: btc, side: 'buy', price: asks[0]?.[0] ?? '1', size: '0.01' })
    }
    for (let round = 0; round < 3; round += 1) {
      scene.seen.openSessions[round % 2]?.cut()
      await scene.until(() => scene.seen.openSessions.length === 1)
      trade()
      await scene.live(() => record.logged('recovered').length === round + 1)
      trade()
    }
    await scene.until(() => record.messages.length >= happened.length)
    expect(record.messages.map(toldBy)).toEqual(happened)
    expect([record.streams.filter(({ status }) => status === 'gapped'), record.errors]).toEqual([[], []])
    await manager.close()
  })
})

const bookSources: readonly {
  readonly name: string
  readonly exchange: EmulatedExchange
  readonly options: Readonly<Record<string, unknown>>
}[] = [
  { name: 'Gate.io', exchange: gateio, options: {} },
  { name: 'Gate.io obu', exchange: gateio, options: { orderbookChannel: 'obu' } },
  { name: 'MEXC', exchange: mexc, options: {} },
]

describe.each(bookSources)('a book of $name on two connections', ({ exchange, options }) => {
  async function open() {
    const scene = await Scene.open(exchange, { pairs })
    const { feed, record } = await scene.publicFeed({ symbols: pairs, channels: ['orderbook'], options, config })
    await scene.until(() => scene.seen.openSessions.length === 2)
    const isLive = (): boolean => pairs.every((pair) => feed.orderBook(pair)?.isLive === true)
    await scene.live(isLive)
    return { scene, feed, record, isLive }
  }

  it('that lost an update on both is gapped and heals, and is true', async () => {
    const { scene, feed, record, isLive } = await open()
    for (const round of [1, 2, 3]) {
      scene.venue.control.skipUpdates(btc)
      await scene.live(() => record.books.filter(({ kind }) => kind === 'resync').length >= round)
    }
    await scene.live(isLive)
    await scene.expectTrueBooks(feed, pairs)
  })

  it('is never away while connections are cut by turns', async () => {
    const { scene, feed, record } = await open()
    for (const round of [0, 1, 2, 3]) {
      scene.seen.openSessions[round % 2]?.cut()
      await scene.live(() => record.logged('recovered').length === round + 1)
    }
    await scene.expectTrueBooks(feed, pairs)
    expect(record.books).toEqual([])
  })
})

it('an account of MEXC on two connections gives each of its listen keys back once', async () => {
  const scene = await Scene.open(mexc, { pairs })
  const { feed } = await scene.privateFeed({ config })
  await scene.until(() => scene.seen.openSessions.length === 2)
  const keys = scene.venue.control.listenKeys.length
  await feed.close()
  const removals = scene.seen.requests.filter(({ method, status }) => method === 'DELETE' && status === 200)
  expect([keys >= 1, removals.length, scene.venue.control.listenKeys]).toEqual([true, keys, []])
})
