import { describe, expect, test } from 'vitest'
import type { PerformanceMetrics } from '../src/index.js'
import { type BenchOptions, type ManagerBench, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()
const upgrade = JSON.stringify({ upgrade: true })
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A manager whose connection may be silent for as long as a test takes. */
function build({ config, acme: exchange, ...options }: BenchOptions = {}): ManagerBench {
  return acme.build({
    ...options,
    alerts: false,
    config: { staleAfterMs: 0, ...config },
    acme: { context: { pingIntervalMs: 0 }, ...exchange },
  })
}

const metricsOf = ({ manager }: ManagerBench): PerformanceMetrics => manager.getPerformanceMetrics()

/** Lets the event loop turn until something holds that nobody tells. */
async function turnUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

/** Pushes values of a stream to one client, and waits until they have been read. */
async function bring(bench: ManagerBench, client: number, base: string, ...values: number[]): Promise<void> {
  const before = metricsOf(bench).messagesProcessed
  for (const value of values) acme.venue.clients[client]?.push(streamOf(base), value)
  await turnUntil(() => metricsOf(bench).messagesProcessed === before + values.length)
}

describe('uptime and stability', () => {
  test('end with the manager: what passes afterwards is no time away', async () => {
    const bench = build()
    await bench.start('A')
    bench.clock.advance(10_000)
    await bench.close()
    bench.clock.advance(60_000)
    expect(metricsOf(bench)).toMatchObject({ uptimeMs: 10_000, connectionStability: 1 })
  })

  test('fall short by the time a connection was away', async () => {
    const bench = build({ acme: { context: { pingIntervalMs: 0, reconnectDelayMs: 2_000 } } })
    await bench.start('A')
    bench.clock.advance(6_000)
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.at(-1) === 'reconnecting')
    bench.clock.advance(2_000)
    await turnUntil(() => metricsOf(bench).reconnectionCount === 1)
    expect(metricsOf(bench)).toMatchObject({
      uptimeMs: 8_000,
      connectionStability: 0.75,
      lastRecoveryMs: 2_000,
      maxRecoveryMs: 2_000,
      recoveryTimes: { count: 1, sumMs: 2_000 },
    })
  })

  test('go on falling for a connection that was given up, as long as somebody wants what it carried', async () => {
    const bench = build({ config: { maxReconnectAttempts: 0 } })
    await bench.start('A')
    bench.clock.advance(5_000)
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.at(-1) === 'error')
    bench.clock.advance(15_000)
    expect(metricsOf(bench)).toMatchObject({ uptimeMs: 20_000, connectionStability: 0.25 })
    await bench.close()
    bench.clock.advance(15_000)
    expect(metricsOf(bench)).toMatchObject({ uptimeMs: 20_000, connectionStability: 0.25 })
  })

  test('are whole through a take-over, while the old connection ends too, and count no time twice', async () => {
    const bench = build({ acme: { context: { pingIntervalMs: 0, reconnectDelayMs: 1_000 } } })
    await bench.start('A')
    // A second away, of which an overlap later must not make up for anything.
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.at(-1) === 'reconnecting')
    bench.clock.advance(1_000)
    await turnUntil(() => metricsOf(bench).reconnectionCount === 1)
    bench.clock.advance(2_000)
    acme.venue.clients[1]?.socket.send(upgrade)
    await turnUntil(() => acme.venue.clients.length === 3)
    // It does not read, so that closing it takes its time.
    acme.venue.clients[1]?.socket.pause()
    await turnUntil(() => metricsOf(bench).reconnectionCount === 2)
    bench.clock.advance(1_000)
    expect(metricsOf(bench)).toMatchObject({ uptimeMs: 4_000, connectionStability: 0.75, lastRecoveryMs: 1_000 })
    bench.clock.advance(4_000)
    acme.venue.clients[1]?.socket.resume()
    await acme.venue.until(() => acme.venue.connected.length === 1)
    expect(metricsOf(bench)).toMatchObject({ uptimeMs: 8_000, connectionStability: 0.875, maxRecoveryMs: 1_000 })
  })

  test('are each connection’s own with two that carry the same, and their mean in all', async () => {
    const bench = build({
      config: { redundancy: 2 },
      acme: { context: { pingIntervalMs: 0, reconnectDelayMs: 4_000 } },
    })
    await bench.start('A')
    await turnUntil(() => metricsOf(bench).connections.every(({ activeStreams }) => activeStreams === 1))
    bench.clock.advance(4_000)
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    bench.clock.advance(4_000)
    const { connections, ...all } = metricsOf(bench)
    expect(all).toMatchObject({ uptimeMs: 8_000, connectionStability: 0.75 })
    expect(connections.map(({ connectionStability }) => connectionStability).sort()).toEqual([0.5, 1])
  })

  test('leave a connection out of account from when nothing was left on it', async () => {
    const bench = build({ acme: { context: { pingIntervalMs: 0 }, limits: { streamsPerConnection: 1 } } })
    await bench.start('A', 'B')
    bench.clock.advance(3_000)
    await bring(bench, 0, 'A', 1, 2)
    await bring(bench, 1, 'B', 3)
    const ended = bench.manager.unsubscribe(['A/USDT'])
    await turnUntil(() => acme.venue.connected.length === 1)
    await ended
    bench.clock.advance(7_000)
    const { connections, ...all } = metricsOf(bench)
    expect(connections).toHaveLength(1)
    expect(all).toMatchObject({
      messagesProcessed: 3,
      messagesByChannel: { book_ticker: 3 },
      uptimeMs: 10_000,
      connectionStability: 1,
      windows: { last10s: { messages: 3, seconds: 10 } },
    })
  })
})

describe('windows of a manager', () => {
  test('are of all and of each connection, and end with the last full second', async () => {
    const bench = build({ acme: { context: { pingIntervalMs: 0 }, limits: { streamsPerConnection: 1 } } })
    await bench.start('A', 'B')
    await bring(bench, 0, 'A', 1, 2)
    expect(metricsOf(bench)).toMatchObject({ messagesPerSecond: 0, windows: { last1s: { seconds: 0, messages: 0 } } })
    bench.clock.advance(2_500)
    await bring(bench, 1, 'B', 3)
    expect(metricsOf(bench)).toMatchObject({ messagesPerSecond: 1, windows: { last1s: { seconds: 1, messages: 0 } } })
    bench.clock.advance(500)
    const { connections, windows, frames, bytesReceived } = metricsOf(bench)
    expect(windows).toMatchObject({ last1s: { messages: 1 }, last10s: { messages: 3, seconds: 3 } })
    expect(connections.map((one) => one.windows.last10s.messages)).toEqual([2, 1])
    expect(frames).toBe(5)
    expect(bytesReceived).toBe(connections.reduce((sum, one) => sum + one.bytesReceived, 0))
    expect(bytesReceived).toBeGreaterThan(3 * JSON.stringify({ stream: streamOf('A'), value: 1 }).length)
  })

  test('are empty where nothing is measured, which takes no timer, and once it is closed', async () => {
    const bench = build({ config: { enablePerformanceTracking: false } })
    await bench.start('A')
    expect(bench.clock.pendingTimers).toBe(0)
    await bring(bench, 0, 'A', 1)
    bench.clock.advance(5_000)
    expect(metricsOf(bench)).toMatchObject({ messagesProcessed: 1, frames: 2, windows: { last10s: { seconds: 0 } } })
    expect(metricsOf(bench).streams).toMatchObject([{ messages: 1, messagesPerSecond: 0 }])
    const measured = build()
    await measured.start('A')
    measured.clock.advance(5_000)
    expect([measured.clock.pendingTimers, metricsOf(measured).windows.last10s.seconds]).toEqual([1, 5])
    await measured.close()
    expect([measured.clock.pendingTimers, metricsOf(measured).windows.last10s.seconds]).toEqual([0, 0])
  })
})

describe('metrics of a stream', () => {
  test('say what came on it, once each with two connections', async () => {
    const bench = build({ config: { redundancy: 2 } })
    await bench.start('A', 'B')
    await turnUntil(() => metricsOf(bench).connections.every(({ activeStreams }) => activeStreams === 2))
    bench.clock.advance(250)
    await bring(bench, 0, 'A', 1, 2, 3)
    await bring(bench, 1, 'A', 1, 2, 3, 4)
    bench.clock.advance(1_750)
    const receivedAt = bench.clock.now() - 1_750
    const [a, b] = metricsOf(bench).streams
    expect(a).toMatchObject({ channel: 'book_ticker', status: 'live', messages: 4, lastMessageAt: receivedAt })
    expect([String(a?.symbol), a?.messagesPerSecond, a?.rates.last1s]).toEqual(['A/USDT', 2, 0])
    expect(b).toMatchObject({ status: 'syncing', messages: 0, lastMessageAt: null, lastLagMs: null, gaps: 0 })
    expect(metricsOf(bench).messagesProcessed).toBe(7)
  })

  test('count what is delivered late, and go on counting when it is subscribed again', async () => {
    const bench = build()
    let release = (): void => {}
    bench.onMessage = () =>
      new Promise((resolve) => {
        release = () => resolve()
      })
    await bench.start('A')
    acme.venue.clients[0]?.push(streamOf('A'), 1)
    acme.venue.clients[0]?.push(streamOf('A'), 2)
    await turnUntil(() => metricsOf(bench).pendingMessages === 1)
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    bench.onMessage = () => {}
    release()
    await bench.until(() => bench.values.length === 2)
    expect(metricsOf(bench).streams).toMatchObject([{ messages: 2, gaps: 0 }])
    await bench.until(() => bench.states.at(-1) === 'connected')
    await bench.manager.subscribe(['B/USDT'])
    await bench.manager.unsubscribe(['A/USDT'])
    expect(metricsOf(bench).streams.map(({ symbol }) => String(symbol))).toEqual(['B/USDT'])
    await bench.manager.subscribe(['A/USDT'])
    bench.clock.advance(1_000)
    expect(metricsOf(bench).streams).toMatchObject([{ messages: 0 }, { messages: 2, messagesPerSecond: 0 }])
  })
})
