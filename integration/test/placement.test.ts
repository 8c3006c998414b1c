import { type Instrument, parseInstrument } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { mexc } from '../src/scene/exchanges.js'
import { mostInWindow } from '../src/scene/pace.js'
import { closeScenes, Scene } from '../src/scene/scene.js'
import type { SeenSession } from '../src/scene/venue-watch.js'

const channels = ['book_ticker', 'trades'] as const
/** Streams MEXC lets one connection have. */
const venueLimit = 30

afterEach(closeScenes)

function pairsNamed(prefix: string, count: number): Instrument[] {
  return Array.from({ length: count }, (_, index) => parseInstrument(`${prefix}${index}/USDT`))
}

/** The most streams a connection was subscribed to at any time, by what it asked for. */
function mostStreams({ messages }: SeenSession): number {
  const streams = new Set<string>()
  let most = 0
  for (const { text } of messages) {
    const { method, params = [] } = JSON.parse(text) as { method: string; params?: string[] }
    for (const name of params) {
      if (method === 'SUBSCRIPTION') streams.add(name)
      else streams.delete(name)
    }
    most = Math.max(most, streams.size)
  }
  return most
}

describe('a hundred symbols with two channels each on MEXC', () => {
  const pairs = pairsNamed('COIN', 100)
  const spares = pairsNamed('SPARE', 20)

  async function open() {
    const scene = await Scene.open(mexc, { pairs: [...pairs, ...spares], levels: 10 })
    const { manager, record } = scene.manager()
    await manager.initialize({ symbols: pairs, channels })
    return { scene, manager, record }
  }

  it('are spread over connections within the venue’s limit, and every stream delivers', async () => {
    const { scene, manager, record } = await open()
    for (const pair of pairs) while (scene.server.market.step(pair).every(({ kind }) => kind !== 'trade'));
    scene.clock.advance(100)
    const streams = (): Set<string> => new Set(record.messages.map(({ channel, symbol }) => `${channel} ${symbol}`))
    await scene.until(() => record.messages.length >= 200 && streams().size === 200)
    const metrics = manager.getPerformanceMetrics()
    expect(metrics.connections.length).toBeGreaterThanOrEqual(7)
    expect(metrics.connections.map((connection) => connection.activeStreams)).toEqual(
      metrics.connections.map((connection) => connection.streams),
    )
    expect(metrics.connections.reduce((sum, connection) => sum + connection.streams, 0)).toBe(200)
    expect(metrics).toMatchObject({
      unknownMessages: 0,
      droppedMessages: 0,
      errorMessages: 0,
      otherMessages: 0,
      errorCount: 0,
    })
    expect(scene.seen.sessions).toHaveLength(metrics.connections.length)
    for (const session of scene.seen.sessions) expect(mostStreams(session)).toBeLessThanOrEqual(venueLimit)
  })

  it('leave room where they go, which others take without a further connection', async () => {
    const { scene, manager } = await open()
    const before = scene.seen.sessions.length
    await manager.unsubscribe(pairs.filter((_, index) => index % 5 === 0))
    await manager.subscribe(spares)
    const { connections } = manager.getPerformanceMetrics()
    expect(connections.reduce((sum, connection) => sum + connection.activeStreams, 0)).toBe(200)
    expect(scene.seen.sessions).toHaveLength(before)
    for (const session of scene.seen.sessions) expect(mostStreams(session)).toBeLessThanOrEqual(venueLimit)
  })

  it('take their connections with them when all of one’s streams go', async () => {
    const { scene, manager } = await open()
    await manager.unsubscribe(pairs.slice(0, 50))
    await scene.until(() => scene.seen.openSessions.length === manager.getPerformanceMetrics().connections.length)
    const { connections } = manager.getPerformanceMetrics()
    expect(connections.length).toBeLessThan(scene.seen.sessions.length)
    expect(connections.reduce((sum, connection) => sum + connection.activeStreams, 0)).toBe(100)
  })
})

describe('many calls at once on MEXC', () => {
  const pairs = pairsNamed('COIN', 60)

  it('share the room of a connection without ever exceeding it', async () => {
    const scene = await Scene.open(mexc, { pairs, levels: 10 })
    const { manager } = scene.manager()
    await manager.initialize({ symbols: pairs.slice(0, 1), channels })
    await Promise.all(pairs.slice(1).map((pair) => manager.subscribe([pair])))
    const { connections } = manager.getPerformanceMetrics()
    expect(connections.reduce((sum, connection) => sum + connection.activeStreams, 0)).toBe(120)
    expect(connections).toHaveLength(5)
    for (const session of scene.seen.sessions) expect(mostStreams(session)).toBeLessThanOrEqual(venueLimit)
  })

  it('reach the exchange no faster than it allows, and resolve as they go out', async () => {
    const scene = await Scene.open(mexc, { pairs, levels: 10 })
    const { manager, record } = scene.manager()
    await manager.initialize({ symbols: pairs.slice(0, 2), channels })
    const calls = Array.from({ length: 200 }, () => manager.sendMessage({ method: 'PING' }))
    const sent = (): number => scene.seen.messages.length
    // Half a second's worth goes at once, the rest one by one.
    await scene.until(() => sent() === 40)
    for (let count = 41; count <= 201; count += 1) {
      scene.clock.advance(25)
      await scene.until(() => sent() === count)
    }
    await Promise.all(calls)
    expect(mostInWindow(scene.seen.messages, 1_000)).toBeLessThanOrEqual(80)
    expect(record.states).toEqual(['connecting', 'connected'])
  })
})
