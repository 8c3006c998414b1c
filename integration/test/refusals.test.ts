import { MessageType, parseInstrument, SubscriptionError, type WebSocketManager } from '@tapewire/core'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, gateio, mexc } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { btc, closeScenes, eth, Scene, sol } from '../src/scene/scene.js'

const foo = parseInstrument('FOO/USDT')

afterEach(closeScenes)

/** The `SubscriptionError` a call is refused with. */
async function refusalOf(call: Promise<unknown>): Promise<SubscriptionError> {
  const thrown: unknown = await call.then(
    () => null,
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(SubscriptionError)
  return thrown as SubscriptionError
}

/** Every refused stream as text. */
function refusedBy({ rejected }: SubscriptionError): string[] {
  return rejected.map(({ channel, symbol }) => `${channel} ${symbol}`).sort()
}

/** Streams that are there, and acknowledged. */
function activeStreams(manager: WebSocketManager): number {
  return manager.getPerformanceMetrics().connections.reduce((sum, connection) => sum + connection.activeStreams, 0)
}

/** Lets a trade happen in each of these markets, and waits for all of them. */
async function expectTrades(scene: Scene, record: FeedRecord, symbols = [btc, eth, sol]): Promise<void> {
  for (const pair of symbols) while (scene.server.market.step(pair).every(({ kind }) => kind !== 'trade'));
  scene.clock.advance(100)
  const told = (): Set<unknown> => new Set(record.of(MessageType.Trades).map(({ symbol }) => symbol))
  await scene.until(() => symbols.every((pair) => told().has(pair)))
}

describe.each(exchanges)('a request for several markets of $title, one of which it does not have', (exchange) => {
  it('is refused by initialize for that one alone, and the others deliver', async () => {
    const scene = await Scene.open(exchange)
    const { manager, record } = scene.manager()
    const refusal = await refusalOf(
      manager.initialize({ symbols: [btc, foo, eth, sol], channels: ['trades', 'book_ticker'] }),
    )
    expect(refusal).toMatchObject({ code: 'ERR_SUBSCRIPTION_REJECTED', message: expect.stringContaining('FOO/USDT') })
    expect(refusedBy(refusal)).toEqual(['book_ticker FOO/USDT', 'trades FOO/USDT'])
    expect(activeStreams(manager)).toBe(6)
    expect(manager.streamStates().map(({ symbol }) => symbol)).not.toContain(foo)
    await expectTrades(scene, record)
  })

  it('is refused by subscribe for that one alone, and can be repeated without it', async () => {
    const scene = await Scene.open(exchange)
    const { manager, record } = scene.manager()
    await manager.initialize({ symbols: [btc], channels: ['trades'] })
    expect(refusedBy(await refusalOf(manager.subscribe([eth, foo, sol])))).toEqual(['trades FOO/USDT'])
    await manager.subscribe([eth, sol])
    expect(activeStreams(manager)).toBe(3)
    await expectTrades(scene, record)
  })

  it('leaves nothing behind that would be asked for after a reconnect', async () => {
    const scene = await Scene.open(exchange)
    const { manager, record } = scene.manager()
    await refusalOf(manager.initialize({ symbols: [btc, foo], channels: ['trades'] }))
    await expectTrades(scene, record, [btc])
    scene.server.faults.terminateAll()
    await scene.until(() => record.logged('recovered').length === 1)
    const replayed = scene.seen.sessions[1]?.messages.map(({ text }) => text).join()
    expect(replayed).toContain('BTC')
    expect(replayed).not.toContain('FOO')
    expect(record.errors).toEqual([])
  })

  it('has the refused one alone reported where the market disappears before a reconnect', async () => {
    const scene = await Scene.open(exchange)
    const { manager, record } = scene.manager()
    await manager.initialize({ symbols: [btc, eth, sol], channels: ['trades'] })
    await expectTrades(scene, record)
    scene.venue.control.refusePair(eth)
    scene.server.faults.terminateAll()
    await scene.until(() => record.logged('recovered').length === 1)
    const [error, ...others] = record.errors
    expect(others).toEqual([])
    expect(refusedBy(error as SubscriptionError)).toEqual(['trades ETH/USDT'])
    expect(manager.streamState(eth, 'trades')).toMatchObject({ status: 'gapped', reason: 'refused by the exchange' })
    expect(activeStreams(manager)).toBe(2)
  })

  it('ends a feed of the factory, which leaves nothing open and says so', async () => {
    const scene = await Scene.open(exchange)
    const { hint } = await refusalOf(scene.publicFeed({ symbols: [btc, foo], channels: ['trades'] }))
    expect(hint).toContain('The other subscription was ended as well, and nothing is left open')
    await scene.until(() => scene.seen.openSessions.length === 0)
    expect(scene.clock.delays).toEqual([])
  })

  it('is told to a feed that may go on, which has the others, and to whoever awaits the book that does not come', async () => {
    const scene = await Scene.open(exchange)
    const { feed, record } = await scene.publicFeed({ symbols: [btc, foo, eth], onRefused: 'continue' })
    expect(record.errors.map(({ code }) => code)).toEqual(['ERR_SUBSCRIPTION_REJECTED'])
    expect(feed.refused.map(({ channel, symbol }) => `${channel} ${symbol}`).sort()).toEqual([
      'orderbook FOO/USDT',
      'trades FOO/USDT',
    ])
    expect(refusedBy(await refusalOf(feed.awaitBook(foo)))).toEqual(['orderbook FOO/USDT'])
    await expectTrades(scene, record, [btc, eth])
    await feed.close()
    expect(feed.streamStates().map(({ status }) => status)).toEqual(['gapped', 'gapped', 'gapped', 'gapped'])
  })

  it('ends a feed that may go on, where it is all that was asked for', async () => {
    const scene = await Scene.open(exchange)
    const { hint } = await refusalOf(scene.publicFeed({ symbols: [foo], onRefused: 'continue' }))
    expect(hint).toContain('Nothing is left open')
    await scene.until(() => scene.seen.openSessions.length === 0)
  })
})

describe('a list of Gate.io with several unknown markets', () => {
  it('is asked for again without each of them in turn', async () => {
    const unknown = ['AAA', 'BBB', 'CCC'].map((base) => parseInstrument(`${base}/USDT`))
    const scene = await Scene.open(gateio)
    const { manager, record } = scene.manager()
    const refusal = await refusalOf(manager.initialize({ symbols: [btc, ...unknown, eth, sol], channels: ['trades'] }))
    expect(refusedBy(refusal)).toEqual(unknown.map((pair) => `trades ${pair}`))
    expect(scene.seen.messages).toHaveLength(4)
    await expectTrades(scene, record)
  })
})

/** How Gate.io refuses markets that it does not have. */
const wordings: readonly [string, (unknown: readonly string[]) => string][] = [
  ['unknown currency pair: X', ([first]) => `unknown currency pair: ${first}`],
  ['unknown currency pair X', ([first]) => `unknown currency pair ${first}`],
  ['"X" is invalid.', ([first]) => `currency pair "${first}" is invalid.`],
  ['X,Y not found', (unknown) => `${unknown.join(',')} not found`],
  ['nothing at all', () => 'invalid argument'],
  ['somebody else', () => 'unknown currency pair: WBTC_USDT_OLD'],
]

describe.each(wordings)('a refusal of Gate.io that says %s', (_wording, words) => {
  const bar = parseInstrument('BAR/USDT')

  it('takes no other stream with it, at the start', async () => {
    const scene = await Scene.open(gateio)
    scene.venue.control.wordRefusals(words)
    const { manager, record } = scene.manager()
    const symbols = [btc, foo, eth, bar, sol]
    const refusal = await refusalOf(manager.initialize({ symbols, channels: ['trades', 'book_ticker', 'ticker'] }))
    const channels = ['book_ticker', 'ticker', 'trades']
    expect(refusedBy(refusal)).toEqual(channels.flatMap((channel) => [`${channel} BAR/USDT`, `${channel} FOO/USDT`]))
    expect(refusal.rejected.every(({ exchangeCode, reason }) => exchangeCode === '2' && reason !== '')).toBe(true)
    expect(activeStreams(manager)).toBe(9)
    expect(scene.seen.messages.length).toBeLessThan(2 * 15)
    await expectTrades(scene, record)
  })

  it('takes no other stream with it, after a reconnect, nor a second one', async () => {
    const scene = await Scene.open(gateio)
    scene.venue.control.wordRefusals(words)
    const { manager, record } = scene.manager()
    await manager.initialize({ symbols: [btc, eth, sol], channels: ['trades', 'orderbook'] })
    scene.venue.control.refusePair(eth)
    scene.server.faults.terminateAll()
    await scene.until(() => record.logged('recovered').length === 1)
    expect(record.errors.flatMap((error) => refusedBy(error as SubscriptionError)).sort()).toEqual([
      'orderbook ETH/USDT',
      'trades ETH/USDT',
    ])
    expect(manager.streamState(eth, 'trades')).toMatchObject({ status: 'gapped', reason: 'refused by the exchange' })
    expect(activeStreams(manager)).toBe(4)
    await expectTrades(scene, record, [btc, sol])
    scene.server.faults.terminateAll()
    await scene.idle(scene.until(() => record.logged('recovered').length === 2))
    expect([record.errors.length, activeStreams(manager), scene.seen.sessions.length]).toEqual([2, 4, 3])
  })

  it('takes no other stream of the account with it, whose requests are signed anew', async () => {
    const scene = await Scene.open(gateio)
    scene.venue.control.wordRefusals(words)
    const { feed, record } = await scene.privateFeed({ symbols: [btc], channels: ['orders', 'executions'] })
    const refusal = await refusalOf(feed.subscribe([eth, foo, sol]))
    expect(refusedBy(refusal)).toEqual(['executions FOO/USDT', 'orders FOO/USDT'])
    expect(activeStreams(feed.manager)).toBe(6)
    scene.venue.control.refusePair(sol)
    scene.server.faults.terminateAll()
    await scene.until(() => record.logged('recovered').length === 1)
    expect(record.errors.flatMap((error) => refusedBy(error as SubscriptionError)).sort()).toEqual([
      'executions SOL/USDT',
      'orders SOL/USDT',
    ])
    expect(activeStreams(feed.manager)).toBe(4)
  })
})

it('whichever markets Gate.io does not have, in whatever order and words, these are refused and the others are active', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `C${index}/USDT`)
  const places = fc.shuffledSubarray(names, { minLength: 2 })
  const run = async (asked: string[], count: number, words: (typeof wordings)[number][1]): Promise<void> => {
    const bad = asked.slice(0, Math.min(count, asked.length - 1)).sort()
    const good = names.filter((name) => !bad.includes(name)).map(parseInstrument)
    const scene = await Scene.open(gateio, { pairs: good })
    scene.venue.control.wordRefusals(words)
    const { manager } = scene.manager()
    const started = manager.initialize({ symbols: [...asked].sort(), channels: ['trades'] })
    const refused = bad.length === 0 ? started.then(() => []) : refusalOf(started).then(refusedBy)
    expect(await refused).toEqual(bad.map((name) => `trades ${name}`))
    expect(activeStreams(manager)).toBe(asked.length - bad.length)
    expect(scene.seen.messages.length).toBeLessThan(2 * asked.length)
    await scene.close()
  }
  const words = fc.constantFrom(...wordings.map(([, made]) => made))
  await fc.assert(fc.asyncProperty(places, fc.nat({ max: 6 }), words, run), { numRuns: 20 })
})

describe('a book stream of Gate.io that the connection has already', () => {
  const options = { orderbookChannel: 'obu' } as const

  it('is asked for once, however often it is subscribed', async () => {
    const scene = await Scene.open(gateio)
    const { manager } = scene.manager({}, options)
    await manager.initialize({ symbols: [btc, btc], channels: ['orderbook'] })
    await Promise.all([manager.subscribe([btc]), manager.subscribe([btc, eth]), manager.subscribe([eth])])
    const names = scene.seen.messages.flatMap(({ text }) => (JSON.parse(text) as { payload: string[] }).payload)
    expect(names).toEqual(['ob.BTC_USDT.400', 'ob.ETH_USDT.400'])
  })

  it('is accepted, the others of its request too, and the books become live', async () => {
    const scene = await Scene.open(gateio)
    const { manager, record } = scene.manager({}, options)
    await manager.initialize({ symbols: [btc], channels: ['orderbook'] })
    await manager.sendMessage({ id: 999, channel: 'spot.obu', event: 'subscribe', payload: ['ob.ETH_USDT.400'] })
    await scene.until(() => scene.seen.messages.length === 2)
    await manager.subscribe([eth, sol])
    expect(activeStreams(manager)).toBe(3)
    await scene.live(() => manager.streamStates().every(({ status }) => status === 'live'))
    await scene.expectTrueBooks(manager, [btc, eth, sol])
    expect(record.errors).toEqual([])
  })
})

describe('a request to MEXC of which it refuses a part', () => {
  it('is active as far as it was accepted, channel by channel', async () => {
    const scene = await Scene.open(mexc)
    scene.venue.control.refuseStream(/aggre\.deals.*ETHUSDT/)
    const { manager, record } = scene.manager()
    const refusal = await refusalOf(manager.initialize({ symbols: [btc, eth, sol], channels: ['trades', 'ticker'] }))
    expect(refusedBy(refusal)).toEqual(['trades ETH/USDT'])
    expect(activeStreams(manager)).toBe(5)
    await expectTrades(scene, record, [btc, sol])
    scene.venue.control.acceptStreams()
    await manager.subscribe([eth])
    expect(activeStreams(manager)).toBe(6)
    await expectTrades(scene, record)
  })
})
