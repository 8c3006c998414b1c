import { type Instrument, MessageType, type WebSocketManager } from '@tapewire/core'
import { sleep } from '@tapewire/core/adapter'
import { startTcpProxy, type TcpProxy } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmulatedExchange, exchanges } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'

const pairs = [btc, eth]
const channels = ['orderbook', 'trades', 'book_ticker'] as const

const bothTransports = exchanges.flatMap((exchange) => [
  { exchange, transport: 'walker' },
  { exchange, transport: 'ws' },
])

afterEach(closeScenes)

/** A manager that reaches its exchange by way of a proxy. */
interface Proxied {
  readonly scene: Scene
  readonly proxy: TcpProxy
  readonly manager: WebSocketManager
  readonly record: FeedRecord
}

const allLive = ({ manager }: Proxied): boolean => manager.streamStates().every(({ status }) => status === 'live')

async function reach(exchange: EmulatedExchange, transport: string): Promise<Proxied> {
  const scene = await Scene.open(exchange, { pairs, levels: 10 })
  const proxy = await startTcpProxy({ target: scene.server.url, clock: scene.clock, seed: 7 })
  const { manager, record } = scene.manager({}, { url: proxy.url, socket: { transport } })
  scene.closeLater(proxy)
  return { scene, proxy, manager, record }
}

async function start(proxied: Proxied): Promise<Proxied> {
  const { scene, manager } = proxied
  await manager.initialize({ symbols: pairs, channels })
  await scene.live(() => allLive(proxied))
  return proxied
}

const open = async (exchange: EmulatedExchange, transport: string): Promise<Proxied> =>
  start(await reach(exchange, transport))

/** Every stream is live again over the only connection there is, and the books are true. Returns the error that the loss was told with. */
async function recovery(proxied: Proxied): Promise<unknown> {
  const { scene, manager, record } = proxied
  await scene.live(() => record.logged('recovered').length === 1 && allLive(proxied))
  await scene.expectTrueBooks(manager, pairs)
  expect(manager.isConnected()).toBe(true)
  return record.connections.find(({ state }) => state === 'reconnecting')?.error
}

/** Nothing has happened to the connection, and the books are true. */
async function expectUntouched({ scene, manager, record }: Proxied): Promise<void> {
  await scene.expectTrueBooks(manager, pairs)
  expect(record.states).toEqual(['connecting', 'connected'])
  expect([record.errors, record.streams.filter(({ status }) => status === 'gapped')]).toEqual([[], []])
}

/** Lets so much time pass on a market that lives, 10 ms each turn of the event loop. */
async function pass({ scene }: Proxied, durationMs: number): Promise<void> {
  const end = scene.clock.now() + durationMs
  await scene.live(() => scene.clock.now() >= end)
}

/** A trade as both sides know it: exchanges have ids of their own. */
const shown = (
  pair: Instrument,
  { price, size }: { readonly price: string | number; readonly size: string | number },
): string => `${pair} ${Number(price)} ${Number(size)}`

/** From now on: that every trade of the market is told once, in order. */
function watchTrades({ scene, record }: Proxied): { expectAll(): Promise<void> } {
  const traded: string[] = []
  scene.server.market.listen((event) => {
    if (event.kind === 'trade') traded.push(shown(event.pair, event))
  })
  const before = record.of(MessageType.Trades).length
  const told = (): string[] =>
    record
      .of(MessageType.Trades)
      .slice(before)
      .flatMap(({ symbol, data }) => data.map((trade) => shown(symbol, trade)))
  return {
    async expectAll() {
      scene.clock.advance(100)
      await scene.until(() => told().length >= traded.length)
      for (const { name } of pairs) {
        const of = (trades: readonly string[]): string[] => trades.filter((trade) => trade.startsWith(name))
        expect(of(told())).toEqual(of(traded))
      }
      expect(traded.length).toBeGreaterThan(3)
    },
  }
}

describe.each(bothTransports)('a connection to $exchange.title over $transport', ({ exchange, transport }) => {
  it('is made though the handshake arrives byte by byte', async () => {
    const proxied = await reach(exchange, transport)
    proxied.proxy.faults.split()
    await proxied.manager.initialize({ symbols: pairs, channels })
    proxied.proxy.faults.heal()
    await proxied.scene.live(() => allLive(proxied))
    await expectUntouched(proxied)
  })

  it('delivers all there is where every byte arrives alone', async () => {
    const proxied = await open(exchange, transport)
    const trades = watchTrades(proxied)
    proxied.proxy.faults.split()
    await pass(proxied, 200)
    await trades.expectAll()
    await expectUntouched(proxied)
  })

  it('delivers all there is where bytes arrive in pieces of any length', async () => {
    const proxied = await open(exchange, transport)
    const trades = watchTrades(proxied)
    proxied.proxy.faults.splitAtRandom()
    await pass(proxied, 1_000)
    await trades.expectAll()
    await expectUntouched(proxied)
  })

  it.each([
    ['', false],
    [' to a handler that makes it wait', true],
  ])('delivers all there is over a line that is slow and uneven%s', async (_whom, isSlow) => {
    const proxied = await open(exchange, transport)
    const trades = watchTrades(proxied)
    proxied.record.isSlow = isSlow
    proxied.proxy.faults.slow({ bytesPerSecond: 50_000, latencyMs: 200, jitterMs: 300 })
    await pass(proxied, 1_500)
    proxied.proxy.faults.heal()
    await trades.expectAll()
    await expectUntouched(proxied)
  })

  it('that stalls for less than its heartbeat allows loses nothing and doubles nothing', async () => {
    const proxied = await open(exchange, transport)
    const trades = watchTrades(proxied)
    proxied.proxy.faults.stall('to-client')
    await pass(proxied, 1_000)
    await proxied.scene.idle(sleep(proxied.scene.clock, 8_000))
    proxied.proxy.faults.heal()
    await trades.expectAll()
    await expectUntouched(proxied)
  })

  it('that stalls for 30 s is replaced, and what it still brings afterwards is not delivered', async () => {
    const proxied = await open(exchange, transport)
    const { proxy, record } = proxied
    const [first] = proxy.connections
    first?.faults.stall('to-client')
    await pass(proxied, 500)
    await proxied.scene.idle(sleep(proxied.scene.clock, 29_500))
    expect(await recovery(proxied)).toMatchObject({ code: 'ERR_CONNECTION_TIMEOUT' })
    first?.faults.heal()
    await proxy.until(() => first?.isClientOpen === false)
    await pass(proxied, 500)
    for (const pair of pairs) {
      const told = record.of(MessageType.Trades).flatMap(({ symbol, data }) => (symbol === pair ? data : []))
      // What was fetched afterwards has no ids at MEXC.
      const ids = told.map(({ id }) => id).filter((id) => id !== null)
      expect(new Set(ids).size).toBe(ids.length)
    }
  })

  it('whose network is gone while both sockets stay open is noticed by its heartbeat', async () => {
    const proxied = await open(exchange, transport)
    proxied.proxy.connections[0]?.faults.halfOpen()
    await proxied.scene.idle(proxied.scene.until(() => proxied.record.states.includes('reconnecting')))
    expect(await recovery(proxied)).toMatchObject({
      code: 'ERR_CONNECTION_TIMEOUT',
      shortMessage: 'The exchange did not answer a ping within 10000 ms.',
    })
  })

  it('that is reset in the middle of a frame is replaced', async () => {
    const proxied = await open(exchange, transport)
    proxied.proxy.connections[0]?.faults.cutAfter(5, 'reset')
    expect(await recovery(proxied)).toMatchObject({ code: 'ERR_CONNECTION_CLOSED', context: { 'Close code': 1006 } })
  })

  it('that ends with a FIN and no close frame is replaced', async () => {
    const proxied = await open(exchange, transport)
    proxied.proxy.connections[0]?.faults.end('to-client')
    expect(await recovery(proxied)).toMatchObject({ code: 'ERR_CONNECTION_CLOSED', context: { 'Close code': 1006 } })
  })

  it('on which a byte of a frame’s header is corrupted is replaced', async () => {
    const proxied = await open(exchange, transport)
    proxied.proxy.connections[0]?.faults.corrupt()
    expect(await recovery(proxied)).toMatchObject({ code: 'ERR_PROTOCOL_VIOLATION' })
  })

  it('that is reset while it is being closed is closed', async () => {
    const { proxy, manager, record } = await open(exchange, transport)
    const [connection] = proxy.connections
    proxy.faults.stall('to-client')
    const before = connection?.toServer.passedBytes ?? 0
    const closed = manager.close()
    await proxy.until(() => (connection?.toServer.passedBytes ?? 0) > before)
    proxy.faults.reset()
    await closed
    expect([record.states.at(-1), record.errors, connection?.isClientOpen]).toEqual(['closed', [], false])
  })

  it('is tried again after a server that takes it and never answers the handshake', async () => {
    const proxied = await open(exchange, transport)
    const { scene, proxy, record } = proxied
    proxy.faults.ofNew.halfOpen()
    proxy.connections[0]?.faults.reset()
    await scene.until(() => record.states.at(-1) === 'reconnecting')
    await proxy.until(() => proxy.connections.length === 2)
    proxy.faults.ofNew.heal()
    await recovery(proxied)
    expect(record.logged('reconnect-failed').map(({ code }) => code)).toEqual(['ERR_CONNECTION_TIMEOUT'])
  })

  it('is tried again after a server that answers the handshake with garbage', async () => {
    const proxied = await open(exchange, transport)
    const { proxy, record } = proxied
    proxy.faults.ofNew.halfOpen()
    proxy.connections[0]?.faults.reset()
    await proxy.until(() => proxy.connections.length === 2)
    proxy.faults.ofNew.heal()
    proxy.connections[1]?.faults.inject(Buffer.from('SSH-2.0-OpenSSH_9.6\r\n\r\n'))
    await recovery(proxied)
    expect(record.logged('reconnect-failed').map(({ code }) => code)).toEqual(['ERR_CONNECTION_CLOSED'])
  })

  it('is tried again for as long as connections are reset at once', async () => {
    const proxied = await open(exchange, transport)
    const { scene, proxy, record } = proxied
    proxy.faults.refuseConnections()
    proxy.faults.reset()
    await scene.live(() => record.logged('reconnect-failed').length === 4)
    proxy.faults.acceptConnections()
    await recovery(proxied)
    expect(new Set(record.logged('reconnect-failed').map(({ code }) => code))).toEqual(
      new Set(['ERR_CONNECTION_CLOSED']),
    )
  })

  it('outlives 20,000 pings in one burst', async () => {
    const proxied = await open(exchange, transport)
    const { scene, proxy } = proxied
    const { receivedBytes } = proxy.connections[0]?.toServer ?? { receivedBytes: 0 }
    scene.server.faults.pings(20_000)
    await pass(proxied, 1_000)
    await expectUntouched(proxied)
    expect(proxy.connections).toHaveLength(1)
    // A pong has 11 bytes.
    expect((proxy.connections[0]?.toServer.receivedBytes ?? 0) - receivedBytes).toBeLessThan(20_000)
  })

  it('to a server that reads nothing of all it is sent is replaced', async () => {
    const proxied = await open(exchange, transport)
    const { proxy, manager, record } = proxied
    proxy.connections[0]?.faults.stall('to-server')
    const text = 'x'.repeat(1024 * 1024)
    while (record.states.at(-1) === 'connected') await manager.sendMessage(text).catch(() => {})
    expect(await recovery(proxied)).toMatchObject({
      code: 'ERR_CONNECTION_TIMEOUT',
      shortMessage: 'The exchange does not read what it is sent.',
    })
  })
})

describe.each(exchanges)('over a bad network, $title', (exchange) => {
  it.each([
    ['come drop by drop', { bytesPerSecond: 1 }],
    ['never come', { delayMs: Number.POSITIVE_INFINITY }],
  ])('has books whose snapshots %s: each is given up after a while and asked for again', async (_how, slow) => {
    const scene = await Scene.open(exchange, { pairs, levels: 10 })
    const { manager, record } = scene.manager()
    scene.server.faults.slowAnswers(slow)
    await manager.initialize({ symbols: [btc], channels: ['orderbook'] })
    await scene.live(() => record.books.some(({ kind }) => kind === 'snapshot-failure'))
    scene.server.faults.answerRequests()
    await scene.live(() => manager.orderBook(btc)?.isLive === true)
    await scene.expectTrueBooks(manager, [btc])
    expect(record.states).toEqual(['connecting', 'connected'])
  })

  it.each([
    ['lost', (scene: Scene) => scene.server.faults.loseFrames({ share: 0.1 })],
    ['sent twice', (scene: Scene) => scene.server.faults.duplicateFrames({ share: 0.2 })],
    ['overtaken by the next', (scene: Scene) => scene.server.faults.reorderFrames({ share: 0.1 })],
  ])('has books that are true again once frames are %s no more', async (_what, spoil) => {
    const scene = await Scene.open(exchange, { pairs, levels: 10 })
    const { manager } = scene.manager()
    await manager.initialize({ symbols: pairs, channels: ['orderbook'] })
    const areLive = (): boolean => pairs.every((pair) => manager.orderBook(pair)?.isLive)
    await scene.live(areLive)
    spoil(scene)
    const end = scene.clock.now() + 2_000
    await scene.live(() => scene.clock.now() >= end)
    scene.server.faults.heal()
    // One more update of each book: a lost one shows with the next.
    const later = scene.clock.now() + 500
    await scene.live(() => scene.clock.now() >= later && areLive())
    await scene.expectTrueBooks(manager, pairs)
  })
})
