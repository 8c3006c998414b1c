import { type AlertKind, type Channel, privateChannels } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmulatedExchange, exchanges } from '../src/scene/exchanges.js'
import { btc, eth } from '../src/scene/scene.js'
import { type ManagedOptions, SimulatedScene, type WatchedManager } from '../src/scene/simulated-scene.js'
import { WrongClock } from '../src/scene/wrong-clock.js'

const pairs = [btc, eth]
const minute = 60_000
const second = 1_000
const marketChannels: readonly Channel[] = ['orderbook', 'trades', 'book_ticker', 'ticker', 'candles']

const open = new Set<SimulatedScene>()

afterEach(async () => {
  for (const scene of open) await scene.close()
  open.clear()
})

interface Feed extends WatchedManager {
  readonly scene: SimulatedScene
}

/** `everyMs`: how often something happens in its market. */
function sceneOf(exchange: EmulatedExchange, everyMs = 250): SimulatedScene {
  const scene = new SimulatedScene(exchange, pairs)
  open.add(scene)
  scene.market.start(everyMs)
  return scene
}

async function start(
  scene: SimulatedScene,
  options: ManagedOptions = {},
  channels: readonly Channel[] = ['trades', 'book_ticker'],
): Promise<Feed> {
  const watched = scene.manager(options)
  const { isPrivate = false } = options
  await scene.settled(
    watched.manager.initialize(isPrivate ? { symbols: [], channels: privateChannels } : { symbols: pairs, channels }),
  )
  return { scene, ...watched }
}

const told = ({ alerts }: Feed): readonly string[] => alerts.map(({ status, kind }) => `${status} ${kind}`)

/** Time passes on a market that has become calm, until nothing is raised any more: what was raised is cleared. */
async function expectCleared(feed: Feed, kinds: readonly AlertKind[]): Promise<void> {
  feed.scene.market.stop()
  feed.scene.market.start(2_000)
  await feed.scene.until(() => feed.manager.alerts.length === 0)
  const sorted = [...kinds].sort()
  const of = (status: string): readonly string[] =>
    [...new Set(feed.alerts.filter((alert) => alert.status === status).map(({ kind }) => kind))].sort()
  expect([of('raised'), of('cleared')]).toEqual([sorted, sorted])
}

describe.each(exchanges)('a healthy feed of $title', (exchange) => {
  it('raises no alert in ten minutes, market data and account', async () => {
    const scene = sceneOf(exchange, 1_000)
    scene.venue.account.start(3_000)
    const feeds = [await start(scene, {}, marketChannels), await start(scene, { isPrivate: true })]
    await scene.pass(10 * minute)
    for (const { alerts, manager } of feeds) {
      expect(alerts).toEqual([])
      const { messagesProcessed, activeAlerts, alertsByKind } = manager.getPerformanceMetrics()
      expect(messagesProcessed).toBeGreaterThan(100)
      expect([activeAlerts, new Set(Object.values(alertsByKind))]).toEqual([0, new Set([0])])
    }
  })
})

describe.each(exchanges)('a feed of $title', (exchange) => {
  it('raises no alert where a connection is cut and everything is whole again', async () => {
    const scene = sceneOf(exchange)
    const feed = await start(scene, {}, ['orderbook', 'trades', 'book_ticker'])
    await scene.pass(30 * second)
    scene.network.faults.cut()
    await scene.pass(minute)
    expect([feed.manager.getPerformanceMetrics().reconnectionCount, told(feed)]).toEqual([1, []])
  })

  it('whose handler is slow raises latency, compliance, drop and slow-handler', async () => {
    const scene = sceneOf(exchange)
    let handlerMs = 500
    const feed = await start(scene, {
      config: { overflowPolicy: 'drop-newest', maxPendingMessages: 20 },
      onMessage: () =>
        handlerMs === 0
          ? undefined
          : new Promise((resolve) => scene.clock.setTimer(handlerMs, () => resolve(undefined))),
    })
    await scene.pass(30 * second)
    handlerMs = 0
    await expectCleared(feed, ['latency', 'compliance', 'drop', 'slow-handler'])
  })

  it('whose handler does not come back raises slow-handler at once', async () => {
    const scene = sceneOf(exchange)
    let isStuck = true
    const feed = await start(scene, {
      config: { messageTimeoutMs: 2_000 },
      alerts: { ignore: ['latency', 'compliance'] },
      onMessage: () => (isStuck ? new Promise(() => {}) : undefined),
    })
    await scene.until(() => feed.alerts.length > 0)
    expect(feed.alerts).toMatchObject([{ kind: 'slow-handler', severity: 'critical' }])
    isStuck = false
    await expectCleared(feed, ['slow-handler'])
  })

  it('that loses what cannot be fetched raises gap at once', async () => {
    const scene = sceneOf(exchange)
    const feed = await start(scene, { config: { backfillGaps: false } })
    await scene.pass(10 * second)
    scene.network.faults.cut()
    await scene.until(() => feed.alerts.length > 0)
    expect(feed.alerts).toMatchObject([{ kind: 'gap', severity: 'warning', unit: 'gaps' }])
    await expectCleared(feed, ['gap'])
  })

  it('whose book loses updates again and again raises gap', async () => {
    const scene = sceneOf(exchange)
    const feed = await start(scene, {}, ['orderbook'])
    for (let time = 0; time < 6; time += 1) {
      await scene.pass(8 * second)
      scene.venue.control.skipUpdates(eth)
    }
    await scene.until(() => feed.alerts.length > 0)
    expect(feed.alerts).toMatchObject([
      {
        kind: 'gap',
        reason: expect.stringMatching(/^the order book of ETH\/USDT lost updates 5 times in the last minute/),
      },
    ])
    expect(feed.alerts[0]?.stream?.instrument).toBe(eth)
    await expectCleared(feed, ['gap'])
  })

  it('of which the exchange sends what nobody knows raises schema-drift', async () => {
    const scene = sceneOf(exchange)
    const feed = await start(scene)
    await scene.pass(10 * second)
    let frames = 0
    scene.network.faults.rewrite((data) => {
      frames += 1
      return frames % 5 === 0 ? [data, '{"surprise":true}'] : [data]
    })
    await scene.until(() => feed.alerts.length > 0)
    scene.network.faults.rewrite(null)
    expect(feed.alerts).toMatchObject([{ kind: 'schema-drift', unit: 'ratio' }])
    await expectCleared(feed, ['schema-drift'])
  })

  it('that cannot be restored raises reconnect-storm and breaker-open', async () => {
    const scene = sceneOf(exchange)
    const feed = await start(scene, { config: { maxReconnectAttempts: 5 } }, ['orderbook', 'trades'])
    scene.network.faults.unreachable('refused')
    scene.network.faults.cut()
    await scene.until(() => feed.alerts.length === 2)
    expect(feed.alerts).toMatchObject([
      { kind: 'reconnect-storm', severity: 'warning', connectionId: `${feed.manager.exchange}#1` },
      { kind: 'breaker-open', severity: 'critical', connectionId: `${feed.manager.exchange}#1` },
    ])
    scene.network.faults.unreachable(null)
    await scene.until(() => feed.manager.isConnected())
    // The connection has yet to prove itself.
    await scene.pass(minute)
    expect(feed.manager.alerts.map(({ kind }) => kind)).toContain('breaker-open')
    await expectCleared(feed, [
      'reconnect-storm',
      'breaker-open',
      ...new Set(feed.alerts.map(({ kind }) => kind).filter((kind) => kind === 'gap')),
    ])
  })

  it('whose clock is behind raises clock-skew: messages come before they were sent', async () => {
    const scene = sceneOf(exchange)
    const feed = await start(scene)
    scene.exchangeClock.aheadMs = 30_000
    await scene.until(() => feed.alerts.length > 0)
    expect(feed.alerts).toMatchObject([{ kind: 'clock-skew', severity: 'warning', threshold: -2_000 }])
    scene.exchangeClock.aheadMs = 0
    await expectCleared(feed, ['clock-skew'])
  })

  it('whose messages come late raises clock-skew', async () => {
    const scene = sceneOf(exchange)
    const feed = await start(scene, { alerts: { lagMs: 3_000 } })
    scene.network.faults.slow(4_000)
    await scene.until(() => feed.alerts.length > 0)
    scene.network.faults.slow(0)
    expect(feed.alerts).toMatchObject([{ kind: 'clock-skew', severity: 'warning', threshold: 3_000 }])
    await expectCleared(feed, ['clock-skew'])
  })

  it('of an account whose clock is wrong raises clock-skew as soon as the exchange says what time it is', async () => {
    const scene = sceneOf(exchange)
    scene.venue.control.skewClock(30_000)
    const feed = await start(scene, { isPrivate: true })
    expect(feed.alerts).toMatchObject([
      {
        kind: 'clock-skew',
        severity: 'warning',
        reason: expect.stringMatching(/^this machine’s clock is 30 s behind/),
      },
    ])
    // Somebody sets the clock.
    scene.clock.skew(30_000)
    await expectCleared(feed, ['clock-skew'])
  })

  it('whose book is not the exchange’s raises book-divergence', async () => {
    const scene = sceneOf(exchange)
    let isWrong = false
    const network = scene.networkWith((body) => (isWrong ? body.replace(/("bids":\[\["[^"]+","[^"]+)/, '$19') : body))
    const feed = await start(scene, { network, books: { auditIntervalMs: 5_000 } }, ['orderbook'])
    await scene.pass(minute)
    expect(feed.alerts).toEqual([])
    isWrong = true
    await scene.until(() => feed.alerts.length > 0)
    isWrong = false
    expect(feed.alerts).toMatchObject([
      { kind: 'book-divergence', severity: 'critical', reason: expect.stringContaining('level 0 of the bids is ') },
    ])
    await expectCleared(feed, ['book-divergence'])
  })

  it('whose process is kept from its event loop raises event-loop-blocked', async () => {
    const scene = sceneOf(exchange)
    const clock = new WrongClock(scene.clock)
    const feed = await start(scene, { clock })
    clock.lateMs = 700
    await scene.until(() => feed.alerts.length > 0)
    clock.lateMs = 0
    expect(feed.alerts).toMatchObject([{ kind: 'event-loop-blocked', value: 700 }])
    await expectCleared(feed, ['event-loop-blocked'])
  })

  it('of which a busy stream stalls for good raises stale-stream', async () => {
    const scene = sceneOf(exchange, 100)
    const feed = await start(scene, {}, ['book_ticker'])
    await scene.pass(6 * minute)
    scene.venue.control.stallStreams(eth, 'reconnected')
    await scene.until(() => feed.alerts.length > 0)
    expect(feed.alerts).toMatchObject([
      { kind: 'stale-stream', reason: expect.stringMatching(/^nothing comes on book_ticker ETH\/USDT, usually busy/) },
    ])
    scene.network.faults.cut()
    await expectCleared(feed, ['stale-stream'])
  })
})

describe('an account of MEXC', () => {
  it('whose listen key ends raises listen-key', async () => {
    const [, mexc] = exchanges
    const scene = sceneOf(mexc as EmulatedExchange)
    scene.venue.account.start(2_000)
    const feed = await start(scene, { isPrivate: true })
    await scene.pass(minute)
    scene.venue.control.expireListenKeys?.()
    await scene.until(() => feed.alerts.length > 0)
    expect(feed.alerts[0]).toMatchObject({ kind: 'listen-key', severity: 'warning' })
    await feed.scene.until(() => feed.manager.alerts.length === 0)
    expect(told(feed)).toContain('cleared listen-key')
  })

  it('whose listen key is not renewed raises listen-key', async () => {
    const [, mexc] = exchanges
    const scene = sceneOf(mexc as EmulatedExchange)
    const feed = await start(scene, { isPrivate: true })
    scene.venue.control.blockRest('firewall')
    await scene.until(() => feed.alerts.length > 0)
    expect(feed.alerts).toMatchObject([
      { kind: 'listen-key', reason: expect.stringMatching(/^a listen key is not renewed: /) },
    ])
    scene.venue.control.blockRest(null)
    await expectCleared(feed, ['listen-key'])
  })
})
