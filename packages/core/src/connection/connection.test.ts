import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AcmeOptions } from '../../test/support/acme-exchange.js'
import { ConnectionBench, turn } from '../../test/support/connection-bench.js'
import { type HandshakeAnswer, LoopbackServer } from '../../test/support/loopback-server.js'
import { ManualClock } from '../clock/manual-clock.js'
import { StreamError } from '../errors/stream-error.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { ParsedMessage, ReplyData } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { ConnectionStrategy, LoginSession } from '../strategy/connection-strategy.js'
import { createEnv, type StrategyEnv } from '../strategy/env.js'
import { openSocket } from '../transport/open-socket.js'
import type { ConnectionOptions } from './connection-options.js'

let server: LoopbackServer
const benches: ConnectionBench[] = []

beforeEach(async () => {
  server = await LoopbackServer.start()
})

afterEach(async () => {
  for (const bench of benches.splice(0)) {
    const closed = bench.connection.close()
    bench.clock.advance(1_000)
    await closed
  }
  await server.close()
})

function build(acme: Partial<AcmeOptions> = {}, options: Partial<ConnectionOptions> = {}): ConnectionBench {
  const bench = new ConnectionBench({ url: server.url, ...acme }, options)
  benches.push(bench)
  return bench
}

/** An open connection whose first client has sent a frame: one that worked. */
async function opened(...parts: Parameters<typeof build>): Promise<ConnectionBench> {
  const bench = build(...parts)
  await bench.connection.open()
  server.clients[0]?.send('hello')
  await bench.until(() => bench.frames.length === 1)
  return bench
}

const policy = { maxAttempts: 5, initialDelayMs: 100, backoffFactor: 2, maxDelayMs: 5_000, resetOn1005: true }
/** A source of chance that is the same each time. */
function seeded(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return state / 2 ** 32
  }
}

const codeOf = (thrown: unknown): string => (thrown as StreamError).code

describe('the first attempt', () => {
  test('connects, and delivers what arrives', async () => {
    const bench = await opened()
    expect(bench.states).toEqual(['connecting', 'connected'])
    expect(bench.frames).toEqual(['hello'])
  })

  test('is not retried, whatever it fails of', async () => {
    server.answer = () => ({ status: 503 })
    const bench = build()
    await expect(bench.connection.open()).rejects.toMatchObject({ code: 'ERR_HANDSHAKE_REJECTED' })
    expect(bench.states).toEqual(['connecting', 'error'])
    expect([server.handshakes.length, bench.clock.pendingTimers]).toEqual([1, 0])
  })

  test('is given up after connectTimeoutMs where the handshake is never answered', async () => {
    server.answer = () => 'silence'
    const bench = build()
    const result = bench.connection.open().catch(codeOf)
    await server.until(() => server.handshakes.length === 1)
    bench.clock.advance(15_000)
    expect(await result).toBe('ERR_CONNECTION_TIMEOUT')
    await server.until(() => server.openSockets === 0)
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test('counts a context that never comes, and an authentication that never ends, against the same time', async () => {
    for (const never of ['context', 'authenticate'] as const) {
      const bench = build({
        context: { authRequired: true },
        connection: { [never]: () => new Promise<never>(() => {}) },
      })
      const before = server.clients.length
      const result = bench.connection.open().catch(codeOf)
      if (never === 'authenticate') await server.until(() => server.clients.length > before)
      await turn()
      bench.clock.advance(15_000)
      expect(await result).toBe('ERR_CONNECTION_TIMEOUT')
    }
    await server.until(() => server.openSockets === 0)
  })

  test('ends with the owner’s rejection, and leaves no socket', async () => {
    const bench = build()
    bench.onOpen = () => Promise.reject(new StreamError('ERR_ACKNOWLEDGEMENT_TIMEOUT', 'No answer.'))
    await expect(bench.connection.open()).rejects.toMatchObject({ code: 'ERR_ACKNOWLEDGEMENT_TIMEOUT' })
    await server.until(() => server.openSockets === 0)
    expect([bench.states.at(-1), bench.clock.pendingTimers]).toEqual(['error', 0])
  })

  test('fails where the transport ended while it was authenticated', async () => {
    server.onClient = (client) => client.close(4001, 'who are you')
    const upkeeps: string[] = []
    const maintain = () => {
      upkeeps.push('started')
      return () => void upkeeps.push('ended')
    }
    const bench = build({
      context: { authRequired: true },
      connection: { authenticate: () => new Promise(() => {}), maintain },
    })
    await expect(bench.connection.open()).rejects.toMatchObject({
      code: 'ERR_CONNECTION_CLOSED',
      context: { 'Close code': 4001 },
    })
    expect([bench.states, upkeeps]).toEqual([['connecting', 'error'], []])
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test('fails where the read that let the owner go on brought the end as well', async () => {
    const bench = build()
    bench.onOpen = async () => {
      bench.connection.fail('abrupt', new StreamError('ERR_CONNECTION_CLOSED', 'The end.'))
    }
    await expect(bench.connection.open()).rejects.toMatchObject({ shortMessage: 'The end.' })
    expect(bench.states.at(-1)).toBe('error')
    await server.until(() => server.openSockets === 0)
  })
})

describe('a first attempt that is to be retried', () => {
  /** Opens it, letting the delays before further attempts pass; resolves with what it was rejected with, or null. */
  async function retried(bench: ConnectionBench): Promise<StreamError | null> {
    let outcome: StreamError | null | undefined
    bench.connection.open(true).then(
      () => {
        outcome = null
      },
      (thrown) => {
        outcome = thrown
      },
    )
    await bench.advanceUntil(() => outcome !== undefined)
    return outcome ?? null
  }

  test('is followed by others, with the delays of its kind of failure, until it is up', async () => {
    server.answer = (index) => (index < 2 ? { status: 503 } : 'accept')
    const bench = build()
    expect(await retried(bench)).toBeNull()
    expect(bench.states).toEqual(['connecting', 'reconnecting', 'reconnecting', 'connected'])
    expect(bench.errors.map(({ code }) => code)).toEqual(['ERR_HANDSHAKE_REJECTED', 'ERR_HANDSHAKE_REJECTED'])
    expect([server.handshakes.length, bench.delays.length]).toEqual([3, 2])
    expect(bench.delays.every((delay) => delay > 0)).toBe(true)
    // Nothing was lost that could have been restored.
    expect(bench.connection.counters).toMatchObject({ reconnections: 0, failures: 0 })
    expect(bench.times.recoveries.lastMs).toBeNull()
  })

  test('is restored as any later one once it was up', async () => {
    server.answer = (index) => (index === 0 ? { status: 503 } : 'accept')
    const bench = build()
    await retried(bench)
    server.clients[0]?.terminate()
    await bench.until(() => bench.states.length === 4)
    await bench.advanceUntil(() => bench.connection.counters.reconnections === 1)
    expect(bench.states.slice(3)).toEqual(['reconnecting', 'connected'])
  })

  test('goes on behind an open breaker, as a lost one does', async () => {
    server.answer = (index) => (index < 4 ? { status: 503 } : 'accept')
    const bench = build({}, { policy: { ...policy, maxAttempts: 2 } })
    const opened = bench.connection.open(true)
    await bench.advanceUntil(() => bench.states.at(-1) === 'error')
    expect(bench.openings).toMatchObject([
      {
        code: 'ERR_CIRCUIT_OPEN',
        shortMessage: 'The connection could not be made in many attempts and is down for now.',
        cause: { code: 'ERR_HANDSHAKE_REJECTED' },
      },
    ])
    await bench.passBreaker(() => bench.states.at(-1) === 'connected')
    await opened
    expect(server.handshakes).toHaveLength(5)
  })

  test('is given up where the user’s time is over, with the last error as its cause', async () => {
    server.answer = () => ({ status: 503 })
    const bench = build({}, { reconnectTimeLimitMs: 100 })
    expect(await retried(bench)).toMatchObject({
      code: 'ERR_RECONNECT_EXHAUSTED',
      shortMessage: 'The connection was given up after 1 attempt to make it.',
      cause: { code: 'ERR_HANDSHAKE_REJECTED' },
    })
    expect([bench.states, bench.clock.pendingTimers]).toEqual([['connecting', 'reconnecting', 'error'], 0])
  })

  test('is tried three times at most where it is not let in', async () => {
    const refused = new StreamError('ERR_AUTHENTICATION_FAILED', 'Bad key.')
    const bench = build({
      context: { authRequired: true },
      connection: { authenticate: () => Promise.reject(refused) },
    })
    expect(await retried(bench)).toMatchObject({ code: 'ERR_RECONNECT_EXHAUSTED', cause: refused })
    expect(server.handshakes).toHaveLength(3)
    await server.until(() => server.openSockets === 0)
  })

  test('is tried again where it was open and could not be made ready, which its owner is told', async () => {
    const bench = build()
    let answers = 0
    bench.onOpen = async () => {
      answers += 1
      if (answers === 1) throw new StreamError('ERR_ACKNOWLEDGEMENT_TIMEOUT', 'No answer.')
    }
    expect(await retried(bench)).toBeNull()
    expect(bench.states).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
    expect(bench.losses.map(({ kind }) => kind)).toEqual(['timeout'])
    await server.until(() => server.openSockets === 1)
  })

  test('ends with close(), whatever it waits for', async () => {
    server.answer = () => ({ status: 503 })
    const bench = build()
    const failed = bench.connection.open(true).catch(codeOf)
    await bench.until(() => bench.states.includes('reconnecting'))
    await bench.connection.close()
    expect([await failed, bench.clock.pendingTimers]).toEqual(['ERR_CLOSED', 0])
  })
})

describe('a lost connection', () => {
  test.each([
    ['without a code (1005)', 'closed-without-code', () => server.clients[0]?.close()],
    ['abruptly (1006)', 'abrupt', () => server.clients[0]?.terminate()],
    ['going away (1001)', 'closed', () => server.clients[0]?.close(1001)],
    ['restarting (1012)', 'upgrade', () => server.clients[0]?.close(1012)],
  ] as const)('that ended %s is back at once', async (_how, kind, end) => {
    const bench = await opened()
    end()
    await bench.until(() => bench.states.at(-1) === 'connected' && server.clients.length === 2)
    await turn()
    expect(bench.losses.map((loss) => loss.kind)).toEqual([kind])
    expect(bench.states).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
    // The clock stood still: there was no delay.
    expect(bench.connection.counters).toMatchObject({ reconnections: 1, failures: 1 })
    expect(bench.times.recoveries.lastMs).toBe(0)
  })

  test('waits before it tries again where it had delivered nothing', async () => {
    const bench = build()
    await bench.connection.open()
    server.clients[0]?.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    expect(bench.clock.nextTimerInMs).toBeGreaterThan(0)
    await bench.advanceUntil(() => bench.states.at(-1) === 'connected')
    expect(server.handshakes).toHaveLength(2)
  })

  test.each(['close', 'terminate'] as const)(
    'is not hammered back to a server that lets us in, greets us and ends it at once (%s)',
    async (end) => {
      server.onClient = (client, index) => {
        client.send('welcome', () => {
          if (index > 0) client[end]()
        })
      }
      const bench = await opened({ context: { maxReconnectAttempts: 10 } })
      server.clients[0]?.[end]()
      await bench.advanceUntil(() => bench.delays.length === 6)
      expect(bench.delays).toEqual([0, 100, 200, 400, 800, 1_600])
    },
  )

  test('is at once again after a connection that lasted', async () => {
    const bench = await opened()
    for (let round = 1; round <= 3; round += 1) {
      server.clients.at(-1)?.send('data')
      await bench.until(() => bench.frames.length === round + 1)
      bench.clock.advance(1_000)
      server.clients.at(-1)?.terminate()
      await bench.until(() => bench.states.at(-1) === 'connected' && server.clients.length === round + 1)
      await turn()
    }
    expect(bench.connection.counters).toMatchObject({ reconnections: 3 })
    expect([bench.times.recoveries.lastMs, bench.times.connectedMs(bench.clock.now())]).toEqual([0, 3_000])
  })

  test('asks for its context anew for each attempt', async () => {
    const contexts: string[] = []
    const context = async () => {
      contexts.push(`${server.url}?listenKey=${contexts.length}`)
      return {
        url: contexts.at(-1) ?? '',
        headers: {},
        authRequired: false,
        authParams: null,
        pingIntervalMs: 0,
        pingTimeoutMs: 0,
        pingMessage: null,
        maxReconnectAttempts: null,
        reconnectDelayMs: null,
      }
    }
    const bench = await opened({ connection: { context } })
    server.answer = (index) => (index < 3 ? { status: 503 } : 'accept')
    server.clients[0]?.terminate()
    await bench.advanceUntil(() => bench.states.at(-1) === 'connected' && server.clients.length === 2)
    expect(server.handshakes.map(({ url }) => url)).toEqual([0, 1, 2, 3].map((key) => `/?listenKey=${key}`))
  })

  test.each([
    ['a refused handshake', 401],
    ['a forbidden one', 403],
  ])('is not tried for long with credentials that are not accepted: %s', async (_name, status) => {
    const bench = await opened()
    server.answer = (): HandshakeAnswer => ({ status, body: '{"message":"invalid key"}' })
    server.clients[0]?.terminate()
    await bench.advanceUntil(() => bench.states.at(-1) === 'error')
    expect(server.handshakes).toHaveLength(1 + 3)
    expect(bench.errors.at(-1)).toMatchObject({
      code: 'ERR_RECONNECT_EXHAUSTED',
      cause: { code: 'ERR_AUTHENTICATION_FAILED' },
    })
  })

  test('tries credentials a few times though the exchange was away for long before', async () => {
    const bench = await opened()
    server.answer = (index) => (index <= 3 ? { status: 503 } : index === 4 ? { status: 401 } : 'accept')
    server.clients[0]?.terminate()
    await bench.advanceUntil(() => bench.states.at(-1) === 'connected' && server.clients.length === 2)
    expect(server.handshakes).toHaveLength(6)
  })

  test('counts a close that the strategy takes for a refused login as one, also while restoring', async () => {
    const bench = await opened({ connection: { classify: ({ code }) => (code === 4001 ? 'authentication' : null) } })
    bench.onOpen = () =>
      new Promise((_, reject) => {
        bench.onLost = ({ error }) => reject(error)
      })
    server.onClient = (client) => client.close(4001)
    server.clients[0]?.close(4001)
    await bench.advanceUntil(() => bench.states.at(-1) === 'error')
    expect(new Set(bench.losses.map(({ kind }) => kind))).toEqual(new Set(['authentication']))
    expect(server.handshakes).toHaveLength(1 + 2)
  })

  test.each([401, 403])(
    'is an outage like another where somebody without credentials is answered %i',
    async (status) => {
      const bench = await opened({
        connection: { hasCredentials: false, shouldReconnect: ({ retryable }) => retryable },
      })
      server.answer = (index) => (index < 5 ? { status, body: '{}' } : 'accept')
      server.clients[0]?.terminate()
      await bench.advanceUntil(() => bench.states.at(-1) === 'connected' && server.clients.length === 2)
      expect(server.handshakes).toHaveLength(6)
    },
  )

  test('is given up at once where the user allows no attempts, with the reason', async () => {
    const bench = await opened({ context: { maxReconnectAttempts: 0 } })
    server.clients[0]?.terminate()
    await bench.advanceUntil(() => bench.states.at(-1) === 'error')
    expect(server.handshakes).toHaveLength(1)
    expect(bench.errors.at(-1)?.message).toMatchInlineSnapshot(`
      "The connection was given up without another attempt to restore it.  [ERR_RECONNECT_EXHAUSTED]
      Last error: ERR_CONNECTION_CLOSED
      Create a new manager once the reason is mended."
    `)
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test('is told with each attempt, how long it waits until then, and why the last one failed', async () => {
    const bench = await opened({ context: { maxReconnectAttempts: 3 } })
    server.answer = () => 'cut'
    server.clients[0]?.terminate()
    const begun = bench.clock.now()
    await bench.advanceUntil(() => bench.states.at(-1) === 'error')
    const told = bench.changes.slice(2).map(({ error, ...change }) => ({ ...change, code: error?.code }))
    const code = 'ERR_CONNECTION_CLOSED'
    const state = 'reconnecting'
    const breaker = 'closed'
    expect(told).toEqual([
      { state, previous: 'connected', code, breaker, attempt: 1, delayMs: 0, nextAttemptAt: begun },
      { state, previous: state, code, breaker, attempt: 2, delayMs: 100, nextAttemptAt: begun + 100 },
      { state, previous: state, code, breaker, attempt: 3, delayMs: 200, nextAttemptAt: begun + 300 },
      {
        state: 'error',
        previous: state,
        code: 'ERR_CIRCUIT_OPEN',
        breaker: 'open',
        attempt: 4,
        delayMs: 45_000,
        nextAttemptAt: begun + 45_300,
      },
    ])
    expect(bench.changes.slice(0, 2)).toMatchObject([{ attempt: null }, { attempt: null, delayMs: null }])
  })

  test('is told as one chain of states, also where what was restored is lost before it was of use', async () => {
    const bench = await opened()
    let opens = 0
    bench.onOpen = async () => {
      opens += 1
      if (opens <= 2) bench.connection.fail('abrupt', new StreamError('ERR_CONNECTION_CLOSED', 'The end.'))
    }
    server.clients[0]?.terminate()
    await bench.advanceUntil(() => bench.states.at(-1) === 'connected' && opens === 3)
    const [, ...later] = bench.changes
    expect(later.map(({ previous }) => previous)).toEqual(bench.states.slice(0, -1))
    const attempts = bench.changes.filter(({ state }) => state === 'reconnecting').map(({ attempt }) => attempt)
    expect(attempts).toEqual([1, 2, 3])
  })

  test('is not tried for again where whoever is told of it closes', async () => {
    const bench = await opened()
    let closed: Promise<void> | null = null
    bench.onState = (state) => {
      if (state === 'reconnecting') closed = bench.connection.close()
    }
    server.clients[0]?.terminate()
    await bench.until(() => closed !== null)
    await closed
    await turn()
    expect(bench.states).toEqual(['connecting', 'connected', 'reconnecting', 'closing', 'closed'])
    expect([server.handshakes.length, bench.clock.pendingTimers]).toEqual([1, 0])
  })

  test('is given up at once where the strategy says so, and is told without an attempt', async () => {
    const bench = await opened({ connection: { shouldReconnect: () => false } })
    server.clients[0]?.terminate()
    await bench.until(() => bench.states.at(-1) === 'error')
    expect([server.handshakes.length, bench.clock.pendingTimers]).toEqual([1, 0])
    expect(bench.changes.slice(2)).toMatchObject([
      { state: 'reconnecting', attempt: null, delayMs: null, nextAttemptAt: null },
      { state: 'error', attempt: null, delayMs: null, nextAttemptAt: null },
    ])
  })

  test('waits at least five seconds after the exchange said that we are too fast', async () => {
    const bench = await opened()
    server.clients[0]?.close(1013)
    await bench.until(() => bench.states.includes('reconnecting'))
    await turn()
    expect(bench.delays).toEqual([5_050])
  })

  test('is restored again where it ends in the very read that restored it', async () => {
    const bench = await opened()
    let opens = 0
    bench.onOpen = async () => {
      opens += 1
      if (opens === 1) bench.connection.fail('abrupt', new StreamError('ERR_CONNECTION_CLOSED', 'The end.'))
    }
    server.clients[0]?.terminate()
    await bench.advanceUntil(() => bench.states.at(-1) === 'connected' && opens === 2)
    await turn()
    expect(bench.connection.counters).toMatchObject({ reconnections: 1, failures: 2 })
  })

  test('survives strategies that throw where they must not, and says so each time', async () => {
    const failing = () => {
      throw new TypeError('not a function')
    }
    const bench = await opened({
      connection: { classify: failing, shouldReconnect: failing, heartbeat: failing, maintain: () => failing },
    })
    server.clients[0]?.terminate()
    await bench.until(() => bench.states.at(-1) === 'connected' && server.clients.length === 2)
    bench.clock.advance(10_000)
    expect(bench.losses).toHaveLength(1)
    expect(bench.faults.map(({ shortMessage }) => shortMessage)).toEqual([
      'The adapter failed in classify().',
      'The adapter failed in maintain().',
      'The adapter failed in shouldReconnect().',
      'The adapter failed in heartbeat().',
    ])
    expect(bench.faults.every(({ code, cause }) => code === 'ERR_INVALID_STRATEGY' && cause instanceof TypeError)).toBe(
      true,
    )
  })

  test('survives strategies that are asynchronous where they must not be, and says so each time', async () => {
    const rejecting = (async () => {
      throw new TypeError('later')
    }) as () => never
    const bench = await opened({
      connection: { classify: rejecting, shouldReconnect: rejecting, heartbeat: rejecting, maintain: rejecting },
    })
    server.clients[0]?.terminate()
    await bench.until(() => bench.states.at(-1) === 'connected' && server.clients.length === 2)
    bench.clock.advance(10_000)
    await turn()
    const atOnce = (method: string): string =>
      `The adapter's ${method}() returned a promise: its answer is needed at once.`
    expect(bench.faults.map(({ code, shortMessage }) => [code, shortMessage])).toEqual(
      [
        atOnce('maintain'),
        atOnce('classify'),
        atOnce('shouldReconnect'),
        atOnce('maintain'),
        'The adapter failed in heartbeat().',
      ].map((text) => ['ERR_INVALID_STRATEGY', text]),
    )
  })

  test('hears from an upkeep that its connection is lost: told with that reason, ended, and followed by another at once', async () => {
    const told: ((error: StreamError) => void)[] = []
    const ended: unknown[] = []
    const bench = await opened({
      connection: {
        maintain: (_context, _env, _takeOver, lost) => {
          told.push(lost)
          return () => void ended.push(lost)
        },
      },
    })
    server.clients[0]?.send('data')
    await bench.until(() => bench.frames.length === 1)
    const reason = new StreamError('ERR_LISTEN_KEY_ENDED', 'The listen key has ended.')
    told[0]?.(reason)
    expect(bench.losses).toEqual([{ kind: 'expired', error: reason }])
    expect(bench.changes.at(-1)).toMatchObject({ state: 'reconnecting', error: reason, delayMs: 0 })
    await bench.until(() => bench.states.at(-1) === 'connected')
    expect(ended).toEqual([told[0]])
    // What the old upkeep finds later is nobody's.
    told[0]?.(reason)
    expect(bench.losses).toHaveLength(1)
    await server.until(() => server.openSockets === 1)
  })

  test('hears so while the upkeep begins, and ends that upkeep too', async () => {
    const ended: string[] = []
    const bench = build({
      connection: {
        maintain: (_context, _env, _takeOver, lost) => {
          lost(new StreamError('ERR_LISTEN_KEY_ENDED', 'The listen key has ended.'))
          return () => void ended.push('ended')
        },
      },
    })
    await expect(bench.connection.open()).rejects.toMatchObject({ code: 'ERR_LISTEN_KEY_ENDED' })
    expect([bench.states.at(-1), ended, bench.clock.pendingTimers]).toEqual(['error', ['ended'], 0])
    await server.until(() => server.openSockets === 0)
  })

  test('reports an upkeep whose end fails later', async () => {
    const bench = await opened({
      connection: { maintain: () => (async () => Promise.reject(new TypeError('later'))) as () => void },
    })
    server.clients[0]?.terminate()
    await bench.until(() => bench.faults.length === 1)
    expect(bench.faults[0]?.shortMessage).toBe('The adapter failed in maintain().')
  })
})

describe('the circuit breaker', () => {
  /** A connection whose server was away for so long that the breaker is open. */
  async function broken(...[acme = {}, options]: Parameters<typeof build>): Promise<ConnectionBench> {
    const bench = await opened({ context: { maxReconnectAttempts: 2 }, ...acme }, options)
    server.answer = () => ({ status: 503 })
    server.clients[0]?.terminate()
    await bench.advanceUntil(() => bench.states.at(-1) === 'error')
    return bench
  }

  const told = (bench: ConnectionBench): unknown[] => bench.changes.map(({ state, breaker }) => `${state} ${breaker}`)

  test('tells when each attempt begins, makes it then, and closes once the connection has proved itself', async () => {
    const bench = await broken()
    const { nextAttemptAt } = bench.connection
    expect([bench.connection.breaker, nextAttemptAt]).toEqual(['open', bench.clock.now() + 45_000])
    bench.clock.advance(44_999)
    expect([server.handshakes.length, bench.clock.pendingTimers]).toEqual([3, 1])
    bench.clock.advance(1)
    await bench.until(() => server.handshakes.length === 4 && bench.states.at(-1) === 'error')
    server.answer = () => 'accept'
    await bench.passBreaker(() => bench.connection.counters.reconnections === 1)
    expect([bench.connection.breaker, bench.connection.nextAttemptAt]).toEqual(['half-open', null])
    bench.clock.advance(5_000)
    while (bench.connection.breaker !== 'closed') {
      server.clients.at(-1)?.send('data')
      const { length } = bench.frames
      await bench.until(() => bench.frames.length > length)
      bench.clock.advance(5_000)
    }
    expect(told(bench).slice(4)).toEqual([
      'error open',
      'reconnecting half-open',
      'error open',
      'reconnecting half-open',
      'connected half-open',
      'connected closed',
    ])
    expect(bench.changes.at(-1)).toMatchObject({ previous: 'connected', error: null, attempt: null })
    // Only the heartbeat is left.
    expect([bench.openings.length, bench.clock.pendingTimers]).toEqual([1, 2])
  })

  test('is open again at once where the connection dies before it has proved itself', async () => {
    const bench = await broken()
    server.answer = () => 'accept'
    for (let round = 1; round <= 3; round += 1) {
      await bench.passBreaker(() => bench.connection.counters.reconnections === round)
      server.clients.at(-1)?.send('data')
      await bench.until(() => bench.frames.length === round + 1)
      bench.clock.advance(5_000)
      server.clients.at(-1)?.terminate()
      await bench.until(() => bench.states.at(-1) === 'error')
      expect(bench.changes.at(-1)).toMatchObject({
        previous: 'connected',
        breaker: 'open',
        attempt: 1,
        delayMs: 45_000,
      })
    }
    expect(bench.openings).toHaveLength(1)
  })

  test('opens over connections that are let in and end again', async () => {
    server.onClient = (client) => client.send('welcome', () => client.close())
    const bench = build()
    await bench.connection.open()
    await bench.advanceUntil(() => bench.states.at(-1) === 'error')
    expect(bench.connection.breaker).toBe('open')
    expect(server.handshakes).toHaveLength(6)
  })

  test('opens over frames that cannot be read', async () => {
    const bench = build()
    bench.onOpen = async () => {
      setImmediate(() => bench.connection.fail('corrupt', new StreamError('ERR_MALFORMED_FRAME', 'Torn.')))
    }
    await bench.connection.open()
    await bench.advanceUntil(() => bench.states.at(-1) === 'error')
    expect(bench.changes.at(-1)).toMatchObject({ breaker: 'open', error: { cause: { code: 'ERR_MALFORMED_FRAME' } } })
  })

  test('waits as long as the exchange asks for, and 20 clients who were sent away together return apart', async () => {
    server.answer = (index) => (index === 0 ? 'accept' : { status: 503, headers: { 'Retry-After': '600' } })
    const waits: number[] = []
    for (let seed = 1; seed <= 20; seed += 1) {
      server.handshakes.length = 0
      const env = createEnv({ clock: new ManualClock(), random: seeded(seed) })
      const bench = build({}, { env, policy })
      const clock = env.clock as ManualClock
      await bench.connection.open()
      server.clients.at(-1)?.terminate()
      await bench.until(() => bench.states.at(-1) === 'reconnecting')
      clock.advance(100)
      await bench.until(() => bench.changes.at(-1)?.attempt === 2)
      waits.push(bench.changes.at(-1)?.delayMs ?? 0)
    }
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(600_000)
    expect(Math.max(...waits)).toBeLessThan(660_000)
    const inTheSameSecond = (wait: number): number => waits.filter((other) => Math.abs(other - wait) < 500).length
    expect(Math.max(...waits.map(inTheSameSecond))).toBeLessThanOrEqual(3)
  })

  test('gives up where the next attempt would begin after the user’s time is over', async () => {
    const bench = await broken({}, { reconnectTimeLimitMs: 100_000 })
    await bench.passBreaker(
      () =>
        bench.connection.counters.connectedSince === null &&
        bench.changes.at(-1)?.breaker === 'open' &&
        bench.changes.at(-1)?.nextAttemptAt === null,
    )
    expect(bench.changes.at(-1)).toMatchObject({
      state: 'error',
      error: { code: 'ERR_RECONNECT_EXHAUSTED' },
      attempt: 4,
    })
    expect([server.handshakes.length, bench.clock.pendingTimers]).toEqual([5, 0])
  })

  test.each(['open', 'half-open'])('leaves nothing behind when it is closed while it is %s', async (breaker) => {
    const bench = await broken()
    server.answer = () => 'accept'
    if (breaker === 'half-open') await bench.passBreaker(() => bench.connection.counters.reconnections === 1)
    expect(bench.connection.breaker).toBe(breaker)
    await bench.connection.close()
    expect([bench.states.at(-1), bench.clock.pendingTimers]).toEqual(['closed', 0])
    expect(bench.connection.nextAttemptAt).toBeNull()
  })
})

describe('a mistake in the adapter', () => {
  const mistake = new TypeError("Cannot read properties of undefined (reading 'key')")
  const failing = (): never => {
    throw mistake
  }

  test.each(['context', 'connect', 'authenticate'] as const)(
    'in %s() is told as one, and not as a connection that failed',
    async (method) => {
      for (const how of [failing, async () => failing()]) {
        const bench = build({ context: { authRequired: true }, connection: { [method]: how } })
        const error = await bench.connection.open().catch((thrown: StreamError) => thrown)
        expect(error).toMatchObject({ code: 'ERR_INVALID_STRATEGY', cause: mistake })
        expect((error as StreamError).shortMessage).toBe(`The adapter failed in ${method}().`)
      }
      await server.until(() => server.openSockets === 0)
    },
  )

  test.each([
    ['context', 'context() resolved with no context.'],
    ['connect', 'connect() resolved with no transport.'],
  ])('is a %s() that resolves with nothing', async (method, what) => {
    const bench = build({ connection: { [method]: async () => undefined } })
    await expect(bench.connection.open()).rejects.toMatchObject({ code: 'ERR_INVALID_STRATEGY', shortMessage: what })
  })

  test.each([
    ['url', undefined],
    ['headers', undefined],
    ['headers', { key: 1 }],
    ['authRequired', undefined],
    ['authParams', 'key'],
    ['pingIntervalMs', undefined],
    ['pingIntervalMs', Number.NaN],
    ['pingIntervalMs', -1],
    ['pingIntervalMs', 2 ** 31],
    ['pingTimeoutMs', undefined],
    ['pingTimeoutMs', Number.NaN],
    ['pingMessage', undefined],
    ['maxReconnectAttempts', undefined],
    ['maxReconnectAttempts', Number.NaN],
    ['reconnectDelayMs', undefined],
    ['reconnectDelayMs', '100'],
  ])('is a context whose %s is %s: told before anything is opened', async (field, value) => {
    const bench = build({ context: { [field]: value } })
    const error = await bench.connection.open().catch((thrown: StreamError) => thrown)
    expect(error).toMatchObject({ code: 'ERR_INVALID_STRATEGY' })
    expect((error as StreamError).shortMessage).toContain(`The ${field} that context() resolved with is not`)
    expect(server.handshakes).toEqual([])
  })

  test('is a login that is required and not there', async () => {
    const bench = build({ context: { authRequired: true } })
    await expect(bench.connection.open()).rejects.toMatchObject({ code: 'ERR_INVALID_STRATEGY' })
    await server.until(() => server.openSockets === 0)
  })

  test('after a loss is reported each time, and is an outage like another', async () => {
    let isBroken = false
    const bench = await opened({
      connection: {
        maintain: () => {
          isBroken = true
          return () => {}
        },
        authenticate: async () => (isBroken ? failing() : undefined),
      },
      context: { authRequired: true },
    })
    server.clients[0]?.terminate()
    await bench.advanceUntil(() => bench.states.at(-1) === 'error')
    expect(bench.faults.map(({ cause }) => cause)).toEqual(Array(5).fill(mistake))
    expect(bench.changes.at(-1)).toMatchObject({
      breaker: 'open',
      error: { code: 'ERR_CIRCUIT_OPEN', cause: { code: 'ERR_INVALID_STRATEGY' } },
    })
  })

  test('is not what a network is that fails', async () => {
    const failed = new TypeError('fetch failed', { cause: new Error('ECONNRESET') })
    const bench = build({ connection: { context: () => Promise.reject(failed) } })
    await expect(bench.connection.open()).rejects.toMatchObject({ code: 'ERR_CONNECTION_CLOSED', cause: failed })
  })
})

describe('the login', () => {
  const secret = 'login-secret-0123456789'
  const loginText = JSON.stringify({ op: 'login', signature: secret })
  const answers = (answer: object): void => {
    server.onClient = (client) => client.on('message', () => client.send(JSON.stringify(answer)))
  }
  const authenticate = async ({ request }: LoginSession): Promise<void> => void (await request(loginText))
  const loggingIn = { context: { authRequired: true }, connection: { authenticate } }

  test('is asked for where the context says so, and only there', async () => {
    const asked: unknown[] = []
    const connection = { authenticate: async ({ context }: LoginSession) => void asked.push(context.authParams) }
    await build({ connection }).connection.open()
    expect(asked).toEqual([])
    const bench = build({ connection, context: { authRequired: true, authParams: { key: 'k' } } })
    await bench.connection.open()
    expect(asked).toEqual([{ key: 'k' }])
  })

  test('is over before the connection is connected', async () => {
    const bench = build(loggingIn)
    const open = bench.connection.open()
    await server.until(() => server.received.length === 1)
    expect(bench.states).toEqual(['connecting'])
    server.clients[0]?.send('{"login":true}')
    await open
    expect([server.received, bench.states]).toEqual([[loginText], ['connecting', 'connected']])
    expect(bench.clock.pendingTimers).toBe(1)
  })

  test('loses nothing of what arrives meanwhile, nor its order', async () => {
    const bench = build(loggingIn)
    const early = ['{"stream":"book_ticker:A-USDT","value":1}', '{"upgrade":true}', 'nonsense']
    server.onClient = (client) => {
      client.on('message', () => {
        for (const text of [...early, '{"login":true}', '{"stream":"book_ticker:A-USDT","value":2}']) client.send(text)
      })
    }
    await bench.connection.open()
    server.clients[0]?.send('last')
    await bench.until(() => bench.frames.length === 5)
    expect(bench.frames).toEqual([...early, '{"stream":"book_ticker:A-USDT","value":2}', 'last'])
    // What was no answer was read for that, and is not read again; data is handed on unread.
    expect(bench.read.map(({ type }) => type)).toEqual([MessageType.Other, MessageType.Error])
  })

  test('fails as the adapter’s mistake where the strategy’s look at an answer throws', async () => {
    const mistake = new TypeError('not a function')
    const match = (): boolean => {
      throw mistake
    }
    const authenticate = async ({ request }: LoginSession): Promise<void> => void (await request(loginText, { match }))
    const bench = build({ ...loggingIn, connection: { authenticate } })
    answers({ login: true })
    await expect(bench.connection.open()).rejects.toMatchObject({ code: 'ERR_INVALID_STRATEGY', cause: mistake })
  })

  test('has its answer picked by the strategy where others arrive as well', async () => {
    const bench = build({
      ...loggingIn,
      connection: {
        authenticate: async ({ send, request }) => {
          send('hello')
          const match = ({ type, data }: ParsedMessage): boolean =>
            type === MessageType.Reply && (data as ReplyData).requestId === 7
          expect(await request(loginText, { match })).toMatchObject({ data: { requestId: 7, ok: true } })
        },
      },
    })
    server.onClient = (client) =>
      client.on('message', (data) => {
        if (String(data) === 'hello') return
        for (const id of [6, 7]) client.send(JSON.stringify({ login: true, id }))
      })
    await bench.connection.open()
    await bench.until(() => bench.frames.length === 1)
    expect(bench.frames).toEqual(['{"login":true,"id":6}'])
  })

  test.each([
    ['a reply', { login: `bad signature ${secret}` }],
    ['an error', { error: `bad signature ${secret}` }],
    ['a refused subscription', { ack: 'subscribe', denied: `bad signature ${secret}` }],
  ])('that %s refuses fails the attempt, and says why without the secret', async (_what, answer) => {
    answers(answer)
    const bench = build(loggingIn)
    const error = await bench.connection.open().catch((thrown: StreamError) => thrown)
    expect(error).toMatchObject({ code: 'ERR_AUTHENTICATION_FAILED', context: { Reason: 'bad signature …' } })
    await server.until(() => server.openSockets === 0)
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test('that nobody waits for ends nothing else by being refused', async () => {
    answers({ login: 'no' })
    const authenticate = async ({ request }: LoginSession): Promise<void> => {
      void request(loginText)
      throw new StreamError('ERR_CLOCK_SKEW', 'Our own reason.')
    }
    const bench = build({ ...loggingIn, connection: { authenticate } })
    await expect(bench.connection.open()).rejects.toMatchObject({ code: 'ERR_CLOCK_SKEW' })
    await server.until(() => server.openSockets === 0)
  })

  test('that is not answered in time fails the attempt', async () => {
    const bench = build(loggingIn)
    const failed = bench.connection.open().catch(codeOf)
    await server.until(() => server.received.length === 1)
    bench.clock.advance(10_000)
    expect(await failed).toBe('ERR_CONNECTION_TIMEOUT')
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test('that the exchange ends in a way of its own counts as refused, and is not tried for long', async () => {
    answers({ login: true })
    const classify = (end: object): FailureKind | null =>
      'code' in end && end.code === 4001 ? ('authentication' as const) : null
    const bench = await opened({ ...loggingIn, connection: { authenticate, classify } })
    server.onClient = (client) => client.close(4001, 'who are you')
    server.clients[0]?.terminate()
    await bench.advanceUntil(() => bench.states.at(-1) === 'error')
    expect(server.handshakes).toHaveLength(1 + 3)
    expect(bench.errors.at(-1)).toMatchObject({ cause: { context: { 'Close code': 4001 } } })
  })

  test('answers the exchange’s pings', async () => {
    const bench = build(loggingIn)
    const open = bench.connection.open()
    server.onClient = (client) => client.send('{"ping":"here"}')
    await server.until(() => server.received.includes('here'))
    server.clients[0]?.send('{"login":true}')
    await open
    expect(bench.frames).toEqual([])
  })

  test('keeps only so much', async () => {
    server.onClient = (client) => {
      for (let index = 0; index <= 1_000; index += 1) client.send('{"stream":"book_ticker:A-USDT","value":1}')
    }
    const bench = build(loggingIn)
    await expect(bench.connection.open()).rejects.toMatchObject({ code: 'ERR_PROTOCOL_VIOLATION' })
    await server.until(() => server.openSockets === 0)
  })
})

describe('upkeep', () => {
  test('begins and ends with each connection, and asks for a take-over only while it lasts', async () => {
    const log: string[] = []
    const takeOvers: ((reason: string) => void)[] = []
    const bench = await opened({
      connection: {
        maintain: (_context, _env, takeOver) => {
          const number = takeOvers.push(takeOver)
          log.push(`start ${number}`)
          return () => void log.push(`end ${number}`)
        },
      },
    })
    server.clients[0]?.terminate()
    await bench.until(() => bench.states.at(-1) === 'connected' && server.clients.length === 2)
    takeOvers[0]?.('too late')
    takeOvers[1]?.('key expires')
    expect(bench.takeOvers).toEqual(['key expires'])
    await bench.connection.close()
    expect(log).toEqual(['start 1', 'end 1', 'start 2', 'end 2'])
  })

  test('is told by its signal when the connection ends', async () => {
    const signals: AbortSignal[] = []
    const maintain = (_context: unknown, { signal }: StrategyEnv): (() => void) => {
      signals.push(signal)
      return () => {}
    }
    const bench = await opened({ connection: { maintain } })
    server.clients[0]?.terminate()
    await bench.until(() => bench.states.at(-1) === 'connected' && server.clients.length === 2)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(signals[0]?.reason).toMatchObject({ code: 'ERR_CONNECTION_CLOSED' })
  })
})

describe('the heartbeat', () => {
  const silent = { heartbeat: undefined } as unknown as Partial<ConnectionStrategy>

  /** A connection whose strategy has no `heartbeat()` of its own, with the pings of the protocol that the server got. */
  async function plain(pingMessage: string | null): Promise<{ bench: ConnectionBench; pings: () => number }> {
    let pings = 0
    server.onClient = (client) =>
      client.on('ping', () => {
        pings += 1
      })
    const bench = await opened({ connection: silent, context: { pingMessage } })
    return { bench, pings: () => pings }
  }

  test('sends the context’s ping where the strategy has none of its own', async () => {
    const { bench, pings } = await plain('{"op":"ping"}')
    bench.clock.advance(10_000)
    await server.until(() => server.received.length === 1)
    expect([server.received, pings()]).toEqual([['{"op":"ping"}'], 0])
  })

  test('sends the protocol’s ping where there is none at all, and takes its pong for life', async () => {
    const { bench, pings } = await plain(null)
    for (let round = 1; round <= 3; round += 1) {
      bench.clock.advance(10_000)
      expect(bench.clock.nextTimerInMs).toBe(5_000)
      // The pong takes the deadline away.
      while (bench.clock.nextTimerInMs !== 10_000) await turn()
      expect(pings()).toBe(round)
    }
    expect([bench.losses, server.received]).toEqual([[], []])
  })

  test('takes data for life, though no pong ever comes', async () => {
    const bench = await opened()
    bench.clock.advance(5_000)
    for (let round = 1; round <= 3; round += 1) {
      bench.clock.advance(5_000)
      await server.until(() => server.received.length === round)
      server.clients[0]?.send('data')
      await bench.until(() => bench.frames.length === round + 1)
      bench.clock.advance(5_000)
      expect(bench.losses).toEqual([])
    }
    bench.clock.advance(10_000)
    expect(bench.losses.map(({ kind }) => kind)).toEqual(['timeout'])
  })

  test('replaces a connection that does not answer, and spares one that we do not read', async () => {
    const bench = await opened()
    bench.clock.advance(10_000)
    await server.until(() => server.received.length === 1)
    bench.connection.setPaused(true)
    bench.clock.advance(60_000)
    expect(bench.losses).toEqual([])
    bench.connection.setPaused(false)
    bench.clock.advance(15_000)
    expect(bench.losses.map(({ kind, error }) => [kind, error.code])).toEqual([['timeout', 'ERR_CONNECTION_TIMEOUT']])
    await server.until(() => server.clients[0]?.readyState === 3)
  })
})

describe('close()', () => {
  test('shakes hands, and delivers nothing afterwards', async () => {
    const bench = await opened()
    await bench.connection.close()
    expect(bench.states.slice(-2)).toEqual(['closing', 'closed'])
    await server.until(() => server.openSockets === 0)
    expect([bench.frames, bench.clock.pendingTimers]).toEqual([['hello'], 0])
  })

  test('ends the socket of a server that does not shake hands', async () => {
    const bench = await opened()
    server.clients[0]?.pause()
    const closed = bench.connection.close()
    bench.clock.advance(1_000)
    await closed
    server.clients[0]?.resume()
    await server.until(() => server.openSockets === 0)
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test('is the same end for everybody who asks, and waits for it', async () => {
    const bench = await opened()
    const ends: string[] = []
    await Promise.all([
      bench.connection.close().then(() => ends.push(bench.connection.state)),
      bench.connection.close().then(() => ends.push(bench.connection.state)),
    ])
    expect(ends).toEqual(['closed', 'closed'])
  })

  test('of a connection that never was open is quick', async () => {
    const bench = build()
    await bench.connection.close()
    expect(bench.states).toEqual(['closing', 'closed'])
  })

  /** Each phase of a connection's life, as what brings it there. */
  const phases: Readonly<Record<string, () => Promise<ConnectionBench>>> = {
    'while the context is awaited': async () => {
      const bench = build({ connection: { context: () => new Promise(() => {}) } })
      bench.connection.open().catch(() => {})
      return bench
    },
    'during the handshake': async () => {
      server.answer = () => 'silence'
      const bench = build()
      bench.connection.open().catch(() => {})
      await server.until(() => server.handshakes.length === 1)
      return bench
    },
    'while a refusal is being read': async () => {
      server.answer = () => ({ status: 401, headers: { 'Content-Length': '100' }, body: 'half' })
      const bench = build()
      bench.connection.open().catch(() => {})
      await server.until(() => server.handshakes.length === 1)
      return bench
    },
    'during authentication': async () => {
      const bench = build({
        context: { authRequired: true },
        connection: { authenticate: () => new Promise(() => {}) },
      })
      bench.connection.open().catch(() => {})
      await server.until(() => server.clients.length === 1)
      return bench
    },
    'while the owner restores': async () => {
      const bench = build()
      bench.onOpen = () => new Promise(() => {})
      bench.connection.open().catch(() => {})
      await bench.until(() => bench.states.includes('connected'))
      return bench
    },
    'between two attempts': async () => {
      const bench = build()
      await bench.connection.open()
      server.clients[0]?.terminate()
      await bench.until(() => bench.states.includes('reconnecting'))
      return bench
    },
    'during a handshake after a loss': async () => {
      const bench = await opened()
      server.answer = () => 'silence'
      server.clients[0]?.terminate()
      await server.until(() => server.handshakes.length === 2)
      return bench
    },
    'while the owner restores after a loss': async () => {
      const bench = await opened()
      bench.onOpen = () => new Promise(() => {})
      server.clients[0]?.terminate()
      await bench.until(() => bench.states.at(-1) === 'connected' && bench.losses.length === 1)
      return bench
    },
    'after it was given up': async () => {
      const bench = await opened({ connection: { shouldReconnect: () => false } })
      server.clients[0]?.terminate()
      await bench.until(() => bench.states.includes('error'))
      return bench
    },
    'while it is paused': async () => {
      const bench = await opened()
      bench.connection.setPaused(true)
      for (let index = 0; index < 100; index += 1) server.clients[0]?.send('x'.repeat(1_000))
      return bench
    },
  }

  test.each(Object.entries(phases))('%s leaves no timer and no socket', async (_phase, reach) => {
    const bench = await reach()
    await bench.connection.close()
    expect([bench.connection.state, bench.clock.pendingTimers]).toEqual(['closed', 0])
    await server.until(() => server.openSockets === 0)
  })

  test.each(['connected', 'reconnecting'] as const)('called by the one who hears "%s" ends it there', async (when) => {
    const bench = await opened()
    let closed: Promise<void> | null = null
    bench.onState = (state) => {
      if (state === when) closed ??= bench.connection.close()
    }
    server.clients[0]?.terminate()
    await bench.until(() => bench.states.includes('closed'))
    await closed
    expect(bench.clock.pendingTimers).toBe(0)
    await server.until(() => server.openSockets === 0)
  })

  test('ends a transport that comes too late', async () => {
    let release = (): void => {}
    const late = new Promise<void>((resolve) => {
      release = resolve
    })
    const bench = build({
      connection: {
        connect: async (context) => {
          const transport = await openSocket(context, createEnv())
          await late
          return transport
        },
      },
    })
    bench.connection.open().catch(() => {})
    await server.until(() => server.clients.length === 1)
    await bench.connection.close()
    release()
    await server.until(() => server.openSockets === 0)
  })

  test('cannot be undone by a failure that arrives meanwhile', async () => {
    const bench = await opened()
    const closed = bench.connection.close()
    bench.connection.fail('corrupt', new StreamError('ERR_PROTOCOL_VIOLATION', 'Late.'))
    await closed
    expect([bench.states.at(-1), bench.losses]).toEqual(['closed', []])
  })
})

describe('sending', () => {
  test('is refused where the transport takes nothing any more, though its end is still to be told', async () => {
    const connect: ConnectionStrategy['connect'] = async (context, env) =>
      Object.assign(await openSocket(context, env), { send: () => false })
    const bench = await opened({ connection: { connect } })
    await expect(bench.connection.send('a')).rejects.toMatchObject({ code: 'ERR_CONNECTION_CLOSED' })
    expect(bench.connection.state).toBe('connected')
  })

  test('rejects where the transport cannot send, also where that shows only once its turn has come', async () => {
    const bench = await opened({}, { clientMessagesPerSecond: 1 })
    const unsendable = undefined as unknown as string
    const sent = Promise.allSettled(['a', unsendable].map((payload) => bench.connection.send(payload)))
    await turn()
    bench.clock.advance(10_000)
    expect((await sent).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  })

  test('to a server that has long read nothing is the end of the connection', async () => {
    const bench = await opened({}, { clientMessagesPerSecond: Number.POSITIVE_INFINITY })
    server.clients[0]?.pause()
    const outcomes = new Set<unknown>()
    const payload = 'x'.repeat(1024 * 1024)
    while (bench.losses.length === 0) {
      await bench.connection.send(payload).then(
        () => outcomes.add('sent'),
        (thrown) => outcomes.add(codeOf(thrown)),
      )
    }
    expect(bench.losses).toMatchObject([{ kind: 'timeout', error: { code: 'ERR_CONNECTION_TIMEOUT' } }])
    expect(bench.losses[0]?.error.shortMessage).toBe('The exchange does not read what it is sent.')
    expect([...outcomes]).toEqual(['sent', 'ERR_CONNECTION_CLOSED'])
  })

  test('keeps the order, and says of what still waits when the connection is lost that it was not sent', async () => {
    const bench = await opened({}, { clientMessagesPerSecond: 4 })
    const sent = Promise.allSettled(['a', 'b', 'c'].map((text) => bench.connection.send(text)))
    await server.until(() => server.received.length === 2)
    server.clients[0]?.terminate()
    await bench.until(() => bench.states.at(-1) === 'connected' && server.clients.length === 2)
    bench.clock.advance(2_000)
    await bench.connection.send('d')
    await server.until(() => server.received.length === 3)
    expect(server.received).toEqual(['a', 'b', 'd'])
    expect((await sent).map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'sent'))).toEqual([
      'sent',
      'sent',
      'ERR_CONNECTION_CLOSED',
    ])
  })
})
