import type { WebSocketManager } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, gateio } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'

const pairs = [btc, eth]
const channels = ['trades', 'book_ticker'] as const

afterEach(closeScenes)

const allLive = (manager: WebSocketManager): boolean => manager.streamStates().every(({ status }) => status === 'live')
const activeStreams = (manager: WebSocketManager): number =>
  manager.getPerformanceMetrics().connections.reduce((sum, connection) => sum + connection.activeStreams, 0)
const reasonOf = (manager: WebSocketManager): string => manager.streamState(eth, 'trades')?.reason ?? ''

async function open(
  scene: Scene,
  options: Parameters<Scene['manager']>[0] = {},
): Promise<{ readonly manager: WebSocketManager; readonly record: FeedRecord }> {
  const opened = scene.manager(options)
  await opened.manager.initialize({ symbols: pairs, channels })
  await scene.live(() => allLive(opened.manager))
  return opened
}

/** Whether a request asks for the trades of ETH/USDT, in the words of either exchange. */
function asksForTrades(text: string): boolean {
  const isSubscription = text.includes('"subscribe"') || text.includes('"SUBSCRIPTION"')
  return isSubscription && /"spot\.trades".*ETH_USDT|aggre\.deals[^"]*ETHUSDT/.test(text)
}

/** How each exchange refuses a request for the moment. */
const momentary: Readonly<Record<string, (request: { readonly id: number }) => object>> = {
  gateio_spot: ({ id, ...rest }) => ({
    time: 1_767_225_600,
    time_ms: 1_767_225_600_150,
    id,
    ...rest,
    error: { code: 3, message: 'server error' },
    result: { status: 'fail' },
  }),
  mexc_spot: ({ id }) => ({ id, code: 500, msg: 'server error' }),
}

describe.each(exchanges)('after a reconnect to $title', (exchange) => {
  it('a stream that is never acknowledged costs no other stream anything, and is live once it is', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager, record } = await open(scene)
    scene.seen.interceptMessage = (text) => (asksForTrades(text) ? [] : null)
    scene.server.faults.terminateAll()
    await scene.live(() => activeStreams(manager) === 3 && reasonOf(manager).startsWith('not acknowledged'))
    await scene.live(() => manager.streamStates().filter(({ status }) => status === 'live').length === 3)
    expect(manager.streamState(eth, 'trades')).toMatchObject({
      status: 'gapped',
      reason: expect.stringMatching(/^not acknowledged, asked for again in \d+ ms$/),
    })
    expect([manager.isConnected(), record.logged('recovered').length, record.errors]).toEqual([true, 1, []])
    const { length } = scene.seen.sessions
    scene.seen.interceptMessage = () => null
    await scene.live(() => allLive(manager))
    expect([activeStreams(manager), scene.seen.sessions.length]).toEqual([4, length])
  })

  it('a request that is refused for the moment is made again, alone, until it is accepted', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager, record } = await open(scene)
    const refuse = momentary[exchange.definition.name]
    scene.seen.interceptMessage = (text) =>
      asksForTrades(text) && refuse !== undefined ? [JSON.stringify(refuse(JSON.parse(text)))] : null
    scene.server.faults.terminateAll()
    await scene.live(() => reasonOf(manager).startsWith('refused for the moment (server error), asked for again in'))
    const asked = scene.seen.messages.length
    await scene.live(() => scene.seen.messages.filter(({ text }) => asksForTrades(text)).length >= 4)
    expect(scene.seen.messages.length - asked).toBeLessThanOrEqual(4)
    scene.seen.interceptMessage = () => null
    await scene.live(() => allLive(manager))
    expect([activeStreams(manager), scene.seen.sessions.length, record.errors]).toEqual([4, 2, []])
  })

  it('acknowledgements that come too late count all the same', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager, record } = await open(scene)
    scene.venue.control.delayAcks(15_000)
    scene.server.faults.terminateAll()
    await scene.live(() => scene.seen.sessions.length === 3 && activeStreams(manager) === 4 && allLive(manager))
    // On the second connection nothing was answered in time, on the third late.
    expect([scene.seen.sessions.length, record.errors]).toEqual([3, []])
  })

  it('what was subscribed meanwhile is there', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager, record } = await open(scene)
    scene.server.faults.refuseConnections(503)
    scene.server.faults.terminateAll()
    await scene.live(() => record.states.at(-1) === 'reconnecting')
    const subscribed = manager.subscribe(pairs, ['ticker'])
    await scene.live(() => record.logged('reconnect-failed').length >= 2)
    scene.server.faults.acceptConnections()
    await scene.idle(subscribed)
    expect(activeStreams(manager)).toBe(6)
    await scene.live(() => allLive(manager))
  })
})

describe.each(exchanges)('a reconnect to $title that never succeeds', (exchange) => {
  it('rejects what was subscribed meanwhile, naming every stream', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager, record } = await open(scene, { config: { reconnectTimeLimitMs: 20_000 } })
    scene.server.faults.refuseConnections(503)
    scene.server.faults.terminateAll()
    await scene.live(() => record.states.at(-1) === 'reconnecting')
    const thrown: unknown = await scene.idle(manager.subscribe(pairs, ['ticker']).catch((error: unknown) => error))
    const reason = expect.stringMatching(/^The connection was given up after \d+ attempts to restore it\.$/)
    expect(thrown).toMatchObject({
      name: 'SubscriptionError',
      code: 'ERR_RECONNECT_EXHAUSTED',
      rejected: [
        { symbol: 'BTC/USDT', channel: 'ticker', reason },
        { symbol: 'ETH/USDT', channel: 'ticker', reason },
      ],
    })
  })
})

describe('a book stream of Gate.io whose acknowledgement was lost after a reconnect', () => {
  it('is asked for again, said to be there already, and so it is', async () => {
    const scene = await Scene.open(gateio, { pairs })
    const { manager, record } = scene.manager({}, { orderbookChannel: 'obu' })
    await manager.initialize({ symbols: pairs, channels: ['orderbook'] })
    await scene.live(() => allLive(manager))
    scene.venue.control.silenceAcks()
    scene.server.faults.terminateAll()
    await scene.live(() => scene.seen.sessions.length === 3 && scene.seen.sessions[2]?.messages.length === 1)
    await scene.live(() => record.logged('streams-postponed').length > 0)
    scene.venue.control.silenceAcks(false)
    await scene.live(() => activeStreams(manager) === 2 && allLive(manager))
    await scene.expectTrueBooks(manager, pairs)
    expect([scene.seen.sessions.length, record.errors]).toEqual([3, []])
  })
})
