import { MessageType, type WebSocketManager } from '@tapewire/core'
import { type EmulatedVenue, startTcpProxy } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, gateio, mexc } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'

const pairs = [btc, eth]
const channels = ['orderbook', 'trades', 'book_ticker'] as const

const bothTransports = exchanges.flatMap((exchange) => [
  { exchange, transport: 'walker' },
  { exchange, transport: 'ws' },
])

afterEach(closeScenes)

interface Opened<Emulation extends EmulatedVenue = EmulatedVenue> {
  readonly scene: Scene<Emulation>
  readonly manager: WebSocketManager
  readonly record: FeedRecord
}

const allLive = (manager: WebSocketManager): boolean => manager.streamStates().every(({ status }) => status === 'live')

/** A manager with every stream live. */
async function open<Emulation extends EmulatedVenue>(
  scene: Scene<Emulation>,
  exchangeOptions: Readonly<Record<string, unknown>> = {},
): Promise<Opened<Emulation>> {
  const { manager, record } = scene.manager({}, exchangeOptions)
  await manager.initialize({ symbols: pairs, channels })
  await scene.live(() => allLive(manager))
  return { scene, manager, record }
}

/** Every stream is live again over a new connection, and the books are true. */
async function expectRecovery({ scene, manager, record }: Opened, times = 1): Promise<void> {
  await scene.live(() => record.logged('recovered').length === times && allLive(manager))
  await scene.expectTrueBooks(manager, pairs)
  expect(scene.seen.openSessions).toHaveLength(1)
  expect(manager.isConnected()).toBe(true)
}

describe.each(bothTransports)('a connection to $exchange.title over $transport', ({ exchange, transport }) => {
  const socket = { transport }
  const cuts: readonly [string, (scene: Scene) => void, number][] = [
    ['ends without a close frame', ({ server }) => server.faults.terminateAll(), 1006],
    ['is closed without a code', ({ server }) => server.faults.closeAll(), 1005],
    ['is closed normally', ({ server }) => server.faults.closeAll(1000), 1000],
    ['is closed for going away', ({ server }) => server.faults.closeAll(1001, 'going away'), 1001],
    ['is closed for a policy', ({ server }) => server.faults.closeAll(1008), 1008],
    ['is closed for an error of the server', ({ server }) => server.faults.closeAll(1011), 1011],
    ['is closed for a restart', ({ server }) => server.faults.closeAll(1012), 1012],
    ['is closed for overload', ({ server }) => server.faults.closeAll(1013), 1013],
    ['is closed with a code of the exchange', ({ server }) => server.faults.closeAll(4000, 'enough'), 4000],
  ]

  it.each(cuts)('that %s is replaced, and every stream with its book is live again', async (_how, cut, code) => {
    const opened = await open(await Scene.open(exchange, { pairs }), { socket })
    cut(opened.scene)
    await expectRecovery(opened)
    expect(opened.record.states).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
    const reconnecting = opened.record.connections.find(({ state }) => state === 'reconnecting')
    expect(reconnecting?.error).toMatchObject({ code: 'ERR_CONNECTION_CLOSED', context: { 'Close code': code } })
  })

  it('that ends in the middle of a frame is replaced, and every stream with its book is live again', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const proxy = await startTcpProxy({ target: scene.server.url })
    scene.closeLater(proxy)
    const opened = await open(scene, { url: proxy.url, socket })
    proxy.connections[0]?.faults.cutAfter(5)
    await expectRecovery(opened)
    expect(opened.record.errors).toEqual([])
  })

  it('that carries bytes which are no frames is replaced, and says so', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const proxy = await startTcpProxy({ target: scene.server.url })
    scene.closeLater(proxy)
    const opened = await open(scene, { url: proxy.url, socket })
    proxy.faults.inject(new Uint8Array([0xff, 0xff, 0xff, 0xff]))
    await expectRecovery(opened)
    const reconnecting = opened.record.connections.find(({ state }) => state === 'reconnecting')
    expect(reconnecting?.error?.code).toBe('ERR_PROTOCOL_VIOLATION')
  })
})

describe.each(exchanges)('a connection to $title', (exchange) => {
  it('that no longer answers is noticed by its heartbeat', async () => {
    const opened = await open(await Scene.open(exchange, { pairs }))
    const { scene, record } = opened
    scene.server.faults.freeze()
    await scene.live(() => record.states.at(-1) === 'reconnecting')
    scene.server.faults.resume()
    await expectRecovery(opened)
    const reconnecting = record.connections.find(({ state }) => state === 'reconnecting')
    expect(reconnecting?.error).toMatchObject({
      code: 'ERR_CONNECTION_TIMEOUT',
      shortMessage: 'The exchange did not answer a ping within 10000 ms.',
    })
  })

  it('that is refused for a while is tried again until it is accepted', async () => {
    const opened = await open(await Scene.open(exchange, { pairs }))
    const { scene, record } = opened
    scene.server.faults.refuseConnections(503)
    scene.server.faults.terminateAll()
    await scene.live(() => record.logged('reconnecting').length === 5)
    scene.server.faults.acceptConnections()
    await expectRecovery(opened)
    expect(new Set(record.logged('reconnect-failed').map(({ code }) => code))).toEqual(
      new Set(['ERR_HANDSHAKE_REJECTED']),
    )
  })

  it('that stays refused is given up after the time that the user gave it, which is reported once', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager, record } = scene.manager({ config: { reconnectTimeLimitMs: 5_000 } })
    await manager.initialize({ symbols: pairs, channels })
    await scene.live(() => allLive(manager))
    scene.server.faults.refuseConnections(503)
    scene.server.faults.terminateAll()
    await scene.live(() => record.errors.length > 0)
    expect(record.errors).toMatchObject([
      { code: 'ERR_RECONNECT_EXHAUSTED', context: { 'Last error': 'ERR_HANDSHAKE_REJECTED' } },
    ])
    expect(record.states.at(-1)).toBe('error')
    expect(manager.isConnected()).toBe(false)
    expect(manager.streamStates().map(({ status }) => status)).not.toContain('live')
  })

  it('on which nothing is acknowledged at first is refused for it, and serves once acknowledgements come', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager, record } = scene.manager()
    scene.venue.control.silenceAcks()
    const refusal = manager.initialize({ symbols: pairs, channels: ['trades'] }).catch((thrown: unknown) => thrown)
    await scene.live(() => record.logged('connected').length === 1 && scene.clock.delays.includes(10_000))
    for (let time = 0; time < 10_000; time += 1_000) scene.clock.advance(1_000)
    expect(await refusal).toMatchObject({
      code: 'ERR_ACKNOWLEDGEMENT_TIMEOUT',
      rejected: [{ symbol: 'BTC/USDT' }, { symbol: 'ETH/USDT' }],
    })
    scene.venue.control.silenceAcks(false)
    await manager.subscribe(pairs)
    await scene.live(() => manager.streamStates().length === 2 && allLive(manager))
  })

  it('on which nothing is acknowledged after a reconnect is replaced until something is', async () => {
    const opened = await open(await Scene.open(exchange, { pairs }))
    const { scene, record } = opened
    scene.venue.control.silenceAcks()
    scene.server.faults.terminateAll()
    await scene.live(() => scene.seen.sessions.length === 3)
    scene.venue.control.silenceAcks(false)
    await expectRecovery(opened)
    expect(record.logged('reconnect-failed').map(({ code }) => code)).toContain('ERR_ACKNOWLEDGEMENT_TIMEOUT')
  })
})

/** No message of this type came twice or late. */
function expectEachOnce(record: FeedRecord, type: 1 | 3): void {
  for (const pair of pairs) {
    const sequences = record.of(type).flatMap(({ symbol, sequence }) => (symbol === pair ? [sequence] : []))
    expect(sequences.length).toBeGreaterThan(5)
    expect(sequences).toEqual([...new Set(sequences)].sort((one, other) => Number(one) - Number(other)))
  }
}

describe('an upgrade notice of Gate.io', () => {
  it.each([
    ['is read at once', false, undefined],
    ['is read at once, and closed a little later', false, 2_000],
    ['is read slowly', true, undefined],
  ])('has a connection replaced that %s, without a loss or a duplicate', async (_how, isSlow, closeAfterMs) => {
    const { scene, manager, record } = await open(await Scene.open(gateio, { pairs }))
    const traded: string[] = []
    scene.server.market.listen((event) => {
      if (event.kind === 'trade') traded.push(`${event.pair} ${event.id}`)
    })
    const before = record.of(MessageType.Trades).length
    record.isSlow = isSlow
    let turns = 0
    await scene.live(() => turns++ === 30)
    scene.venue.control.announceUpgrade(closeAfterMs)
    await scene.live(() => turns++ > 200 && scene.seen.sessions.length === 2 && scene.seen.openSessions.length === 1)
    const told = (): string[] =>
      record
        .of(MessageType.Trades)
        .slice(before)
        .flatMap(({ symbol, data }) => data.map(({ id }) => `${symbol} ${id}`))
    await scene.until(() => told().length >= traded.length)
    for (const { name } of pairs) {
      expect(told().filter((trade) => trade.startsWith(name))).toEqual(traded.filter((trade) => trade.startsWith(name)))
    }
    for (const type of [MessageType.Orderbook, MessageType.BookTicker]) expectEachOnce(record, type)
    await scene.expectTrueBooks(manager, pairs)
    expect(manager.getPerformanceMetrics()).toMatchObject({ gaps: 0, connectionFailures: 0, errorCount: 0 })
    expect(record.streams.filter(({ status }) => status === 'gapped')).toEqual([])
    expect(record.states).toEqual(['connecting', 'connected'])
  })

  it('leaves the books of spot.obu live throughout, though the new connection begins with images', async () => {
    const { scene, manager, record } = await open(await Scene.open(gateio, { pairs }), { orderbookChannel: 'obu' })
    const before = record.streams.length
    scene.venue.control.announceUpgrade()
    await scene.live(() => scene.seen.sessions.length === 2 && scene.seen.openSessions.length === 1)
    await scene.expectTrueBooks(manager, pairs)
    expect(record.streams.slice(before)).toEqual([])
    expect(record.books).toEqual([])
  })

  it('that is followed by the close at once has every stream live again over one connection', async () => {
    const opened = await open(await Scene.open(gateio, { pairs }))
    const { scene, manager } = opened
    scene.venue.control.announceUpgrade(0)
    await scene.live(() => scene.seen.sessions.length >= 2 && scene.seen.openSessions.length === 1 && allLive(manager))
    await scene.expectTrueBooks(manager, pairs)
    expect(manager.isConnected()).toBe(true)
  })
})

describe('a frame that cannot be read', () => {
  it('has the connection to Gate.io replaced: what follows it cannot be trusted', async () => {
    const opened = await open(await Scene.open(gateio, { pairs }))
    const { scene, record } = opened
    scene.server.faults.rewrite((frame) => {
      scene.server.faults.rewrite(null)
      return [`${String(frame).slice(0, 40)}\u0000\u0001garbage`]
    })
    await expectRecovery(opened)
    expect(record.errors).toMatchObject([{ code: 'ERR_MALFORMED_FRAME' }])
  })

  it('is counted and reported on MEXC, and the connection goes on with books that are fetched anew', async () => {
    const opened = await open(await Scene.open(mexc, { pairs }))
    const { scene, manager, record } = opened
    const garbage = [
      new Uint8Array([0xff, 0xff, 0xff]),
      new Uint8Array([0x0a, 0x7f, 0x00]),
      '{"not": "known"}',
      'garbage',
    ]
    scene.server.faults.rewrite((frame) => {
      scene.server.faults.rewrite(null)
      return [frame, ...garbage]
    })
    await scene.live(() => {
      const { errorMessages, unknownMessages } = manager.getPerformanceMetrics()
      return errorMessages + unknownMessages === garbage.length
    })
    await scene.live(() => pairs.every((pair) => manager.orderBook(pair)?.isLive))
    expect(manager.getPerformanceMetrics().gaps).toBe(pairs.length)
    await scene.expectTrueBooks(manager, pairs)
    expect(new Set(record.errors.map(({ code }) => code))).toEqual(new Set(['ERR_MALFORMED_FRAME']))
    expect(record.states).toEqual(['connecting', 'connected'])
    expect(scene.seen.sessions).toHaveLength(1)
  })
})
