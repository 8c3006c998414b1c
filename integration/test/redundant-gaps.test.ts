import { type WebSocketManagerConfig, WebSocketStrategySet } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'
import { TradeTruth, toldTrades } from '../src/scene/trade-truth.js'

const pairs = [btc, eth]

afterEach(closeScenes)

interface Options {
  readonly config?: Partial<WebSocketManagerConfig>
  /** How long the exchange leaves a connection open, ms. */
  readonly lifetimeMs?: number
}

describe.each(exchanges)('gaps of trades of $title with each stream on two connections', (exchange) => {
  async function open({ config = {}, lifetimeMs = Number.POSITIVE_INFINITY }: Options = {}) {
    const scene = await Scene.open(exchange, { pairs, levels: 8 })
    const strategies = exchange.definition.public(scene.endpoints)
    const limits = { ...strategies.limits, connectionLifetimeMs: lifetimeMs }
    const { manager, record } = scene.manager({
      config: { redundancy: 2, ...config },
      strategies: new WebSocketStrategySet({ ...strategies, limits }),
    })
    await manager.initialize({ symbols: pairs, channels: ['trades'] })
    const lanes = config.redundancy ?? 2
    await scene.until(() => scene.seen.openSessions.length === lanes)
    // What was traded in the very millisecond of the subscription may be told as well.
    const begunAt = scene.clock.now()
    scene.clock.advance(10)
    const truth = new TradeTruth(scene.server.market)
    const tradesTold = (): readonly string[] =>
      toldTrades(record.messages).filter((trade) => !trade.endsWith(` ${begunAt}`))
    const isLive = (): boolean => manager.streamStates().every(({ status }) => status === 'live')
    await scene.live(() => isLive() && truth.happened.length >= 20)
    const requests = (): number => scene.seen.requests.filter(({ url }) => /trades/i.test(url.pathname)).length
    /** Every trade was told, once. */
    const expectAllTold = async (): Promise<void> => {
      await scene.idle(scene.until(() => tradesTold().length >= truth.happened.length))
      await scene.idle(Promise.resolve())
      expect([...tradesTold()].sort()).toEqual([...truth.happened].sort())
    }
    return { scene, manager, record, truth, isLive, requests, expectAllTold }
  }

  /** Seconds pass, in each of which something is traded on these. */
  async function seconds(scene: Scene, record: FeedRecord, count: number, living = pairs): Promise<void> {
    for (let passed = 0; passed < count; passed += 1) {
      const { length } = record.messages
      for (const pair of living) while (!scene.server.market.step(pair).some(({ kind }) => kind === 'trade'));
      scene.clock.advance(500)
      if (living.length > 0) await scene.until(() => record.messages.length > length)
      scene.clock.advance(500)
      for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }

  it('are none while one connection is cut: nothing is told, and nothing fetched', async () => {
    const { scene, record, requests, expectAllTold } = await open()
    for (let round = 0; round < 4; round += 1) {
      scene.seen.openSessions[round % 2]?.cut()
      await scene.live(() => record.logged('recovered').length === round + 1)
    }
    await scene.idle(new Promise<void>((resolve) => scene.clock.setTimer(3_000, resolve)))
    await expectAllTold()
    expect([record.gaps, requests()]).toEqual([[], 0])
  })

  it('are one of each stream where both are cut, and made up for: every trade is told once', async () => {
    const { scene, record, expectAllTold } = await open()
    for (let round = 1; round <= 2; round += 1) {
      const until = scene.clock.now() + 1_000
      scene.server.faults.refuseConnections(503)
      scene.server.faults.terminateAll()
      await scene.live(() => scene.clock.now() >= until)
      scene.server.faults.acceptConnections()
      await scene.live(() => record.gaps.length === 2 * round && scene.seen.openSessions.length === 2)
      await expectAllTold()
    }
    const gap = { channel: 'trades', action: 'backfilled', fault: null }
    expect(record.gaps).toMatchObject([gap, gap, gap, gap])
  })

  it('are made up for where both connections stall on a stream, which is begun anew on both', async () => {
    const { scene, record, isLive, expectAllTold } = await open()
    await seconds(scene, record, 130)
    scene.venue.control.stallStreams(eth, 'subscribed-anew')
    const asked = (): number => scene.seen.messages.filter(({ text }) => !/ping/i.test(text)).length
    const before = asked()
    for (let passed = 0; passed < 60 && record.gaps.length === 0; passed += 1) await seconds(scene, record, 1)
    await scene.until(isLive)
    await expectAllTold()
    // On each: asked again, ended, begun anew.
    expect(asked() - before).toBe(6)
    expect(record.gaps).toMatchObject([
      { symbol: eth, action: 'backfilled', fault: null, reason: expect.stringMatching(/: subscribed anew$/) },
    ])
    expect([record.errors, scene.seen.sessions.length]).toEqual([[], 2])
  })

  it('are made up for where nothing comes on both any more, which are replaced', async () => {
    const { scene, manager, record, isLive, expectAllTold } = await open()
    await seconds(scene, record, 130)
    scene.venue.control.stallStreams(null, 'reconnected')
    for (const pair of pairs) while (!scene.server.market.step(pair).some(({ kind }) => kind === 'trade'));
    await seconds(scene, record, 12, [])
    await scene.live(() => isLive() && record.gaps.length === 2)
    await expectAllTold()
    expect(record.gaps).toMatchObject([{ action: 'backfilled' }, { action: 'backfilled' }])
    expect(manager.getPerformanceMetrics()).toMatchObject({ silentConnections: 1 })
  })

  it('are made up for while connections are replaced for their age', async () => {
    for (const redundancy of [1, 2] as const) {
      const { scene, record, expectAllTold } = await open({ lifetimeMs: 3_000, config: { redundancy } })
      let refused = 0
      scene.seen.intercept = ({ url }) =>
        /trades/i.test(url.pathname) && ++refused <= 4 ? { status: 503, body: '{}' } : null
      const until = scene.clock.now() + 1_000
      scene.server.faults.refuseConnections(503)
      scene.server.faults.terminateAll()
      await scene.live(() => scene.clock.now() >= until)
      scene.server.faults.acceptConnections()
      const takeOvers = record.logged('take-over').length
      await scene.live(() => record.gaps.length === 2)
      expect(record.logged('take-over').length).toBeGreaterThan(takeOvers)
      await scene.live(() => record.logged('take-over').length >= takeOvers + 4)
      await expectAllTold()
      expect(record.gaps).toMatchObject([{ action: 'backfilled' }, { action: 'backfilled' }])
    }
  })

  it('by dropped messages are made up for: every trade is told once', async () => {
    const config = { overflowPolicy: 'drop-oldest', maxPendingMessages: 3 } as const
    const { scene, record, expectAllTold } = await open({ config })
    record.isSlow = true
    for (let burst = 0; burst < 3; burst += 1) {
      for (let interval = 0; interval < 10; interval += 1) {
        for (let step = 0; step < 20; step += 1) scene.server.market.step(btc)
        scene.clock.advance(100)
      }
      await scene.live(() => record.drops.length > burst)
    }
    record.isSlow = false
    await scene.idle(new Promise<void>((resolve) => scene.clock.setTimer(5_000, resolve)))
    await expectAllTold()
  })
})
