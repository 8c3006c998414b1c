import { Agent } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type ConnectionStrategy,
  type MessageParser,
  openSocket,
  type ParsedMessage,
  type StrategyEnv,
} from '../src/adapter.js'
import {
  type ChannelMessage,
  type ConnectionState,
  type FeedMessage,
  type GapEvent,
  MessageType,
  parseInstrument,
  StreamError,
  SubscriptionError,
  WebSocketManager,
  type WebSocketManagerOptions,
  WebSocketStrategySet,
} from '../src/index.js'
import { ManualClock } from '../src/testing.js'
import { type AcmeOptions, acmeStrategies } from './support/acme-exchange.js'
import { AcmeVenue } from './support/acme-venue.js'

const stream = 'book_ticker:BTC-USDT'
const request = { symbols: ['BTC/USDT'], channels: ['book_ticker'] } as const

let venue: AcmeVenue
const managers: WebSocketManager[] = []

beforeEach(async () => {
  venue = await AcmeVenue.start()
})

afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.close()))
  await venue.close()
})

/** A manager on the venue, with everything it says recorded. */
function build(options: Partial<WebSocketManagerOptions> & { acme?: Partial<AcmeOptions> } = {}): {
  manager: WebSocketManager
  seen: number[]
  states: ConnectionState[]
  errors: StreamError[]
  until: (condition: () => boolean) => Promise<void>
} {
  const { acme, ...rest } = options
  const seen: number[] = []
  const states: ConnectionState[] = []
  const errors: StreamError[] = []
  const waiting: (() => void)[] = []
  const wake = (): void => {
    for (const next of waiting.splice(0)) next()
  }
  const manager = new WebSocketManager({
    strategies: acmeStrategies({ url: venue.url, ...acme }),
    ...rest,
    onMessage: (message) => {
      if (message.type === MessageType.BookTicker) seen.push(message.data.bidPrice ?? Number.NaN)
      const returned = rest.onMessage?.(message)
      wake()
      return returned
    },
    onConnectionState: (event) => {
      states.push(event.state)
      rest.onConnectionState?.(event)
      wake()
    },
    onStreamState: (state) => {
      rest.onStreamState?.(state)
      wake()
    },
    onError: (error) => {
      errors.push(error)
      wake()
    },
  })
  managers.push(manager)
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return { manager, seen, states, errors, until }
}

describe('initialize', () => {
  test('returns connected and acknowledged', async () => {
    const { manager, states } = build()
    await manager.initialize(request)
    expect(manager.isConnected()).toBe(true)
    expect([...(venue.clients[0]?.streams ?? [])]).toEqual([stream])
    expect(states).toEqual(['connecting', 'connected'])
  })

  test('rejects at once where nothing listens, and leaves nothing open', async () => {
    const { manager, states } = build()
    await venue.close()
    await expect(manager.initialize(request)).rejects.toMatchObject({ code: 'ERR_CONNECTION_REFUSED' })
    expect(manager.isConnected()).toBe(false)
    expect(states.slice(0, 2)).toEqual(['connecting', 'error'])
    venue = await AcmeVenue.start()
  })

  test('can be tried again after it failed', async () => {
    venue.refuseWith = 503
    const { manager } = build()
    await expect(manager.initialize(request)).rejects.toMatchObject({ code: 'ERR_HANDSHAKE_REJECTED' })
    venue.refuseWith = 0
    await manager.initialize(request)
    expect(manager.isConnected()).toBe(true)
  })

  test('names the refused streams, and keeps the others', async () => {
    venue.refused.add('book_ticker:FOO-USDT')
    const { manager, seen, until } = build()
    const failure = await manager
      .initialize({ symbols: ['BTC/USDT', 'FOO/USDT'], channels: ['book_ticker'] })
      .catch((thrown) => thrown)
    expect(failure).toBeInstanceOf(SubscriptionError)
    expect(failure.message).toMatchInlineSnapshot(`
      "acme_spot refused a subscription.  [ERR_SUBSCRIPTION_REJECTED]
      Channel: book_ticker   Reason: no such pair   Symbol: FOO/USDT   Exchange code: 7
      The instrument may be delisted or misspelled. The other subscription stays active."
    `)
    venue.push(stream, 7)
    await until(() => seen.length === 1)
    expect(manager.streamState('FOO/USDT', 'book_ticker')).toBeNull()
  })

  test('refuses unknown channels and bad symbols before anything is sent', async () => {
    const { manager } = build()
    const wrongChannel = { symbols: ['BTC/USDT'], channels: ['order_book'] } as unknown as typeof request
    await expect(manager.initialize(wrongChannel)).rejects.toMatchObject({
      code: 'ERR_UNKNOWN_CHANNEL',
      hint: expect.stringContaining('Did you mean orderbook?'),
    })
    await expect(manager.initialize({ ...request, symbols: ['btcusdt'] })).rejects.toMatchObject({
      code: 'ERR_INVALID_SYMBOL',
    })
    expect(venue.clients).toHaveLength(0)
  })

  test('gives up on an acknowledgement that never comes, and names the streams', async () => {
    const clock = new ManualClock()
    const { manager } = build({ clock })
    venue.answers = false
    const initialized = manager.initialize(request).catch((thrown) => thrown)
    await venue.until(() => venue.clients[0]?.requests.length === 1)
    clock.advance(10_000)
    expect(await initialized).toMatchObject({ code: 'ERR_ACKNOWLEDGEMENT_TIMEOUT', rejected: [{ symbol: 'BTC/USDT' }] })
  })

  test('names what was refused and what was never answered together: neither stays', async () => {
    const clock = new ManualClock()
    const { manager } = build({ clock, acme: { limits: { streamsPerConnection: 1 } } })
    venue.refused.add('book_ticker:FOO-USDT')
    venue.withholds = ({ streams }) => streams.includes('book_ticker:BTC-USDT')
    const symbols = ['BTC/USDT', 'FOO/USDT']
    const initialized = manager.initialize({ symbols, channels: ['book_ticker'] }).catch((thrown) => thrown)
    await venue.until(() => venue.clients.filter((client) => client.requests.length === 1).length === 2)
    while (manager.streamState('FOO/USDT', 'book_ticker') !== null) await new Promise((next) => setImmediate(next))
    clock.advance(10_000)
    expect(await initialized).toMatchObject({
      code: 'ERR_SUBSCRIPTION_REJECTED',
      rejected: [
        { streamId: 'book_ticker:FOO-USDT', reason: 'no such pair' },
        { streamId: 'book_ticker:BTC-USDT', reason: 'no acknowledgement in time' },
      ],
    })
    expect(manager.streamStates()).toEqual([])
  })
})

describe('subscriptions', () => {
  test('come and go while the others stay', async () => {
    const { manager } = build()
    await manager.initialize(request)
    await manager.subscribe(['ETH/USDT'])
    await manager.unsubscribe(['BTC/USDT'])
    expect([...(venue.clients[0]?.streams ?? [])]).toEqual(['book_ticker:ETH-USDT'])
  })

  test('are asked for once, however often they are wanted', async () => {
    const { manager } = build()
    await manager.initialize(request)
    await Promise.all([manager.subscribe(['ETH/USDT']), manager.subscribe(['ETH/USDT', 'BTC/USDT'])])
    const asked = venue.clients[0]?.requests.flatMap((sent) => sent.streams)
    expect(asked).toEqual([stream, 'book_ticker:ETH-USDT'])
  })

  test('may be awaited inside an async handler', async () => {
    const { manager, until, seen } = build({
      onMessage: async () => {
        if (seen.length === 1) await manager.subscribe(['ETH/USDT'])
      },
    })
    await manager.initialize(request)
    for (let value = 1; value <= 5; value += 1) venue.push(stream, value)
    await until(() => seen.length === 5)
    expect(venue.clients[0]?.streams.has('book_ticker:ETH-USDT')).toBe(true)
  })

  test('spread over connections to the limit, and keep their place', async () => {
    const { manager } = build({ acme: { limits: { streamsPerConnection: 3, streamHeadroom: 1 } } })
    const symbols = ['A', 'B', 'C', 'D', 'E'].map((base) => `${base}/USDT`)
    await manager.initialize({ symbols, channels: ['book_ticker'] })
    expect(venue.clients.map((client) => client.streams.size)).toEqual([2, 2, 1])
    await manager.unsubscribe(['A/USDT'])
    await manager.subscribe(['F/USDT', 'G/USDT'])
    expect(venue.clients.map((client) => [...client.streams].map((id) => id.at(12)).join(''))).toEqual([
      'BF',
      'CD',
      'EG',
    ])
    expect(manager.getPerformanceMetrics().connections.map(({ activeStreams }) => activeStreams)).toEqual([2, 2, 2])
  })

  test('close a connection they leave empty, but never the last', async () => {
    const { manager } = build({ acme: { limits: { streamsPerConnection: 1 } } })
    await manager.initialize({ symbols: ['A/USDT', 'B/USDT'], channels: ['book_ticker'] })
    await manager.unsubscribe(['A/USDT', 'B/USDT'])
    await venue.until(() => venue.connected.length === 1)
    expect(manager.isConnected()).toBe(true)
  })
})

describe('reconnection', () => {
  test('replays wanted subscriptions after an abrupt end', async () => {
    const { manager, seen, until, states } = build()
    await manager.initialize(request)
    await manager.subscribe(['ETH/USDT'])
    venue.clients[0]?.push(stream, 1)
    await until(() => seen.length === 1)
    venue.clients[0]?.socket.terminate()
    await venue.until(() => venue.clients[1]?.streams.size === 2)
    venue.push(stream, 2)
    await until(() => seen.length === 2)
    // An unsubscribe waits its turn behind the replay, so the reconnection has been counted once it returns.
    await manager.unsubscribe(['ETH/USDT'])
    expect(states).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
    expect(manager.getPerformanceMetrics()).toMatchObject({ reconnectionCount: 1 })
  })

  test('does not replay what was unsubscribed, nor lose what was subscribed while away', async () => {
    const { manager, states, until } = build()
    await manager.initialize({ symbols: ['BTC/USDT', 'ETH/USDT'], channels: ['book_ticker'] })
    venue.clients[0]?.socket.terminate()
    await until(() => states.includes('reconnecting'))
    const subscribed = manager.subscribe(['ADA/USDT'])
    await manager.unsubscribe(['ETH/USDT'])
    await subscribed
    expect([...(venue.connected[0]?.streams ?? [])].sort()).toEqual(['book_ticker:ADA-USDT', stream])
  })

  test('marks streams gapped, syncing and live again', async () => {
    const history: string[] = []
    const { manager, seen, until } = build({ onStreamState: ({ status }) => history.push(status) })
    await manager.initialize(request)
    venue.push(stream, 1)
    await until(() => seen.length === 1)
    venue.clients[0]?.socket.terminate()
    await venue.until(() => venue.clients[1]?.streams.size === 1)
    venue.push(stream, 2)
    await until(() => seen.length === 2)
    expect(history.filter((status, index) => status !== history[index - 1])).toEqual([
      'syncing',
      'live',
      'gapped',
      'syncing',
      'live',
    ])
  })

  test('replaces a connection that does not answer pings', async () => {
    const clock = new ManualClock()
    const { manager, states, until } = build({ clock })
    await manager.initialize(request)
    venue.answers = false
    clock.advance(10_000)
    await venue.until(() => venue.clients[0]?.requests.some(({ op }) => op === 'ping') === true)
    venue.answers = true
    clock.advance(5_000)
    expect(states).toContain('reconnecting')
    clock.advance(10_000)
    await until(() => states.at(-1) === 'connected' && venue.clients.length === 2)
  })

  test('opens the breaker after as many attempts as allowed, and says so, and of each attempt when it is due', async () => {
    const clock = new ManualClock()
    const told: unknown[] = []
    const { manager, states, errors, until } = build({
      clock,
      config: { maxReconnectAttempts: 2 },
      onConnectionState: (event) => void told.push(event),
    })
    await manager.initialize(request)
    venue.refuseWith = 503
    venue.clients[0]?.socket.terminate()
    await until(() => states.includes('reconnecting'))
    while (!states.includes('error')) {
      clock.advance(clock.nextTimerInMs ?? 0)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(errors.map(({ code }) => code)).toEqual(['ERR_CIRCUIT_OPEN'])
    expect(manager.isConnected()).toBe(false)
    const [connection] = manager.getPerformanceMetrics().connections
    expect(connection).toMatchObject({ state: 'error', breaker: 'open', nextAttemptAt: expect.any(Number) })
    const due = { delayMs: expect.any(Number), nextAttemptAt: expect.any(Number) }
    expect(told).toMatchObject([
      { exchange: 'acme_spot', connectionId: 'acme_spot#1', state: 'connecting', attempt: null },
      { state: 'connected', attempt: null, delayMs: null, nextAttemptAt: null },
      { state: 'reconnecting', previous: 'connected', attempt: 1, ...due },
      { state: 'reconnecting', previous: 'reconnecting', attempt: 2, ...due },
      { state: 'error', breaker: 'open', attempt: 3, ...due },
    ])
  })

  test('takes over from a connection that will be closed without losing or repeating a message', async () => {
    const { manager, seen, until, states } = build()
    await manager.initialize(request)
    const old = venue.clients[0]
    old?.push(stream, 1)
    old?.socket.send(JSON.stringify({ upgrade: true }))
    await venue.until(() => venue.clients[1]?.streams.size === 1)
    for (let value = 2; value <= 20; value += 1) venue.push(stream, value)
    await venue.until(() => venue.connected.length === 1)
    venue.push(stream, 21)
    await until(() => seen.includes(21))
    expect(seen).toEqual(Array.from({ length: 21 }, (_, index) => index + 1))
    expect(states).toEqual(['connecting', 'connected'])
  })
})

describe('a slow consumer', () => {
  test('gets everything in order under pause', async () => {
    const total = 5_000
    const { manager, seen, until } = build({
      config: { maxPendingMessages: 50 },
      onMessage: () => new Promise<void>((resolve) => setImmediate(resolve)),
    })
    await manager.initialize(request)
    for (let value = 1; value <= total; value += 1) venue.push(stream, value)
    await until(() => seen.length === total)
    expect(seen).toEqual(Array.from({ length: total }, (_, index) => index + 1))
    expect(manager.getPerformanceMetrics().droppedMessages).toBe(0)
  })

  test.each(['drop-oldest', 'drop-newest'] as const)(
    'loses by %s only what is counted and reported',
    async (overflowPolicy) => {
      const total = 500
      let release = (): void => {}
      const gate = new Promise<void>((resolve) => {
        release = resolve
      })
      let drops = 0
      const { manager, seen, until } = build({
        config: { maxPendingMessages: 10, overflowPolicy },
        onMessage: () => gate,
        onDrop: () => {
          drops += 1
          if (drops === total - 11) release()
        },
      })
      await manager.initialize(request)
      for (let value = 1; value <= total; value += 1) venue.push(stream, value)
      await until(() => seen.length === 11)
      expect(manager.getPerformanceMetrics()).toMatchObject({
        droppedMessages: total - 11,
        droppedByChannel: { book_ticker: total - 11 },
      })
      const kept = overflowPolicy === 'drop-oldest' ? total - 10 : 2
      expect(seen).toEqual([
        1,
        ...Array.from({ length: 10 }, (_, index) => kept + index + (overflowPolicy === 'drop-oldest' ? 1 : 0)),
      ])
      expect(manager.streamState('BTC/USDT', 'book_ticker')?.status).toBeDefined()
    },
  )

  test('that throws or rejects is reported, and the stream goes on', async () => {
    const { manager, seen, until, errors } = build({
      onMessage: (message: FeedMessage) => {
        if (message.sequence === 1) throw new Error('first')
        if (message.sequence === 2) return Promise.reject(new Error('second'))
        return undefined
      },
    })
    await manager.initialize(request)
    for (let value = 1; value <= 3; value += 1) venue.push(stream, value)
    await until(() => seen.length === 3 && errors.length === 2)
    expect(errors.map(({ code, cause }) => [code, (cause as Error).message])).toEqual([
      ['ERR_HANDLER_FAILED', 'first'],
      ['ERR_HANDLER_FAILED', 'second'],
    ])
  })

  test('that never comes back is left behind after messageTimeoutMs', async () => {
    const clock = new ManualClock()
    const { manager, seen, until, errors } = build({
      clock,
      onMessage: (message) => (message.sequence === 1 ? new Promise<void>(() => {}) : undefined),
    })
    await manager.initialize(request)
    venue.push(stream, 1)
    venue.push(stream, 2)
    await until(() => seen.length === 1)
    clock.advance(30_000)
    await until(() => seen.length === 2)
    expect(errors.map(({ code }) => code)).toEqual(['ERR_HANDLER_TIMEOUT'])
  })
})

describe('messages()', () => {
  test('pulls what the filter lets through, from the moment it is called', async () => {
    const { manager } = build()
    await manager.initialize({ symbols: ['BTC/USDT', 'ETH/USDT'], channels: ['book_ticker'] })
    const messages = manager.messages({ type: MessageType.BookTicker, symbol: parseInstrument('ETH/USDT') })
    venue.push(stream, 1)
    venue.push('book_ticker:ETH-USDT', 2)
    venue.push('book_ticker:ETH-USDT', 3)
    const prices: (number | null)[] = []
    for await (const message of messages) {
      const ticker: ChannelMessage<'book_ticker'> = message
      prices.push(ticker.data.bidPrice)
      if (prices.length === 2) break
    }
    expect(prices).toEqual([2, 3])
  })

  test('loses nothing to a reader that lags', async () => {
    const total = 3_000
    const { manager } = build({ config: { maxPendingMessages: 20 } })
    await manager.initialize(request)
    const messages = manager.messages({ type: MessageType.BookTicker })
    for (let value = 1; value <= total; value += 1) venue.push(stream, value)
    const seen: (number | null)[] = []
    for await (const message of messages) {
      seen.push(message.sequence)
      if (seen.length % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
      if (seen.length === total) break
    }
    expect(seen).toEqual(Array.from({ length: total }, (_, index) => index + 1))
  })

  test('ends when the manager closes', async () => {
    const { manager } = build()
    await manager.initialize(request)
    const next = manager.messages().next()
    await manager.close()
    expect(await next).toEqual({ done: true, value: undefined })
  })
})

describe('close', () => {
  test('settles whoever waits, and leaves no timer behind', async () => {
    const clock = new ManualClock()
    const { manager } = build({ clock })
    await manager.initialize(request)
    venue.answers = false
    const subscribed = manager.subscribe(['ETH/USDT']).catch((thrown) => thrown)
    await manager.close()
    expect(await subscribed).toMatchObject({ code: 'ERR_CLOSED' })
    expect(clock.pendingTimers).toBe(0)
    await expect(manager.subscribe(['ETH/USDT'])).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  })

  test('ends a reconnection that is under way', async () => {
    const clock = new ManualClock()
    const { manager, states, until } = build({ clock })
    await manager.initialize(request)
    venue.refuseWith = 503
    venue.clients[0]?.socket.terminate()
    await until(() => states.includes('reconnecting'))
    await manager.close()
    expect(states.at(-1)).toBe('closed')
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('options', () => {
  test('are checked together, with the likely meaning of what is unknown', () => {
    const strategies = acmeStrategies({ url: venue.url })
    const options = { strategies, onMesage: () => {} } as unknown as WebSocketManagerOptions
    expect(() => new WebSocketManager(options)).toThrow(/onMesage is not an option \(did you mean onMessage\?\)/)
    const config = { batchSize: 0, maxPendingMesages: 5, overflowPolicy: 'drop' } as unknown as NonNullable<
      WebSocketManagerOptions['config']
    >
    expect(() => new WebSocketManager({ strategies, config })).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: The manager’s config is not valid: maxPendingMesages is not an option (did you mean maxPendingMessages?); overflowPolicy must be one of pause, drop-oldest, drop-newest, latest-by-stream; batchSize must be >= 1.  [ERR_INVALID_CONFIG]
      Known options: maxReconnectAttempts, breakerIntervalMs, reconnectTimeLimitMs, reconnectDelayMs, messageTimeoutMs, enablePerformanceTracking, summaryIntervalMs, maxPendingMessages, maxPendingBytes, overflowPolicy, batchProcessingEnabled, batchSize, acknowledgementTimeoutMs, connectTimeoutMs, closeTimeoutMs, staleAfterMs, backfillGaps, redundancy, includeRaw.]
    `)
  })
})
describe('what nobody can mean', () => {
  test('is refused of the options of books where the exchange has no rules for them', () => {
    const books = { crosed: 'resync' } as unknown as NonNullable<WebSocketManagerOptions['books']>
    expect(() => build({ books })).toThrow(/crosed is not an option \(did you mean crossed\?\)/)
    expect(() => build({ books: null as never })).toThrow(/must be object/)
  })

  test('is refused of the channel that a stream’s state is asked for', async () => {
    const { manager } = build()
    await manager.initialize(request)
    expect(() => manager.streamState('BTC/USDT', 'book_tiker' as never)).toThrow(/Did you mean book_ticker\?/)
  })

  test('is refused of the options that a book is waited for with', async () => {
    const { manager } = build()
    const asked = manager.awaitBook('BTC/USDT', { timeoutMs: 5 } as never)
    await expect(asked).rejects.toMatchObject({ code: 'ERR_INVALID_CONFIG' })
  })
})

describe('what strategies are given', () => {
  test('is the manager’s own: its clock, its chance, its log, and how sockets are opened', async () => {
    const clock = new ManualClock()
    const random = (): number => 0.25
    const envs: StrategyEnv[] = []
    const connection: Partial<ConnectionStrategy> = {
      connect: (context, env) => {
        envs.push(env)
        return openSocket(context, env)
      },
      heartbeat: (_transport, env) => void envs.push(env),
      maintain: (_context, env) => {
        envs.push(env)
        return () => {}
      },
      release: async (env) => void envs.push(env),
    }
    const { manager } = build({ clock, random, acme: { connection, socket: { maxPayloadBytes: 1_000 } } })
    await manager.initialize(request)
    clock.advance(10_000)
    await manager.close()
    expect(envs).toHaveLength(4)
    for (const env of envs) {
      expect([env.clock === clock, env.random === random]).toEqual([true, true])
      expect(env.socket).toEqual({
        handshakeTimeoutMs: 10_000,
        maxPayloadBytes: 1_000,
        agent: undefined,
        transport: 'walker',
      })
      env.log.debug({ event: 'heard' })
    }
  })

  test('is given back by a start that failed, before it says so, and again by the close', async () => {
    const heard: string[] = []
    const connection: Partial<ConnectionStrategy> = {
      connect: async () => {
        throw new StreamError('ERR_CONNECTION_REFUSED', 'Nobody is there.')
      },
      release: async () => {
        await new Promise(setImmediate)
        heard.push('released')
      },
    }
    const { manager } = build({ acme: { connection } })
    for (const start of ['first', 'second']) {
      await manager.initialize(request).catch(({ code }) => heard.push(`${start} ${code}`))
    }
    await manager.close()
    expect(heard).toEqual([
      'released',
      'first ERR_CONNECTION_REFUSED',
      'released',
      'second ERR_CONNECTION_REFUSED',
      'released',
    ])
  })

  test('has the manager’s agent, unless the strategies’ own options name one', async () => {
    const [ours, theirs] = [new Agent(), new Agent()]
    const used: unknown[] = []
    const connect: ConnectionStrategy['connect'] = (context, env) => {
      used.push(env.socket.agent)
      return openSocket(context, env)
    }
    for (const socket of [{}, { agent: theirs }]) {
      await build({ agent: ours, acme: { connection: { connect }, socket } }).manager.initialize(request)
    }
    expect(used.map((agent) => [ours, theirs].indexOf(agent as Agent))).toEqual([0, 1])
  })
})

describe('the exchange’s own heartbeat', () => {
  test('is answered with what it asks for, and counts as life', async () => {
    const clock = new ManualClock()
    const { manager, errors } = build({ clock })
    await manager.initialize(request)
    const requests = venue.clients[0]?.requests ?? []
    venue.answers = false
    clock.advance(10_000)
    await venue.until(() => requests.at(-1)?.op === 'ping')
    venue.clients[0]?.socket.send(JSON.stringify({ ping: '{"op":"ping","id":77,"streams":[]}' }))
    await venue.until(() => requests.at(-1)?.id === 77)
    clock.advance(5_000)
    expect([manager.isConnected(), errors]).toEqual([true, []])
  })
})

describe('a mistake in the adapter', () => {
  test('is reported with its cause, while the stream goes on', async () => {
    const clock = new ManualClock()
    const mistake = new TypeError('not a function')
    const heartbeat = (): never => {
      throw mistake
    }
    const { manager, seen, errors, until } = build({ clock, acme: { connection: { heartbeat } } })
    await manager.initialize(request)
    clock.advance(10_000)
    expect(errors).toMatchObject([{ code: 'ERR_INVALID_STRATEGY', cause: mistake }])
    venue.push(stream, 1)
    await until(() => seen.length === 1)
  })
})

describe('a stream that the exchange reports wrong', () => {
  test('is gapped until its next data', async () => {
    const { manager, seen, errors, until } = build()
    await manager.initialize(request)
    venue.push(stream, 1)
    await until(() => seen.length === 1)
    venue.connected[0]?.socket.send(JSON.stringify({ wrong: stream }))
    await until(() => errors.length === 1)
    expect(manager.streamState('BTC/USDT', 'book_ticker')?.status).toBe('gapped')
    venue.push(stream, 2)
    await until(() => seen.length === 2)
    expect(manager.streamState('BTC/USDT', 'book_ticker')?.status).toBe('live')
  })
})

test('of a stream that is wrong, whoever brings it may know until when it was whole', async () => {
  const clock = new ManualClock()
  const gaps: GapEvent[] = []
  const { manager, until } = build({ clock, onGap: (gap) => gaps.push(gap) })
  await manager.initialize({ symbols: ['BTC/USDT'], channels: ['trades'] })
  const acceptedAt = clock.now()
  /** When the gap began that follows. */
  const loseSince = async (wholeUntil?: number): Promise<number | undefined> => {
    const before = gaps.length
    venue.connected[0]?.socket.send(JSON.stringify({ wrong: 'trades:BTC-USDT', wholeUntil }))
    await until(() => manager.streamState('BTC/USDT', 'trades')?.status === 'gapped')
    clock.advance(1_000)
    await until(() => gaps.length > before)
    venue.push('trades:BTC-USDT', 1)
    await until(() => manager.streamState('BTC/USDT', 'trades')?.status === 'live')
    return gaps.at(-1)?.from
  }
  // By the pings, once one is answered.
  while ((await loseSince()) === acceptedAt) clock.advance(1_000)
  const answeredAt = gaps.at(-1)?.from as number
  expect(await loseSince(answeredAt - 500)).toBe(answeredAt - 500)
  expect(await loseSince(clock.now() + 60_000)).toBeGreaterThanOrEqual(answeredAt)
  expect(gaps.at(-1)?.from).toBeLessThan(clock.now())
})

describe('a frame that cannot be read', () => {
  test('and names nobody ends the truth of every stream of its connection, each until its next data', async () => {
    const bench = build()
    await bench.manager.initialize({ symbols: ['BTC/USDT', 'ETH/USDT'], channels: ['book_ticker'] })
    const statuses = (): unknown[] =>
      ['BTC/USDT', 'ETH/USDT'].map((symbol) => bench.manager.streamState(symbol, 'book_ticker')?.status)
    for (const base of ['BTC', 'ETH']) venue.push(`book_ticker:${base}-USDT`, 1)
    await bench.until(() => bench.seen.length === 2)
    venue.connected[0]?.socket.send('{"stream":"book_ti')
    await bench.until(() => bench.errors.length === 1)
    expect(bench.errors).toMatchObject([{ code: 'ERR_MALFORMED_FRAME' }])
    expect(statuses()).toEqual(['gapped', 'gapped'])
    venue.push('book_ticker:BTC-USDT', 2)
    await bench.until(() => statuses().includes('live'))
    expect(statuses()).toEqual(['live', 'gapped'])
  })
})

describe('a parser that learns from what its connection brings', () => {
  test('is made anew for each connection, and knows nothing of the one before', async () => {
    const strategies = acmeStrategies({ url: venue.url })
    const { messageParser } = strategies
    const made: number[] = []
    // Teaches each connection how much its numbers are worth: those of one that was not taught are worth nothing.
    const forConnection = (): MessageParser => {
      const index = made.push(0) - 1
      const fallbacks = new Map<string, number>()
      return {
        fallbacks,
        peek: (frame) => messageParser.peek(frame),
        parse: (frame) => {
          const parsed = messageParser.parse(frame)
          const [{ type }] = [parsed].flat() as [ParsedMessage]
          if (type === MessageType.SubscriptionConfirm) made[index] = index + 1
          if (type === MessageType.BookTicker) fallbacks.set(`taught ${made[index]}`, 1)
          return parsed
        },
      }
    }
    const { manager, seen, states, until } = build({
      strategies: new WebSocketStrategySet({
        ...strategies,
        messageParser: { forConnection, parse: (frame) => messageParser.parse(frame), peek: () => null },
      }),
    })
    await manager.initialize(request)
    venue.push(stream, 1)
    await until(() => seen.length === 1)
    venue.connected[0]?.socket.terminate()
    await until(() => states.filter((state) => state === 'connected').length === 2)
    await venue.until(() => venue.connected.some(({ streams }) => streams.has(stream)))
    venue.push(stream, 2)
    await until(() => seen.length === 2)
    expect(made).toEqual([1, 2])
    expect(manager.getPerformanceMetrics().decoderFallbacks).toEqual({ 'taught 1': 1, 'taught 2': 1 })
  })

  test('that cannot be made is reported as the adapter’s mistake', async () => {
    const mistake = new TypeError('not a function')
    const strategies = acmeStrategies({ url: venue.url })
    const { messageParser } = strategies
    const forConnection = (): never => {
      throw mistake
    }
    const { manager } = build({
      strategies: new WebSocketStrategySet({
        ...strategies,
        messageParser: {
          forConnection,
          parse: (frame) => messageParser.parse(frame),
          peek: (frame) => messageParser.peek(frame),
        },
      }),
    })
    await expect(manager.initialize(request)).rejects.toMatchObject({ code: 'ERR_INVALID_STRATEGY', cause: mistake })
  })
})

describe('a control message that is not what its type promises', () => {
  test.each([
    ['an acknowledgement of nothing', { type: MessageType.SubscriptionConfirm, stream: null, data: {} }],
    ['an error without words', { type: MessageType.Error, stream: null, data: { code: 'ERR_MALFORMED_FRAME' } }],
    ['a heartbeat that wants a number back', { type: MessageType.Heartbeat, stream: null, data: { reply: 7n } }],
  ])('(%s) costs a frame, and is reported as the adapter’s mistake', async (_what, broken) => {
    const strategies = acmeStrategies({ url: venue.url })
    const { messageParser } = strategies
    const { manager, seen, errors, until } = build({
      strategies: new WebSocketStrategySet({
        ...strategies,
        messageParser: {
          parse: (frame) => {
            const isBroken = frame.bytes.toString('latin1', frame.start, frame.end) === 'broken'
            return isBroken ? (broken as unknown as ParsedMessage) : messageParser.parse(frame)
          },
          peek: (frame) => messageParser.peek(frame),
        },
      }),
    })
    await manager.initialize(request)
    venue.connected[0]?.socket.send('broken')
    venue.push(stream, 1)
    await until(() => seen.length === 1)
    expect(errors).toMatchObject([{ code: 'ERR_INVALID_STRATEGY', cause: expect.any(TypeError) }])
  })
})

describe('staleness', () => {
  test('shows after staleAfterMs of silence, and ends with the next message', async () => {
    const clock = new ManualClock()
    const history: string[] = []
    const { manager, seen, until } = build({
      clock,
      config: { staleAfterMs: 8_000 },
      onStreamState: ({ status }) => history.push(status),
    })
    await manager.initialize(request)
    venue.push(stream, 1)
    await until(() => seen.length === 1)
    clock.advance(6_000)
    expect(manager.streamState('BTC/USDT', 'book_ticker')?.status).toBe('live')
    clock.advance(5_000)
    expect(history).toEqual(['syncing', 'live', 'stale'])
  })
})
