import { describe, expect, test } from 'vitest'
import { overlappingRanges } from '../src/adapter.js'
import {
  type FeedMessage,
  type MessageStream,
  type StreamError,
  SubscriptionError,
  WebSocketStrategySet,
} from '../src/index.js'
import { type AcmeOptions, acmeStrategies } from './support/acme-exchange.js'
import { type BenchOptions, carriedBy, type ManagerBench, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** The exchange ends the connection that carries the stream of this base. */
function cut(base: string): void {
  for (const { streams, socket } of acme.venue.connected) if (streams.has(streamOf(base))) socket.terminate()
}

/** Everything a loop gets, and what it ends with. */
async function readAll(pulled: AsyncIterable<FeedMessage>): Promise<readonly unknown[]> {
  const read: unknown[] = []
  try {
    for await (const { sequence } of pulled) read.push(sequence)
    return [...read, 'done']
  } catch (thrown) {
    return [...read, (thrown as StreamError).code ?? thrown]
  }
}

/** A lost connection is given up at once, and each carries one stream. */
const givenUpAtOnce: BenchOptions = {
  config: { maxReconnectAttempts: 0 },
  acme: { limits: { streamsPerConnection: 1 } },
}

describe('a loop over pulled messages', () => {
  test('throws the reason, after what it holds, when the connection was given up', async () => {
    const bench = acme.build(givenUpAtOnce)
    await bench.start('A')
    const pulled = bench.manager.messages()
    for (const value of [1, 2]) acme.venue.push(streamOf('A'), value)
    await bench.until(() => bench.values.length === 2)
    cut('A')
    await bench.until(() => bench.errors.length > 0)
    expect(bench.errors[0]).toMatchObject({
      code: 'ERR_RECONNECT_EXHAUSTED',
      shortMessage: 'The connection was given up without another attempt to restore it.',
    })
    expect(await readAll(pulled)).toEqual([1, 2, 'ERR_RECONNECT_EXHAUSTED'])
    expect(await pulled.next()).toEqual({ done: true, value: undefined })
  })

  test('throws for whoever waits already', async () => {
    const bench = acme.build(givenUpAtOnce)
    await bench.start('A')
    const [first, second] = (() => {
      const pulled = bench.manager.messages({ channel: 'book_ticker' })
      return [pulled.next(), pulled.next()]
    })()
    cut('A')
    await expect(first).rejects.toMatchObject({ code: 'ERR_RECONNECT_EXHAUSTED' })
    expect(await second).toEqual({ done: true, value: undefined })
  })

  test('gives what waited behind a slow reader before it throws', async () => {
    const bench = acme.build(givenUpAtOnce)
    await bench.start('A')
    const pulled = bench.manager.messages()
    for (const value of numbers(1, 600)) acme.venue.push(streamOf('A'), value)
    // The venue’s frames are read before its end, and wait for the reader, who is 256 behind.
    await bench.until(() => bench.manager.getPerformanceMetrics().pendingMessages > 0 && bench.values.length >= 256)
    acme.venue.connected[0]?.socket.close()
    const read = await readAll(pulled)
    expect(read).toEqual([...numbers(1, 600), 'ERR_RECONNECT_EXHAUSTED'])
  })

  test('goes on as long as any connection brings what it asks for', async () => {
    const bench = acme.build(givenUpAtOnce)
    await bench.start('A', 'B')
    const all = bench.manager.messages()
    const quotes = bench.manager.messages({ channel: 'book_ticker' })
    const onlyA = readAll(bench.manager.messages({ symbol: 'A/USDT' }))
    const onlyB = readAll(bench.manager.messages({ symbol: 'B/USDT' }))
    cut('A')
    expect(await onlyA).toEqual(['ERR_RECONNECT_EXHAUSTED'])
    acme.venue.push(streamOf('B'), 7)
    await bench.until(() => bench.values.includes(7))
    cut('B')
    for (const pulled of [all, quotes]) expect(await readAll(pulled)).toEqual([7, 'ERR_RECONNECT_EXHAUSTED'])
    expect(await onlyB).toEqual([7, 'ERR_RECONNECT_EXHAUSTED'])
  })

  test('that begins when nothing can come any more throws at once', async () => {
    const bench = acme.build(givenUpAtOnce)
    await bench.start('A', 'B')
    cut('A')
    await bench.until(() => bench.errors.length > 0)
    expect(await readAll(bench.manager.messages({ symbol: 'A/USDT' }))).toEqual(['ERR_RECONNECT_EXHAUSTED'])
    const pulled = bench.manager.messages()
    acme.venue.push(streamOf('B'), 7)
    expect((await pulled.next()).value?.sequence).toBe(7)
  })

  test('is not ended by unsubscribing: one may subscribe again', async () => {
    const bench = acme.build(givenUpAtOnce)
    await bench.start('A', 'B')
    const pulled = bench.manager.messages({ symbol: 'A/USDT' })
    await bench.manager.unsubscribe(['A/USDT'])
    cut('B')
    await bench.until(() => bench.errors.length > 0)
    await bench.manager.unsubscribe(['B/USDT'])
    await bench.manager.subscribe(['C/USDT'])
    const later = bench.manager.messages({ symbol: 'A/USDT' })
    await bench.manager.subscribe(['A/USDT'])
    acme.venue.push(streamOf('A'), 7)
    expect((await later.next()).value?.sequence).toBe(7)
    await pulled.return()
  })

  test('ends by its signal, after what it holds, with the reason; an aborted one does not begin', async () => {
    const bench = acme.build()
    await bench.start('A')
    const leaving = new AbortController()
    const reason = new Error('enough')
    const pulled = bench.manager.messages({ channel: 'book_ticker', signal: leaving.signal })
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    leaving.abort(reason)
    expect(await readAll(pulled)).toEqual([1, reason])
    expect(() => bench.manager.messages({ signal: leaving.signal })).toThrow(reason)
    expect(() => bench.manager.messages({ signal: leaving as never })).toThrow('is not an AbortSignal')
  })
})

describe('an open circuit breaker', () => {
  test('ends nothing that waits: loops go on, and what is asked for meanwhile is there afterwards', async () => {
    const bench = acme.build({ config: { maxReconnectAttempts: 1, breakerIntervalMs: 60_000 } })
    await bench.start('A')
    const pulled = bench.manager.messages({ channel: 'book_ticker' })
    acme.venue.refuseWith = 503
    cut('A')
    await bench.until(() => bench.states.at(-1) === 'reconnecting')
    bench.clock.advance(1_000)
    await bench.until(() => bench.states.at(-1) === 'error')
    const [connection] = bench.manager.getPerformanceMetrics().connections
    expect(connection).toMatchObject({ breaker: 'open', nextAttemptAt: expect.any(Number) })
    expect(bench.errors.map(({ code }) => code)).toEqual(['ERR_CIRCUIT_OPEN'])
    const subscribed = bench.manager.subscribe(['B/USDT'])
    const next = pulled.next()
    acme.venue.refuseWith = 0
    bench.clock.advance((connection?.nextAttemptAt ?? 0) - bench.clock.now())
    await subscribed
    expect(carriedBy(acme.venue)).toEqual(['AB'])
    acme.venue.push(streamOf('B'), 7)
    expect((await next).value?.sequence).toBe(7)
    expect(bench.manager.getPerformanceMetrics().connections).toMatchObject([
      { breaker: 'half-open', nextAttemptAt: null },
    ])
  })
})

/** A manager whose order books wait for a snapshot that never comes. */
function buildWithBooks({ acme: parts, ...options }: BenchOptions = {}): ManagerBench {
  const base = acmeStrategies({ url: acme.venue.url, ...parts } as AcmeOptions)
  const bookRules = {
    source: 'rest',
    depth: null,
    continuity: overlappingRanges,
    snapshotLimit: { requests: 10, windowMs: 1_000 },
    fetchSnapshot: () => new Promise<never>(() => {}),
  } as const
  return acme.build({ strategies: new WebSocketStrategySet({ ...base, bookRules }), ...options })
}

describe('whoever awaits an order book', () => {
  const channels = ['orderbook'] as const
  const bookOf = (base: string): string => `orderbook:${base}-USDT`
  const ofA = { symbols: ['A/USDT'], channels }
  const reasonOf = (promise: Promise<unknown>): Promise<StreamError> =>
    promise.then(
      () => Promise.reject(),
      (thrown) => thrown,
    )

  test('hears that the connection was given up, also who asks later', async () => {
    const bench = buildWithBooks({ config: { maxReconnectAttempts: 0 } })
    await bench.manager.initialize(ofA)
    const waiting = reasonOf(bench.manager.awaitBook('A/USDT'))
    acme.venue.connected[0]?.socket.terminate()
    expect((await waiting).code).toBe('ERR_RECONNECT_EXHAUSTED')
    expect(await reasonOf(bench.manager.awaitBook('A/USDT'))).toBe(await waiting)
  })

  test('goes on waiting while a lost connection is restored', async () => {
    const bench = buildWithBooks()
    await bench.manager.initialize(ofA)
    const leaving = new AbortController()
    const waiting = reasonOf(bench.manager.awaitBook('A/USDT', { signal: leaving.signal }))
    acme.venue.connected[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    bench.clock.advance(1_000)
    await bench.until(() => bench.states.at(-1) === 'connected')
    leaving.abort('still waiting')
    expect(await waiting).toBe('still waiting')
  })

  test('hears that the exchange refused it, and with its words, also who asks later', async () => {
    acme.venue.refused.add(bookOf('FOO'))
    const bench = buildWithBooks()
    const started = bench.manager.initialize({ symbols: ['A/USDT', 'FOO/USDT'], channels, onRefused: 'continue' })
    const waiting = await reasonOf(bench.manager.awaitBook('FOO/USDT'))
    await started
    for (const reason of [waiting, await reasonOf(bench.manager.awaitBook('FOO/USDT'))]) {
      expect(reason).toBeInstanceOf(SubscriptionError)
      expect(reason).toMatchObject({
        code: 'ERR_SUBSCRIPTION_REJECTED',
        context: { Reason: 'no such pair', Symbol: 'FOO/USDT' },
      })
    }
    acme.venue.refused.clear()
    await bench.manager.subscribe(['FOO/USDT'])
    const leaving = new AbortController()
    const again = reasonOf(bench.manager.awaitBook('FOO/USDT', { signal: leaving.signal }))
    leaving.abort('subscribed now')
    expect(await again).toBe('subscribed now')
  })

  test('hears that the exchange refused it after it had accepted it, also who asks later', async () => {
    const bench = buildWithBooks()
    await bench.manager.initialize({ symbols: ['A/USDT', 'B/USDT'], channels })
    const waiting = reasonOf(bench.manager.awaitBook('B/USDT'))
    const [client] = acme.venue.clients
    const id = client?.requests[0]?.id
    client?.socket.send(JSON.stringify({ ack: 'subscribe', id, rejected: [bookOf('B')] }))
    expect(await waiting).toMatchObject({ code: 'ERR_SUBSCRIPTION_REJECTED', context: { Symbol: 'B/USDT' } })
    expect((await reasonOf(bench.manager.awaitBook('B/USDT'))).code).toBe('ERR_SUBSCRIPTION_REJECTED')
    expect(bench.manager.refused).toMatchObject([{ symbol: 'B/USDT', reason: 'no such pair' }])
    expect(bench.manager.orderBook('B/USDT')?.reason).toBe('refused by the exchange')
  })

  test('hears that it was refused when the lost connection was back', async () => {
    const bench = buildWithBooks()
    await bench.manager.initialize({ symbols: ['A/USDT', 'B/USDT'], channels })
    const waiting = reasonOf(bench.manager.awaitBook('B/USDT'))
    acme.venue.refused.add(bookOf('B'))
    acme.venue.connected[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    bench.clock.advance(1_000)
    expect((await waiting).code).toBe('ERR_SUBSCRIPTION_REJECTED')
  })

  test('hears that the exchange never acknowledged it', async () => {
    acme.venue.answers = false
    const bench = buildWithBooks()
    const started = reasonOf(bench.manager.initialize(ofA))
    const waiting = reasonOf(bench.manager.awaitBook('A/USDT'))
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 1)
    bench.clock.advance(10_000)
    expect([(await started).code, (await waiting).code]).toEqual([
      'ERR_ACKNOWLEDGEMENT_TIMEOUT',
      'ERR_ACKNOWLEDGEMENT_TIMEOUT',
    ])
  })

  test('hears that it was unsubscribed', async () => {
    const bench = buildWithBooks()
    await bench.manager.initialize(ofA)
    const waiting = reasonOf(bench.manager.awaitBook('A/USDT'))
    await bench.manager.unsubscribe(['A/USDT'])
    expect(await waiting).toMatchObject({
      code: 'ERR_UNKNOWN_STREAM',
      shortMessage: 'The order book of A/USDT was unsubscribed before it became live.',
    })
    expect((await reasonOf(bench.manager.awaitBook('A/USDT'))).shortMessage).toBe('There is no order book of A/USDT.')
  })

  test('hears that the manager was closed, also who asks later', async () => {
    const bench = buildWithBooks()
    await bench.manager.initialize(ofA)
    const waiting = reasonOf(bench.manager.awaitBook('A/USDT'))
    await bench.close()
    expect((await waiting).code).toBe('ERR_CLOSED')
    expect((await reasonOf(bench.manager.awaitBook('A/USDT'))).code).toBe('ERR_CLOSED')
  })

  test('hears why the start failed, or what it was aborted with', async () => {
    acme.venue.refuseWith = 503
    const failing = buildWithBooks()
    const started = reasonOf(failing.manager.initialize(ofA))
    const waiting = reasonOf(failing.manager.awaitBook('A/USDT'))
    expect([(await started).code, (await waiting).code]).toEqual(['ERR_HANDSHAKE_REJECTED', 'ERR_HANDSHAKE_REJECTED'])
    acme.venue.refuseWith = 0
    acme.venue.answers = false
    const aborted = buildWithBooks()
    const leaving = new AbortController()
    const start = reasonOf(aborted.manager.initialize({ ...ofA, signal: leaving.signal }))
    const book = reasonOf(aborted.manager.awaitBook('A/USDT'))
    leaving.abort('enough')
    expect([await book]).toEqual(['enough'])
    aborted.clock.advance(1_000)
    expect(await start).toBe('enough')
  })

  test('hears at once of a book that nobody subscribed', async () => {
    const bench = buildWithBooks()
    await bench.manager.initialize(ofA)
    expect((await reasonOf(bench.manager.awaitBook('B/USDT'))).code).toBe('ERR_UNKNOWN_STREAM')
  })
})

describe('an abort', () => {
  const reason = new Error('enough')
  const request = { symbols: ['A/USDT'], channels: ['book_ticker'] as const }

  test('before the start sends nothing', async () => {
    const { manager } = acme.build()
    await expect(manager.initialize({ ...request, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(acme.venue.clients).toHaveLength(0)
    await manager.initialize(request)
  })

  test('of the start leaves nothing open, and it may be tried again', async () => {
    acme.venue.answers = false
    const bench = acme.build()
    const leaving = new AbortController()
    const started = bench.manager.initialize({ ...request, signal: leaving.signal }).catch((thrown) => thrown)
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 1)
    leaving.abort(reason)
    expect(await started).toBe(reason)
    await acme.venue.until(() => acme.venue.connected.length === 0)
    expect([bench.manager.streamStates(), bench.clock.pendingTimers]).toEqual([[], 0])
    acme.venue.answers = true
    await bench.start('A')
    leaving.abort()
    expect(bench.manager.isConnected()).toBe(true)
  })

  test('of a subscription takes its streams back, and leaves what was there', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.withholds = ({ op }) => op === 'subscribe'
    const leaving = new AbortController()
    const { manager } = bench
    const subscribed = manager.subscribe(['A/USDT', 'B/USDT'], undefined, { signal: leaving.signal })
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 2)
    leaving.abort(reason)
    await expect(subscribed).rejects.toBe(reason)
    expect(manager.streamStates().map(({ stream }) => stream.id)).toEqual([streamOf('A')])
    acme.venue.release()
    await acme.venue.until(() => acme.venue.clients[0]?.requests.at(-1)?.op === 'unsubscribe')
    expect(acme.venue.clients[0]?.requests.at(-1)?.streams).toEqual([streamOf('B')])
    await acme.venue.until(() => carriedBy(acme.venue).join() === 'A')
    expect(bench.errors).toEqual([])
  })

  test('of a subscription takes nothing from another call that asked for the same', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.withholds = ({ op }) => op === 'subscribe'
    const leaving = new AbortController()
    const { manager } = bench
    const aborted = manager.subscribe(['B/USDT', 'C/USDT'], undefined, { signal: leaving.signal })
    const kept = manager.subscribe(['B/USDT'])
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 2)
    leaving.abort(reason)
    await expect(aborted).rejects.toBe(reason)
    acme.venue.withholds = () => false
    acme.venue.release()
    await kept
    await acme.venue.until(() => carriedBy(acme.venue).join() === 'AB')
    expect(manager.streamStates().map(({ symbol }) => symbol?.base)).toEqual(['A', 'B'])
  })

  test('of a subscription closes the connection that was made for it', async () => {
    const bench = acme.build({ acme: { limits: { streamsPerConnection: 1 } } })
    await bench.start('A')
    acme.venue.withholds = ({ op }) => op === 'subscribe'
    const leaving = new AbortController()
    const subscribed = bench.manager.subscribe(['B/USDT'], undefined, { signal: leaving.signal })
    await acme.venue.until(() => acme.venue.clients[1]?.requests.length === 1)
    leaving.abort(reason)
    await expect(subscribed).rejects.toBe(reason)
    acme.venue.withholds = () => false
    acme.venue.release()
    await acme.venue.until(() => acme.venue.connected.length === 1)
    expect(carriedBy(acme.venue)).toEqual(['A'])
  })

  test('of an unsubscription ends the wait alone', async () => {
    const bench = acme.build()
    await bench.start('A', 'B')
    acme.venue.withholds = ({ op }) => op === 'unsubscribe'
    const leaving = new AbortController()
    const gone = bench.manager.unsubscribe(['B/USDT'], undefined, { signal: leaving.signal })
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 2)
    leaving.abort(reason)
    await expect(gone).rejects.toBe(reason)
    acme.venue.release()
    await acme.venue.until(() => carriedBy(acme.venue).join() === 'A')
    expect(bench.manager.streamState('B/USDT', 'book_ticker')).toBeNull()
  })

  test('by something that is no signal is refused', async () => {
    const { manager } = acme.build()
    const refused = {
      code: 'ERR_INVALID_CONFIG',
      shortMessage: expect.stringContaining('signal must be an AbortSignal'),
    }
    await expect(manager.initialize({ ...request, signal: 7 as never })).rejects.toMatchObject(refused)
    await manager.initialize(request)
    await expect(manager.subscribe([], undefined, { signal: 7 as never })).rejects.toMatchObject(refused)
    await expect(manager.unsubscribe([], undefined, { signal: 7 as never })).rejects.toMatchObject(refused)
    const bare = new AbortController().signal as never
    const hint = 'Pass it as one of them: { signal }.'
    await expect(manager.subscribe(['B/USDT'], undefined, bare)).rejects.toMatchObject({ hint })
    await expect(manager.awaitBook('A/USDT', bare)).rejects.toMatchObject({ hint })
    expect(() => manager.messages(bare)).toThrow(expect.objectContaining({ hint }))
  })
})

describe('a first connection that is to be retried', () => {
  const request = { symbols: ['A/USDT'], channels: ['book_ticker'], retry: true } as const

  test('is tried again as a lost one is, until it is up', async () => {
    acme.venue.refuseWith = 503
    const bench = acme.build()
    const started = bench.manager.initialize(request)
    await bench.until(() => bench.states.includes('reconnecting'))
    acme.venue.refuseWith = 0
    bench.clock.advance(5_000)
    await started
    expect(bench.states).toEqual(['connecting', 'reconnecting', 'connected'])
    expect(bench.errors).toEqual([])
    expect(carriedBy(acme.venue)).toEqual(['A'])
    expect(bench.manager.getPerformanceMetrics().reconnectionCount).toBe(0)
  })

  test('is what its streams and books are said to wait for until then, with why the last attempt failed', async () => {
    acme.venue.refuseWith = 503
    const bench = buildWithBooks()
    const started = bench.manager.initialize({ ...request, channels: ['book_ticker', 'orderbook'] })
    const reasons = (): readonly string[] => bench.manager.streamStates().map(({ reason }) => reason)
    const failed = 'no connection yet (ERR_HANDSHAKE_REJECTED)'
    await bench.until(() => bench.states.includes('reconnecting'))
    expect(reasons()).toEqual([failed, failed])
    acme.venue.refuseWith = 0
    bench.clock.advance(5_000)
    await started
    expect(reasons()).toEqual(['waiting for the first message', 'waiting for the snapshot'])
  })

  test('is given up as a lost one is: the start rejects, and leaves nothing', async () => {
    acme.venue.refuseWith = 503
    const bench = acme.build({ config: { reconnectTimeLimitMs: 50 } })
    const started = bench.manager.initialize(request).catch((thrown) => thrown)
    await bench.until(() => bench.states.includes('reconnecting'))
    bench.clock.advance(5_000)
    const error = await started
    expect(error).toMatchObject({ code: 'ERR_RECONNECT_EXHAUSTED', cause: { code: 'ERR_HANDSHAKE_REJECTED' } })
    expect(error.shortMessage).toBe('The connection was given up after 1 attempt to make it.')
    // It is what the start rejects with: nobody has to listen for it.
    expect([bench.errors, bench.clock.pendingTimers]).toEqual([[], 0])
    acme.venue.refuseWith = 0
    await bench.start('A')
  })

  test('can be aborted between two attempts', async () => {
    acme.venue.refuseWith = 503
    const bench = acme.build()
    const leaving = new AbortController()
    const started = bench.manager.initialize({ ...request, signal: leaving.signal }).catch((thrown) => thrown)
    await bench.until(() => bench.states.includes('reconnecting'))
    leaving.abort('enough')
    expect(await started).toBe('enough')
    expect(bench.clock.pendingTimers).toBe(0)
  })
})

describe('a start of which some is refused', () => {
  const request = { symbols: ['A/USDT', 'FOO/USDT'], channels: ['book_ticker'], onRefused: 'continue' } as const

  test('goes on with the others where it may, and tells what was refused', async () => {
    acme.venue.refused.add(streamOf('FOO'))
    const bench = acme.build()
    await bench.manager.initialize(request)
    expect(bench.errors).toMatchObject([{ code: 'ERR_SUBSCRIPTION_REJECTED', rejected: [{ symbol: 'FOO/USDT' }] }])
    expect(bench.errors[0]?.hint).toContain('The other subscription stays active.')
    expect(bench.manager.refused).toEqual([
      {
        streamId: streamOf('FOO'),
        symbol: 'FOO/USDT',
        channel: 'book_ticker',
        exchangeCode: '7',
        reason: 'no such pair',
      },
    ])
    acme.venue.push(streamOf('A'), 7)
    await bench.until(() => bench.values.length === 1)
  })

  test('fails all the same where everything is', async () => {
    for (const base of ['A', 'FOO']) acme.venue.refused.add(streamOf(base))
    const bench = acme.build()
    await expect(bench.manager.initialize(request)).rejects.toMatchObject({ code: 'ERR_SUBSCRIPTION_REJECTED' })
    expect(bench.errors).toEqual([])
  })

  test('lists a refusal until the stream is asked for again, or given back', async () => {
    for (const base of ['B', 'C', 'FOO']) acme.venue.refused.add(streamOf(base))
    const { manager } = acme.build()
    await manager.initialize(request)
    await expect(manager.subscribe(['B/USDT', 'C/USDT'])).rejects.toThrow(SubscriptionError)
    expect(manager.refused.map(({ symbol }) => symbol)).toEqual(['FOO/USDT', 'B/USDT', 'C/USDT'])
    acme.venue.refused.clear()
    await manager.subscribe(['FOO/USDT'])
    await manager.unsubscribe(['B/USDT'])
    expect(manager.refused.map(({ symbol }) => symbol)).toEqual(['C/USDT'])
  })
})

describe('a request to start', () => {
  test.each([
    ['a misspelt field', { onRefuse: 'continue' }, 'onRefuse is not an option (did you mean onRefused?)'],
    ['an answer to refusals that there is not', { onRefused: 'ignore' }, 'onRefused must be one of reject, continue'],
    ['a number of attempts', { retry: 3 }, 'retry must be boolean'],
  ])('is refused with %s', async (_what, parts, said) => {
    const { manager } = acme.build()
    const request = { symbols: ['A/USDT'], channels: ['book_ticker'], ...parts }
    const refused = { code: 'ERR_INVALID_CONFIG', shortMessage: expect.stringContaining(said) }
    await expect(manager.initialize(request as never)).rejects.toMatchObject(refused)
  })

  test('says what is missing where it names no symbol, or no list of channels', async () => {
    const { manager } = acme.build()
    await expect(manager.initialize({ symbols: [], channels: ['book_ticker', 'trades'] })).rejects.toMatchObject({
      code: 'ERR_INVALID_SYMBOL',
      shortMessage: 'No symbol was named, and book_ticker, trades cannot do without.',
    })
    const text: unknown = { symbols: ['A/USDT'], channels: 'trades' }
    await expect(manager.initialize(text as never)).rejects.toMatchObject({
      code: 'ERR_UNKNOWN_CHANNEL',
      shortMessage: 'The channels are not a list.',
      hint: expect.stringContaining("Pass ['trades']."),
    })
    expect(acme.venue.clients).toHaveLength(0)
  })
})

test('a manager and what it is pulled by end with the block that has them by await using', async () => {
  const bench = acme.build()
  bench.clock.advance(0)
  let pulled: MessageStream<FeedMessage>
  {
    await using inner = bench.manager.messages()
    pulled = inner
    await bench.start('A')
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
  }
  expect(await pulled.next()).toEqual({ done: true, value: undefined })
  const disposed = bench.manager[Symbol.asyncDispose]()
  bench.clock.advance(1_000)
  await disposed
  expect(() => bench.manager.messages()).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
})
