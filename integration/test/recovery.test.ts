import { MessageType, parseInstrument } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges } from '../src/scene/exchanges.js'
import { closeScenes, Scene } from '../src/scene/scene.js'

const pairs = Array.from({ length: 12 }, (_, index) => parseInstrument(`COIN${index}/USDT`))
const channels = ['orderbook', 'trades', 'book_ticker'] as const

afterEach(closeScenes)

describe.each(exchanges)('streams of $title whose every connection was cut', (exchange) => {
  async function open() {
    const scene = await Scene.open(exchange, { pairs, levels: 8 })
    const { feed, record } = await scene.publicFeed({ symbols: pairs, channels })
    const { manager } = feed
    const streams = manager.streamStates().length
    const isLive = (): boolean => manager.streamStates().every(({ status }) => status === 'live')
    await scene.live(isLive)
    return { scene, feed, manager, record, streams, isLive }
  }

  it('are all live again, books included, after each was said to be gapped', async () => {
    const { scene, manager, record, streams, isLive } = await open()
    const connections = scene.seen.sessions.length
    const before = record.streams.length
    scene.server.faults.terminateAll()
    await scene.live(() => record.logged('recovered').length === connections && isLive())
    await scene.expectTrueBooks(manager, pairs)
    expect(streams).toBe(pairs.length * channels.length)
    expect(manager.streamStates()).toHaveLength(streams)
    for (const { symbol, channel } of manager.streamStates()) {
      const course = record.streams
        .slice(before)
        .filter((state) => state.symbol === symbol && state.channel === channel)
        .map(({ status }) => status)
      expect(course).toEqual(channel === 'orderbook' ? ['gapped', 'live'] : ['gapped', 'syncing', 'live'])
    }
  })

  it('keep their connections’ names, and the metrics tell of each loss and return', async () => {
    const { scene, manager, record, isLive } = await open()
    const connections = scene.seen.sessions.length
    const names = manager.getPerformanceMetrics().connections.map(({ connectionId }) => connectionId)
    scene.server.faults.terminateAll()
    await scene.live(() => record.logged('recovered').length === connections && isLive())
    for (const name of names) {
      const states = record.connections.filter(({ connectionId }) => connectionId === name).map(({ state }) => state)
      expect(states).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
    }
    const metrics = manager.getPerformanceMetrics()
    expect(metrics.connections.map(({ connectionId }) => connectionId)).toEqual(names)
    expect(metrics).toMatchObject({
      reconnectionCount: connections,
      connectionFailures: connections,
      liveBooks: pairs.length,
    })
    expect(metrics.connections.every(({ lastRecoveryMs }) => lastRecoveryMs !== null)).toBe(true)
    expect(metrics.connections.map(({ activeStreams }) => activeStreams)).toEqual(
      metrics.connections.map(({ streams }) => streams),
    )
  })

  it('are not said to be live by the time the loss of their connection is told', async () => {
    const { scene, feed, manager, streams } = await open()
    const sizes = new Map(manager.getPerformanceMetrics().connections.map((each) => [each.connectionId, each.streams]))
    const mayBeLive: [live: number, most: number][] = []
    let left = streams
    feed.on('connection', ({ connectionId, state }) => {
      if (state !== 'reconnecting') return
      left -= sizes.get(connectionId) ?? 0
      mayBeLive.push([manager.streamStates().filter(({ status }) => status === 'live').length, left])
    })
    scene.server.faults.terminateAll()
    await scene.until(() => mayBeLive.length === sizes.size)
    expect(left).toBe(0)
    for (const [live, most] of mayBeLive) expect(live).toBeLessThanOrEqual(most)
  })

  it('are asked for once each, and tell nothing twice', async () => {
    const { scene, record, isLive } = await open()
    const connections = scene.seen.sessions.length
    const asked = scene.seen.sessions.map(({ messages }) => messages.length)
    const before = record.messages.length
    scene.server.faults.terminateAll()
    await scene.live(() => record.logged('recovered').length === connections && isLive())
    expect(
      scene.seen.sessions
        .slice(connections)
        .map(({ messages }) => messages.length)
        .sort(),
    ).toEqual(asked.sort())
    const trades = record.messages
      .slice(before)
      .flatMap((message) =>
        message.type === MessageType.Trades ? message.data.map(({ id }) => `${message.symbol} ${id}`) : [],
      )
    expect(trades.length).toBeGreaterThan(pairs.length)
    expect(new Set(trades).size).toBe(trades.length)
  })

  it('are lost and recovered over and over', async () => {
    const { scene, manager, record, isLive } = await open()
    const connections = scene.seen.sessions.length
    for (let round = 1; round <= 3; round += 1) {
      scene.server.faults.terminateAll()
      await scene.live(() => record.logged('recovered').length === round * connections && isLive())
    }
    await scene.expectTrueBooks(manager, pairs)
    expect(manager.getPerformanceMetrics().reconnectionCount).toBe(3 * connections)
    expect(scene.seen.openSessions).toHaveLength(connections)
  })

  it('come back on their own though another connection stays away', async () => {
    const { scene, manager, record, isLive } = await open()
    await manager.subscribe(['COIN0/USDT'], ['ticker'])
    scene.server.faults.refuseConnections(503)
    scene.server.faults.terminateAll()
    await scene.live(() => record.logged('reconnect-failed').length >= 2)
    scene.server.faults.acceptConnections()
    await scene.live(isLive)
    await scene.expectTrueBooks(manager, pairs)
  })
})
