import type { WebSocketManager } from '@tapewire/core'
import { startTcpProxy } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'

const pairs = [btc, eth]
const channels = ['orderbook', 'trades', 'book_ticker'] as const
const minute = 60_000

const lengths: readonly (readonly [string, number])[] = [
  ['10 s', 10_000],
  ['2 minutes', 2 * minute],
  ['30 minutes', 30 * minute],
  ['6 hours', 360 * minute],
]

const bothTransports = exchanges.flatMap((exchange) => [
  { exchange, transport: 'walker' },
  { exchange, transport: 'ws' },
])

afterEach(closeScenes)

const allLive = (manager: WebSocketManager): boolean => manager.streamStates().every(({ status }) => status === 'live')
/** When the attempt begins that was announced last, epoch ms. */
const announcedBy = (record: FeedRecord): number => record.connections.at(-1)?.nextAttemptAt ?? 0

/** What an outage was like from the client's side. */
interface Outage {
  /** When the attempt that follows it begins, as was announced. */
  readonly announcedAt: number
  readonly attempts: number
  /** How many timers there were before each attempt. */
  readonly timers: ReadonlySet<number>
}

/** The exchange goes away for so long, and takes nobody back: each attempt is made when it was announced. */
async function sufferOutage(scene: Scene, record: FeedRecord, lengthMs: number, status: number): Promise<Outage> {
  const { clock, server } = scene
  const overAt = clock.now() + lengthMs
  const timers = new Set<number>()
  let attempts = 0
  server.faults.refuseConnections(status)
  server.faults.terminateAll()
  for (;;) {
    await scene.until(() => announcedBy(record) > clock.now())
    if (announcedBy(record) >= overAt) break
    timers.add(clock.pendingTimers)
    attempts += 1
    clock.advance(announcedBy(record) - clock.now())
  }
  const announcedAt = announcedBy(record)
  server.faults.acceptConnections()
  clock.advance(announcedAt - clock.now())
  return { announcedAt, attempts, timers }
}

/** Back with the attempt that was announced: no other follows it. */
async function expectReturn(scene: Scene, record: FeedRecord, isBack: () => boolean): Promise<void> {
  const told = record.connections.length
  await scene.live(isBack)
  const states = record.connections.slice(told).map(({ state }) => state)
  expect(states.filter((state) => state !== 'reconnecting')).toEqual(['connected'])
  expect(scene.seen.openSessions).toHaveLength(1)
}

describe.each(exchanges)('an outage of $title', (exchange) => {
  it.each(lengths)(
    'of %s ends by itself with the attempt that was announced, with every stream and book live',
    async (_name, lengthMs) => {
      const scene = await Scene.open(exchange, { pairs })
      const { manager, record } = scene.manager()
      await manager.initialize({ symbols: pairs, channels })
      await scene.live(() => allLive(manager))
      const { attempts, timers } = await sufferOutage(scene, record, lengthMs, 503)
      await expectReturn(scene, record, () => allLive(manager))
      await scene.expectTrueBooks(manager, pairs)
      expect(attempts).toBeLessThanOrEqual(10 + lengthMs / 30_000)
      // What waits is the attempt and the checks for silence, after an hour as after a minute.
      expect(timers.size).toBeLessThanOrEqual(2)
      const opened = record.errors.filter(({ code }) => code === 'ERR_CIRCUIT_OPEN').length
      expect([record.errors.length, opened]).toEqual(lengthMs > 5 * minute ? [1, 1] : [opened, opened])
    },
  )

  it.each([401, 403])('that answers handshakes for market data with %i is one like another', async (status) => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager, record } = scene.manager()
    await manager.initialize({ symbols: pairs, channels })
    await scene.live(() => allLive(manager))
    await sufferOutage(scene, record, 10 * minute, status)
    await expectReturn(scene, record, () => allLive(manager))
    expect(record.connections.some(({ breaker }) => breaker === 'open')).toBe(true)
  })

  it('of 30 minutes ends by itself for an account too', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { feed, record } = await scene.privateFeed()
    await sufferOutage(scene, record, 30 * minute, 503)
    await expectReturn(scene, record, () => feed.manager.isConnected() && record.logged('recovered').length === 1)
  })

  it('is told by the breaker, until a connection has lasted for two minutes', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager, record } = scene.manager()
    await manager.initialize({ symbols: pairs, channels })
    await sufferOutage(scene, record, 10 * minute, 503)
    const breaker = (): unknown => manager.getPerformanceMetrics().connections[0]?.breaker
    await scene.live(() => allLive(manager))
    expect(breaker()).toBe('half-open')
    await scene.idle(scene.until(() => record.connections.at(-1)?.breaker === 'closed'))
    expect(breaker()).toBe('closed')
    expect(record.connections.at(-1)).toMatchObject({ state: 'connected', previous: 'connected', breaker: 'closed' })
    expect(record.logged('breaker-open').length).toBeGreaterThan(1)
    expect(record.logged('breaker-half-open')).toHaveLength(record.logged('breaker-open').length)
    expect(record.logged('breaker-closed')).toHaveLength(1)
  })
})

describe.each(bothTransports)('a close frame of $exchange.title over $transport', ({ exchange, transport }) => {
  it('ends the connection at once, though TCP goes on', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const proxy = await startTcpProxy({ target: scene.server.url })
    scene.closeLater(proxy)
    const { manager, record } = scene.manager({}, { url: proxy.url, socket: { transport } })
    await manager.initialize({ symbols: pairs, channels })
    await scene.live(() => allLive(manager))
    const begun = scene.clock.now()
    // A close frame with 1001; RFC 6455, sections 5.5.1 and 7.4.1.
    proxy.faults.inject(new Uint8Array([0x88, 2, 0x03, 0xe9]))
    await scene.until(() => record.states.at(-1) !== 'connected')
    const lost = record.connections.find(({ state }) => state === 'reconnecting')
    expect(lost?.error?.context).toMatchObject({ 'Close code': 1001 })
    expect(scene.clock.now()).toBe(begun)
    expect(record.streams.slice(-manager.streamStates().length).map(({ status }) => status)).not.toContain('live')
    await scene.live(() => record.logged('recovered').length === 1 && allLive(manager))
  })
})
