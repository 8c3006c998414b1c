import { describe, expect, test } from 'vitest'
import type { OutboundMessage } from '../src/adapter.js'
import { type StreamError, SubscriptionError, WebSocketStrategySet } from '../src/index.js'
import { acmeStrategies } from './support/acme-exchange.js'
import { carriedBy, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const outcomeOf = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: StreamError) => error.code,
  )

/** Every stream the venue was asked to subscribe, connection by connection, as bases. */
const askedFor = (): string[] =>
  acme.venue.clients.map(({ requests }) =>
    requests
      .filter(({ op }) => op === 'subscribe')
      .flatMap(({ streams }) => streams.map((stream) => stream.slice(12, -5)))
      .join(''),
  )

describe('concurrent subscribes at the limit of a connection', () => {
  const limits = { limits: { streamsPerConnection: 2 } }

  test('never put more on a connection than it may carry, and no stream on two', async () => {
    const { manager, start } = bound(acme.build({ acme: limits }))
    await start('A')
    await Promise.all([
      manager.subscribe(['B/USDT', 'C/USDT']),
      manager.subscribe(['C/USDT', 'D/USDT']),
      manager.subscribe(['D/USDT', 'E/USDT', 'B/USDT']),
    ])
    expect(carriedBy(acme.venue)).toEqual(['AB', 'CD', 'E'])
    expect(askedFor()).toEqual(['AB', 'CD', 'E'])
  })

  test('before and while the first connection is made as well', async () => {
    const { manager, start } = bound(acme.build({ acme: limits }))
    const started = start('A')
    await Promise.all([started, manager.subscribe(['B/USDT']), manager.subscribe(['B/USDT', 'C/USDT'])])
    expect(carriedBy(acme.venue)).toEqual(['AB', 'C'])
  })

  test('during a take-over, too', async () => {
    const { manager, start } = bound(acme.build({ acme: limits }))
    await start('A')
    acme.venue.withholds = () => acme.venue.clients.length === 2
    acme.venue.clients[0]?.socket.send(JSON.stringify({ upgrade: true }))
    await acme.venue.until(() => acme.venue.clients[1]?.requests.length === 1)
    const subscribed = Promise.all([
      manager.subscribe(['B/USDT']),
      manager.subscribe(['B/USDT', 'C/USDT']),
      manager.subscribe(['D/USDT']),
    ])
    await acme.venue.until(() => acme.venue.clients.length === 3)
    acme.venue.withholds = () => false
    acme.venue.release()
    await subscribed
    await acme.venue.until(() => acme.venue.connected.length === 2)
    expect(carriedBy(acme.venue)).toEqual(['AB', 'CD'])
  })
})

describe('a stream unsubscribed', () => {
  test('while its subscription waits for a replacement stays out', async () => {
    const { manager, start } = bound(acme.build())
    await start('A')
    acme.venue.withholds = () => acme.venue.clients.length === 2
    acme.venue.clients[0]?.socket.send(JSON.stringify({ upgrade: true }))
    await acme.venue.until(() => acme.venue.clients[1]?.requests.length === 1)
    const subscribed = manager.subscribe(['B/USDT'])
    const unsubscribed = manager.unsubscribe(['B/USDT'])
    acme.venue.withholds = () => false
    acme.venue.release()
    await Promise.all([subscribed, unsubscribed])
    expect(carriedBy(acme.venue).at(-1)).toBe('A')
    expect(manager.streamState('B/USDT', 'book_ticker')).toBeNull()
  })

  test('before its subscription was acknowledged settles both', async () => {
    const { manager, start } = bound(acme.build())
    await start('A')
    acme.venue.withholds = ({ op }) => op === 'subscribe'
    const subscribed = manager.subscribe(['B/USDT'])
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 2)
    await manager.unsubscribe(['B/USDT'])
    expect(await outcomeOf(subscribed)).toBe('done')
  })

  test('while the connection is away settles both, and is not asked for again', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.refuseWith = 503
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    const subscribed = bench.manager.subscribe(['B/USDT'])
    await bench.manager.unsubscribe(['B/USDT'])
    expect(await outcomeOf(subscribed)).toBe('done')
    acme.venue.refuseWith = 0
    bench.clock.advance(5_000)
    await acme.venue.until(() => acme.venue.clients[1]?.streams.size === 1)
    expect(askedFor()).toEqual(['A', 'A'])
  })

  test('and subscribed again at once is active, and each call hears its own answer', async () => {
    const { manager, start } = bound(acme.build())
    await start('A', 'B')
    acme.venue.withholds = ({ op }) => op === 'subscribe'
    let isSubscribed = false
    const unsubscribed = manager.unsubscribe(['A/USDT'])
    const subscribed = manager.subscribe(['A/USDT']).then(() => {
      isSubscribed = true
    })
    await unsubscribed
    await turn()
    expect(isSubscribed).toBe(false)
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 3)
    acme.venue.release()
    await subscribed
    expect(carriedBy(acme.venue)).toEqual(['BA'])
  })

  test('in the very moment its connection is back does not hang', async () => {
    const bench = acme.build()
    await bench.start('A', 'B')
    let unsubscribed: Promise<void> | null = null
    bench.onState = (state) => {
      if (state === 'connected') unsubscribed = bench.manager.unsubscribe(['A/USDT'])
    }
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    acme.venue.clients[0]?.socket.terminate()
    await acme.venue.until(() => acme.venue.clients[1]?.streams.size === 1)
    await unsubscribed
    expect(carriedBy(acme.venue)).toEqual(['B'])
  })

  test('beside another, each emptying a connection, is not told that the manager was closed', async () => {
    const { manager, start } = bound(acme.build({ acme: { limits: { streamsPerConnection: 1 } } }))
    await start('A', 'B', 'C')
    acme.venue.withholds = ({ streams }) => streams.includes(streamOf('A'))
    const both = Promise.all([manager.unsubscribe(['A/USDT']), manager.unsubscribe(['B/USDT'])].map(outcomeOf))
    await acme.venue.until(() => acme.venue.connected.length === 1)
    expect(await both).toEqual(['done', 'done'])
    expect(carriedBy(acme.venue)).toEqual(['C'])
  })
})

describe('a subscription that was never answered', () => {
  test('does not end the one made after it', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.withholds = ({ id, op }) => id === 2 && op === 'subscribe'
    const first = outcomeOf(bench.manager.subscribe(['B/USDT']))
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 2)
    bench.clock.advance(9_000)
    await bench.manager.unsubscribe(['B/USDT'])
    await bench.manager.subscribe(['B/USDT'])
    expect(await first).toBe('done')
    bench.clock.advance(2_000)
    // An answer to anything sent by now comes after it.
    await bench.manager.subscribe(['C/USDT'])
    expect(carriedBy(acme.venue)).toEqual(['ABC'])
  })

  test('is taken back, so that the exchange does not go on with it', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.withholds = ({ op }) => op === 'subscribe'
    const result = outcomeOf(bench.manager.subscribe(['B/USDT']))
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 2)
    bench.clock.advance(10_000)
    expect(await result).toBe('ERR_ACKNOWLEDGEMENT_TIMEOUT')
    const takenBack = (): boolean =>
      acme.venue.clients[0]?.requests.some(
        ({ op, streams }) => op === 'unsubscribe' && streams[0] === streamOf('B'),
      ) === true
    await acme.venue.until(takenBack)
    expect(bench.manager.streamState('B/USDT', 'book_ticker')).toBeNull()
  })
})

describe('requests that take time to be signed', () => {
  /** A strategy set whose requests for `base` come only once they are let go. */
  function slowSigner(base: string): { strategies: WebSocketStrategySet; sign: () => void; fail: () => void } {
    const set = acmeStrategies({ url: acme.venue.url })
    const waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
    let isSigning = false
    const strategies = new WebSocketStrategySet({
      ...set,
      bookRules: undefined as never,
      subscriptionStrategy: {
        plan: (request) => set.subscriptionStrategy.plan(request),
        createSubscriptionMessages: async (action, streams, context): Promise<readonly OutboundMessage[]> => {
          const messages = await set.subscriptionStrategy.createSubscriptionMessages(action, streams, context)
          if (!isSigning && action === 'subscribe' && streams.some(({ instrument }) => instrument?.base === base))
            await new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }))
          return messages
        },
      },
    })
    return {
      strategies,
      sign: () => {
        isSigning = true
        for (const { resolve } of waiting.splice(0)) resolve()
      },
      fail: () => waiting.shift()?.reject(new Error('the vault is sealed')),
    }
  }

  test('go out in the order they were made', async () => {
    const { strategies, sign } = slowSigner('B')
    const { manager, start } = bound(acme.build({ strategies }))
    await start('A')
    const subscribed = manager.subscribe(['B/USDT'])
    const unsubscribed = manager.unsubscribe(['B/USDT'])
    await turn()
    sign()
    await Promise.all([subscribed, unsubscribed])
    expect(acme.venue.clients[0]?.requests.map(({ op }) => op)).toEqual(['subscribe', 'subscribe', 'unsubscribe'])
    expect(carriedBy(acme.venue)).toEqual(['A'])
  })

  test('fail everybody who waits for them, and nobody else', async () => {
    const { strategies, fail } = slowSigner('B')
    const { manager, start } = bound(acme.build({ strategies }))
    await start('A')
    const results = Promise.all(
      [manager.subscribe(['B/USDT']), manager.subscribe(['B/USDT']), manager.subscribe(['A/USDT'])].map(outcomeOf),
    )
    await turn()
    fail()
    expect(await results).toEqual(['ERR_SIGNING_FAILED', 'ERR_SIGNING_FAILED', 'done'])
    expect(manager.streamState('B/USDT', 'book_ticker')).toBeNull()
  })

  test('are not sent on the next connection, which asks for itself', async () => {
    const { strategies, sign } = slowSigner('B')
    const bench = acme.build({ strategies })
    await bench.start('A')
    const subscribed = bench.manager.subscribe(['B/USDT'])
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    acme.venue.clients[0]?.socket.terminate()
    await acme.venue.until(() => acme.venue.clients.length === 2)
    sign()
    await subscribed
    expect(askedFor()).toEqual(['A', 'AB'])
  })
})

describe('a request refused as a whole', () => {
  test('because of one stream is made again without it', async () => {
    const bench = acme.build()
    acme.venue.refused.add(streamOf('X'))
    acme.venue.refusesWhole = 'named'
    const error = await bench.start('A', 'X', 'B').catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'ERR_SUBSCRIPTION_REJECTED', rejected: [{ symbol: 'X/USDT' }] })
    expect(carriedBy(acme.venue)).toEqual(['AB'])
  })

  test('because of who asks, where it had been accepted before, is tried again on a new connection', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    acme.venue.denies = true
    acme.venue.clients[0]?.socket.terminate()
    await acme.venue.until(() => acme.venue.clients[1]?.requests.length === 1)
    acme.venue.denies = false
    while (bench.states.at(-1) !== 'connected' || acme.venue.clients.length < 3) {
      if ((bench.clock.nextTimerInMs ?? 0) <= 5_000) bench.clock.advance(bench.clock.nextTimerInMs ?? 0)
      await turn()
    }
    await acme.venue.until(() => carriedBy(acme.venue)[0] === 'A')
    expect(bench.manager.streamState('A/USDT', 'book_ticker')?.status).toBe('syncing')
  })
})

describe('a strategy that forgets a stream', () => {
  test('is named instead of waited for', async () => {
    const set = acmeStrategies({ url: acme.venue.url })
    const strategies = new WebSocketStrategySet({
      ...set,
      bookRules: undefined as never,
      subscriptionStrategy: {
        plan: (request) => set.subscriptionStrategy.plan(request),
        createSubscriptionMessages: (action, streams, context) =>
          set.subscriptionStrategy.createSubscriptionMessages(action, streams.slice(1), context),
      },
    })
    const bench = acme.build({ strategies })
    const error = await bench.start('A', 'B').catch((thrown) => thrown)
    expect(error.message).toMatchInlineSnapshot(`
      "No subscription message was made for 1 of 2 streams.  [ERR_INVALID_STRATEGY]
      First: book_ticker:A-USDT
      createSubscriptionMessages() must return messages that name each stream once."
    `)
  })
})

describe('a connection that was given up', () => {
  test('rejects what is asked of it, and leaves room for a new one', async () => {
    const bench = acme.build({ config: { maxReconnectAttempts: 0 } })
    await bench.start('A')
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('error'))
    expect(await outcomeOf(bench.manager.subscribe(['A/USDT']))).toBe('ERR_RECONNECT_EXHAUSTED')
    await bench.manager.subscribe(['B/USDT'])
    expect(carriedBy(acme.venue)).toEqual(['B'])
    await bench.manager.unsubscribe(['A/USDT'])
    await bench.manager.subscribe(['A/USDT'])
    expect(carriedBy(acme.venue)).toEqual(['BA'])
    expect(bench.manager.isConnected()).toBe(true)
  })

  test('is replaced where it was the only one, once it is empty', async () => {
    const bench = acme.build({ config: { maxReconnectAttempts: 0 } })
    await bench.start('A')
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('error'))
    await bench.manager.unsubscribe(['A/USDT'])
    await bench.manager.subscribe(['A/USDT'])
    expect([carriedBy(acme.venue), bench.manager.isConnected()]).toEqual([['A'], true])
  })
})

describe('a request over several connections', () => {
  test('of which one cannot be made keeps what the others carry, and expects nothing of the rest', async () => {
    const bench = acme.build({
      acme: { limits: { streamsPerConnection: 2 } },
      config: { maxReconnectAttempts: 0 },
    })
    acme.venue.refused.add(streamOf('X'))
    await bench.start('A')
    acme.venue.refuseWith = 503
    expect(await outcomeOf(bench.manager.subscribe(['X/USDT', 'C/USDT']))).toBe('ERR_RECONNECT_EXHAUSTED')
    // The answer to what was asked of the first connection has come once it answers for more.
    acme.venue.refuseWith = 0
    await bench.manager.subscribe(['B/USDT'])
    expect(bench.manager.streamStates().map(({ symbol }) => String(symbol))).toEqual(['A/USDT', 'B/USDT'])
    expect(carriedBy(acme.venue)).toEqual(['AB'])
  })

  test('leaves nothing of a failed start that another call placed there', async () => {
    const bench = acme.build()
    acme.venue.refuseWith = 503
    const results = Promise.all([bench.start('A'), bench.manager.subscribe(['B/USDT'])].map(outcomeOf))
    expect(await results).toEqual(['ERR_HANDSHAKE_REJECTED', 'ERR_HANDSHAKE_REJECTED'])
    expect(bench.manager.streamStates()).toEqual([])
    acme.venue.refuseWith = 0
    await bench.start('A')
    expect(carriedBy(acme.venue)).toEqual(['A'])
  })
})

describe('stream states', () => {
  test('are not live while the connection is away, though old messages still arrive', async () => {
    const bench = acme.build()
    await bench.start('A')
    let release = (): void => {}
    bench.onMessage = () => new Promise<void>((resolve) => (release = resolve))
    acme.venue.push(streamOf('A'), 1)
    acme.venue.push(streamOf('A'), 2)
    await bench.until(() => bench.values.length === 1)
    acme.venue.refuseWith = 503
    // The second waits in the ring by the time the end is noticed.
    acme.venue.clients[0]?.socket.close()
    await bench.until(() => bench.states.includes('reconnecting'))
    release()
    await bench.until(() => bench.values.length === 2)
    expect(bench.manager.streamState('A/USDT', 'book_ticker')?.status).toBe('gapped')
  })

  test('tell which stream a replay lost', async () => {
    const bench = acme.build()
    await bench.start('A', 'B')
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    acme.venue.refused.add(streamOf('B'))
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.errors.length === 1)
    expect(bench.errors[0]).toBeInstanceOf(SubscriptionError)
    expect(bench.manager.streamState('B/USDT', 'book_ticker')).toMatchObject({
      status: 'gapped',
      reason: 'refused by the exchange',
    })
  })
})

describe('close()', () => {
  test('delivers nothing from the moment it is called, though the exchange goes on until the handshake', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    const closed = bench.manager.close()
    for (let value = 2; value <= 50; value += 1) acme.venue.push(streamOf('A'), value)
    await closed
    expect(bench.values).toEqual([1])
  })

  test('during the start settles it, and leaves nothing', async () => {
    const bench = acme.build()
    acme.venue.answers = false
    const started = outcomeOf(bench.start('A'))
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 1)
    await bench.manager.close()
    expect(await started).toBe('ERR_CLOSED')
    await acme.venue.until(() => acme.venue.connected.length === 0)
    expect(bench.clock.pendingTimers).toBe(0)
  })
})

describe('bad input', () => {
  test.each([
    ['a text for the symbols', { symbols: 'BTC/USDT', channels: ['book_ticker'] }, 'ERR_INVALID_SYMBOL'],
    ['no channels', { symbols: ['BTC/USDT'] }, 'ERR_UNKNOWN_CHANNEL'],
    ['nothing', undefined, 'ERR_UNKNOWN_CHANNEL'],
    ['a pair in lower case', { symbols: ['btc/usdt'], channels: ['book_ticker'] }, 'ERR_INVALID_SYMBOL'],
  ])('is refused before anything is sent: %s', async (_name, request, code) => {
    const { manager } = acme.build()
    await expect(manager.initialize(request as never)).rejects.toMatchObject({ code })
    expect(acme.venue.clients).toHaveLength(0)
    await expect(manager.subscribe(['BTC/USDT'])).rejects.toMatchObject({ code: 'ERR_NOT_INITIALIZED' })
  })
})

/** The bench with its methods free to be taken apart. */
function bound(bench: ReturnType<typeof acme.build>): Pick<typeof bench, 'manager' | 'start'> {
  return { manager: bench.manager, start: (...bases) => bench.start(...bases) }
}
