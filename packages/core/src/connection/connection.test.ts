import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AcmeOptions } from '../../test/support/acme-exchange.js'
import { ConnectionBench, turn } from '../../test/support/connection-bench.js'
import { type HandshakeAnswer, LoopbackServer } from '../../test/support/loopback-server.js'
import { StreamError } from '../errors/stream-error.js'
import type { Transport } from '../strategy/transport.js'
import type { ConnectionOptions } from './connection-options.js'
import { openSocket } from './open-socket.js'

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
      const bench = build({ connection: { [never]: () => new Promise<never>(() => {}) } })
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
    const authenticate = (transport: Transport): Promise<void> =>
      new Promise((resolve) => transport.listen({ onFrame() {}, onPong() {}, onClose: () => resolve() }))
    server.onClient = (client) => client.close(4001, 'who are you')
    const upkeeps: string[] = []
    const maintain = () => {
      upkeeps.push('started')
      return () => void upkeeps.push('ended')
    }
    const bench = build({ connection: { authenticate, maintain } })
    await expect(bench.connection.open()).rejects.toMatchObject({
      code: 'ERR_CONNECTION_CLOSED',
      context: { 'Close code': 4001 },
    })
    expect([bench.states, upkeeps]).toEqual([
      ['connecting', 'error'],
      ['started', 'ended'],
    ])
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
    expect(bench.connection.counters).toMatchObject({ reconnections: 1, failures: 1, lastRecoveryMs: 0 })
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
      const bench = await opened()
      const delays: number[] = []
      bench.onState = (state) => {
        if (state !== 'reconnecting') return
        queueMicrotask(() => delays.push(bench.clock.nextTimerInMs ?? 0))
      }
      server.clients[0]?.[end]()
      await bench.advanceUntil(() => delays.length === 6)
      // At once means that the next timer is the deadline of an attempt under way.
      expect(delays).toEqual([15_000, 100, 200, 400, 800, 1_600])
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
    expect(bench.connection.counters).toMatchObject({ reconnections: 3, lastRecoveryMs: 0, connectedMs: 3_000 })
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

  test('tries credentials a few times though the venue was away for long before', async () => {
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

  test('is given up after as many attempts as allowed, with the last reason', async () => {
    const bench = await opened({ context: { maxReconnectAttempts: 2 } })
    server.answer = () => 'cut'
    server.clients[0]?.terminate()
    await bench.advanceUntil(() => bench.states.at(-1) === 'error')
    expect(server.handshakes).toHaveLength(3)
    expect(bench.errors.at(-1)?.message).toMatchInlineSnapshot(`
      "The connection was given up after 2 attempts to restore it.  [ERR_RECONNECT_EXHAUSTED]
      Last error: ERR_CONNECTION_CLOSED
      Create a new manager once the reason is mended; raise maxReconnectAttempts to try longer."
    `)
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test('is given up at once where the strategy says so', async () => {
    const bench = await opened({ connection: { shouldReconnect: () => false } })
    server.clients[0]?.terminate()
    await bench.until(() => bench.states.at(-1) === 'error')
    expect([server.handshakes.length, bench.clock.pendingTimers]).toEqual([1, 0])
  })

  test('waits at least five seconds after the venue said that we are too fast', async () => {
    const bench = await opened()
    server.clients[0]?.close(1013)
    await bench.until(() => bench.states.includes('reconnecting'))
    expect(bench.clock.nextTimerInMs).toBe(5_000)
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

  test('survives strategies that throw where they must not', async () => {
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
  })
})

describe('upkeep', () => {
  test('begins and ends with each connection, and asks for a replacement only while it lasts', async () => {
    const log: string[] = []
    const replaces: ((reason: string) => void)[] = []
    const bench = await opened({
      connection: {
        maintain: (_context, replace) => {
          const number = replaces.push(replace)
          log.push(`start ${number}`)
          return () => void log.push(`end ${number}`)
        },
      },
    })
    server.clients[0]?.terminate()
    await bench.until(() => bench.states.at(-1) === 'connected' && server.clients.length === 2)
    replaces[0]?.('too late')
    replaces[1]?.('key expires')
    expect(bench.replacements).toEqual(['key expires'])
    await bench.connection.close()
    expect(log).toEqual(['start 1', 'end 1', 'start 2', 'end 2'])
  })
})

describe('the heartbeat', () => {
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
      const bench = build({ connection: { authenticate: () => new Promise(() => {}) } })
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
          const transport = await openSocket(context, new AbortController().signal)
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
  test('keeps the order, and drops what still waits when the connection is lost', async () => {
    const bench = await opened({}, { clientMessagesPerSecond: 4 })
    for (const text of ['a', 'b', 'c']) bench.connection.send(text)
    await server.until(() => server.received.length === 2)
    server.clients[0]?.terminate()
    await bench.until(() => bench.states.at(-1) === 'connected' && server.clients.length === 2)
    bench.clock.advance(2_000)
    bench.connection.send('d')
    await server.until(() => server.received.length === 3)
    expect(server.received).toEqual(['a', 'b', 'd'])
  })
})
