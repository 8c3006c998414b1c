import { WebSocketManager, WebSocketStrategySet } from '@tapewire/core'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges } from '../src/scene/exchanges.js'
import { expectedOf } from '../src/scene/expected-account.js'
import { connectTimeoutMs } from '../src/scene/observed-clock.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'
import { TradeTruth, toldTrades } from '../src/scene/trade-truth.js'

const pairs = [btc, eth]
/** As if the exchange ended connections so soon, ms: then they are replaced after 8,600, in these tests. */
const connectionLifetimeMs = 10_000

afterEach(closeScenes)

it('connections of MEXC have the 24 hours of its docs', () => {
  expect(mexcSpot.limits.connectionLifetimeMs).toBe(24 * 3_600_000)
})

describe.each(exchanges)('a manager of $title whose connections the exchange ends after a time', (exchange) => {
  /** One connection for each stream, with everything on it live. */
  async function open(streamsPerConnection = Number.POSITIVE_INFINITY) {
    const scene = await Scene.open(exchange, { pairs, levels: 8 })
    const strategies = exchange.definition.public(scene.endpoints)
    const limits = { ...strategies.limits, connectionLifetimeMs, streamsPerConnection, streamHeadroom: 0 }
    const { manager, record } = scene.manager({ strategies: new WebSocketStrategySet({ ...strategies, limits }) })
    await manager.initialize({ symbols: pairs, channels: ['orderbook', 'trades'] })
    const truth = new TradeTruth(scene.server.market)
    await scene.live(() => manager.streamStates().every(({ status }) => status === 'live'))
    // Close to the time, and not so far that a pong were missed.
    scene.clock.advance(8_000)
    const takeOvers = (): number => record.logged('take-over').length
    return { scene, manager, record, truth, takeOvers }
  }

  it('replaces them before that: nothing is lost, nothing comes twice, and no book is away', async () => {
    const { scene, manager, record, truth, takeOvers } = await open()
    const before = record.streams.length
    const isOver = (times: number): boolean =>
      takeOvers() === times && scene.seen.sessions.length === times + 1 && scene.seen.openSessions.length === 1
    await scene.live(() => isOver(1))
    scene.clock.advance(7_000)
    await scene.live(() => isOver(2))
    await scene.expectTrueBooks(manager, pairs)
    await scene.until(() => toldTrades(record.messages).length >= truth.happened.length)
    expect([...toldTrades(record.messages)].sort()).toEqual(truth.happened.sort())
    expect([record.streams.slice(before), record.errors, record.states]).toEqual([[], [], ['connecting', 'connected']])
  })

  it('replaces one at a time', async () => {
    const { scene, manager, takeOvers } = await open(1)
    const connections = scene.seen.sessions.length
    let most = 0
    await scene.live(() => {
      most = Math.max(most, scene.seen.openSessions.length)
      return takeOvers() >= connections && scene.seen.openSessions.length === connections
    })
    expect([connections, most]).toEqual([pairs.length * 2, pairs.length * 2 + 1])
    await scene.expectTrueBooks(manager, pairs)
  })

  it('tries again where one cannot be replaced, in time', async () => {
    const { scene, record, takeOvers } = await open()
    scene.server.faults.refuseConnections({ status: 503 })
    await scene.live(() => record.errors.length >= 2)
    scene.server.faults.acceptConnections()
    await scene.live(() => scene.seen.sessions.length === 2 && scene.seen.openSessions.length === 1)
    expect(takeOvers()).toBeGreaterThan(2)
    expect(new Set(record.errors.map(({ code }) => code))).toEqual(new Set(['ERR_HANDSHAKE_REJECTED']))
    expect(record.states).toEqual(['connecting', 'connected'])
  })

  it('is back by itself where none could be replaced, and the exchange has ended all of them at once', async () => {
    const { scene, manager, record } = await open(2)
    scene.server.faults.refuseConnections({ status: 503 })
    await scene.live(() => record.errors.length >= 2)
    scene.server.faults.acceptConnections()
    scene.server.faults.closeAll()
    await scene.live(() => record.streams.some(({ status }) => status === 'gapped'))
    await scene.live(() => manager.isConnected() && manager.streamStates().every(({ status }) => status === 'live'))
    await scene.expectTrueBooks(manager, pairs)
  })

  it('replaces those of an account, and each event comes once', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const strategies = exchange.definition.private(exchange.credentials, scene.endpoints)
    const limits = { ...strategies.limits, connectionLifetimeMs }
    const record = scene.record()
    const manager = new WebSocketManager({
      ...record.handlers,
      strategies: new WebSocketStrategySet({ ...strategies, limits }),
      clock: scene.clock,
      random: () => 0.5,
      config: { connectTimeoutMs },
    })
    scene.closeLater(manager)
    await manager.initialize({ symbols: [], channels: ['balances'] })
    const happened: unknown[] = []
    scene.venue.account.listen((event) => {
      if (event.kind === 'balance') happened.push(expectedOf(exchange.definition.name, event).data)
    })
    scene.clock.advance(8_000)
    await scene.live(() => {
      scene.venue.account.deposit('USDT', '1')
      return scene.seen.sessions.length === 2 && scene.seen.openSessions.length === 1
    })
    await scene.until(() => record.messages.length >= happened.length)
    expect(record.messages.map(({ data }) => data)).toEqual(happened)
    expect([record.errors, record.states]).toEqual([[], ['connecting', 'connected']])
  })
})
