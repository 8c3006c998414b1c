import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SubscriptionStrategy } from '../src/adapter.js'
import { StreamError, SubscriptionError } from '../src/index.js'
import { type ManagerBench, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A request for each stream, so that one can stay without an answer. */
const apart: Pick<SubscriptionStrategy, 'createSubscriptionMessages'> = {
  createSubscriptionMessages: (action, streams, { nextRequestId }) =>
    streams.map((stream) => {
      const requestId = nextRequestId()
      const payload = JSON.stringify({ op: action, id: requestId, streams: [stream.id] })
      return { payload, action, requestId, wireChannel: 'any', streams: [stream] }
    }),
}

/** No ping falls into what is tested. */
const context = { pingIntervalMs: 3_600_000 }
const build = (options: Parameters<typeof acme.build>[0] = {}): ManagerBench =>
  acme.build({ ...options, acme: { subscription: apart, context, ...options.acme } })
/** All streams in one request. */
const buildTogether = (): ManagerBench => acme.build({ acme: { context } })

/** What was asked of a client, in order: `['A', 'BC']`. */
const askedOf = (client: number): string[] =>
  (acme.venue.clients[client]?.requests ?? [])
    .filter(({ op }) => op === 'subscribe')
    .map(({ streams }) => streams.map((id) => id.slice(12, -5)).join(''))

/** Resolves once a client has been asked so often. */
const asked = (client: number, times: number): Promise<void> => acme.venue.until(() => askedOf(client).length === times)

const stateOf = ({ manager }: ManagerBench, base: string): string => {
  const state = manager.streamState(`${base}/USDT`, 'book_ticker')
  return `${state?.status}: ${state?.reason}`
}

/** Resolves once so many streams are acknowledged. */
async function active({ manager }: ManagerBench, count: number): Promise<void> {
  while (manager.getPerformanceMetrics().connections[0]?.activeStreams !== count) await turn()
}

/** Has everything of it live, and then its connection cut; resolves once the next has been asked for everything, and the answers for `count` streams are there. */
async function cut(bench: ManagerBench, bases: string, count: number): Promise<void> {
  await bench.start(...bases)
  for (const base of bases) acme.venue.push(streamOf(base), 1)
  await bench.until(() => bench.values.length === bases.length)
  acme.venue.clients[0]?.socket.terminate()
  await acme.venue.until(() => askedOf(1).join('').length === bases.length)
  await active(bench, count)
  // The time that an answer may take begins once the request went out.
  await turn()
}

const recoveries = ({ manager }: ManagerBench): number => manager.getPerformanceMetrics().reconnectionCount

describe('a request that is never acknowledged after a reconnect', () => {
  test('costs its own stream a delay, and no other stream anything', async () => {
    acme.venue.withholds = ({ streams }) => acme.venue.clients.length === 2 && streams.includes(streamOf('B'))
    const bench = build()
    await cut(bench, 'ABC', 2)
    for (const base of 'AC') acme.venue.push(streamOf(base), 2)
    await bench.until(() => bench.values.length === 5)
    expect(stateOf(bench, 'A')).toBe('live: delivering')
    bench.clock.advance(10_000)
    expect(stateOf(bench, 'B')).toBe('gapped: not acknowledged, asked for again in 750 ms')
    bench.clock.advance(750)
    await asked(1, 4)
    bench.clock.advance(10_000)
    expect(stateOf(bench, 'B')).toBe('gapped: not acknowledged, asked for again in 1500 ms')
    acme.venue.withholds = () => false
    bench.clock.advance(1_500)
    await bench.until(() => stateOf(bench, 'B') === 'syncing: waiting for the first message')
    acme.venue.push(streamOf('B'), 3)
    await bench.until(() => stateOf(bench, 'B') === 'live: delivering')
    expect(askedOf(1)).toEqual(['A', 'B', 'C', 'B', 'B'])
    expect(bench.streams.filter((state) => state.startsWith('book_ticker A'))).toEqual([
      'book_ticker A/USDT syncing',
      'book_ticker A/USDT live',
      'book_ticker A/USDT gapped',
      'book_ticker A/USDT syncing',
      'book_ticker A/USDT live',
    ])
    expect([acme.venue.clients.length, bench.errors]).toEqual([2, []])
  })

  test('does not keep the recovery of its connection from being over', async () => {
    acme.venue.withholds = ({ streams }) => acme.venue.clients.length === 2 && streams.includes(streamOf('B'))
    const bench = build()
    await cut(bench, 'AB', 1)
    expect(recoveries(bench)).toBe(0)
    bench.clock.advance(10_000)
    await turn()
    expect(recoveries(bench)).toBe(1)
    expect(bench.manager.getPerformanceMetrics().connections).toMatchObject([{ streams: 2, activeStreams: 1 }])
  })

  test('and is answered late has its stream there, which is not asked for again', async () => {
    acme.venue.withholds = ({ streams }) => acme.venue.clients.length === 2 && streams.includes(streamOf('B'))
    const bench = build()
    await cut(bench, 'AB', 1)
    bench.clock.advance(10_000)
    acme.venue.release()
    await bench.until(() => stateOf(bench, 'B') === 'syncing: waiting for the first message')
    bench.clock.advance(60_000)
    acme.venue.push(streamOf('B'), 2)
    await bench.until(() => stateOf(bench, 'B') === 'live: delivering')
    expect(askedOf(1)).toEqual(['A', 'B'])
  })

  test('while its stream delivers is asked for again, and nothing is said to be lost', async () => {
    acme.venue.withholds = ({ streams }) => acme.venue.clients.length === 2 && streams.includes(streamOf('B'))
    const bench = build()
    await cut(bench, 'AB', 1)
    acme.venue.clients[1]?.push(streamOf('B'), 2)
    await bench.until(() => bench.values.length === 3)
    bench.clock.advance(10_000)
    expect(stateOf(bench, 'B')).toBe('live: delivering')
    bench.clock.advance(750)
    await asked(1, 3)
  })

  test('is not made again once its stream is unsubscribed', async () => {
    acme.venue.withholds = ({ streams }) => acme.venue.clients.length === 2 && streams.includes(streamOf('B'))
    const bench = build()
    await cut(bench, 'AB', 1)
    bench.clock.advance(10_000)
    acme.venue.withholds = () => false
    await bench.manager.unsubscribe(['B/USDT'])
    bench.clock.advance(5_000)
    await bench.manager.subscribe(['C/USDT'])
    expect(askedOf(1)).toEqual(['A', 'B', 'C'])
  })

  test('is made once on the next connection, should this one be lost meanwhile', async () => {
    acme.venue.withholds = ({ streams }) => acme.venue.clients.length === 2 && streams.includes(streamOf('B'))
    const bench = build()
    await cut(bench, 'AB', 1)
    acme.venue.push(streamOf('A'), 2)
    await bench.until(() => bench.values.length === 3)
    bench.clock.advance(10_000)
    await turn()
    acme.venue.clients[1]?.socket.terminate()
    await asked(2, 2)
    bench.clock.advance(5_000)
    await bench.manager.subscribe(['C/USDT'])
    expect(askedOf(2)).toEqual(['A', 'B', 'C'])
  })

  test('of several streams is made again in halves, until the one that is not answered for stands alone', async () => {
    const isOfD = ({ streams }: { readonly streams: readonly string[] }): boolean => streams.includes(streamOf('D'))
    acme.venue.withholds = (request) => acme.venue.clients.length >= 2 && isOfD(request)
    const bench = buildTogether()
    await cut(bench, 'ABCD', 0)
    const { clock } = bench
    // Nothing was answered on this connection, so that it is replaced, once.
    clock.advance(10_000)
    while (acme.venue.clients.length < 3) {
      if ((clock.nextTimerInMs ?? 0) <= 1_000) clock.advance(clock.nextTimerInMs ?? 0)
      await turn()
    }
    await asked(2, 1)
    await turn()
    clock.advance(10_000)
    clock.advance(750)
    await asked(2, 3)
    await bench.until(() => stateOf(bench, 'B') === 'syncing: waiting for the first message')
    clock.advance(10_000)
    clock.advance(1_500)
    await asked(2, 5)
    await bench.until(() => stateOf(bench, 'C') === 'syncing: waiting for the first message')
    clock.advance(10_000)
    expect(stateOf(bench, 'D')).toBe('gapped: not acknowledged, asked for again in 3000 ms')
    expect(askedOf(2)).toEqual(['ABCD', 'AB', 'CD', 'C', 'D'])
    expect(acme.venue.clients).toHaveLength(3)
  })

  test('beside none that is has its connection replaced once, and is then made again alone, for as long as it takes', async () => {
    acme.venue.withholds = ({ op }) => acme.venue.clients.length >= 2 && op === 'subscribe'
    const bench = build()
    await cut(bench, 'AB', 0)
    const { clock } = bench
    clock.advance(10_000)
    await bench.until(() => bench.states.at(-1) === 'reconnecting')
    while (acme.venue.clients.length < 3) {
      if ((clock.nextTimerInMs ?? 0) <= 1_000) clock.advance(clock.nextTimerInMs ?? 0)
      await turn()
    }
    await asked(2, 2)
    await turn()
    const delays: string[] = []
    for (let round = 1; round <= 9; round += 1) {
      clock.advance(10_000)
      const delayMs = Number(/in (\d+) ms$/.exec(stateOf(bench, 'A'))?.[1])
      delays.push(String(delayMs))
      // A step at a time, so that pings are answered in between.
      for (let leftMs = delayMs; leftMs > 0; leftMs -= 2_000) {
        clock.advance(Math.min(2_000, leftMs))
        await turn()
        await turn()
      }
      await asked(2, 2 + 2 * round)
      await turn()
    }
    expect(delays).toEqual(['750', '1500', '3000', '6000', '12000', '24000', '45000', '45000', '45000'])
    acme.venue.withholds = () => false
    acme.venue.release()
    await bench.until(() => stateOf(bench, 'A') === 'syncing: waiting for the first message')
    expect([acme.venue.clients.length, bench.manager.isConnected()]).toEqual([3, true])
  })

  test('and cannot be made again for want of a signature is put off once more, and ends nothing', async () => {
    let fails = false
    const bench = build({
      acme: {
        subscription: {
          createSubscriptionMessages: (...call) => {
            if (fails) throw new StreamError('ERR_SIGNING_FAILED', 'The signer is away.')
            return apart.createSubscriptionMessages(...call)
          },
        },
      },
    })
    acme.venue.withholds = ({ streams }) => acme.venue.clients.length === 2 && streams.includes(streamOf('B'))
    await cut(bench, 'AB', 1)
    bench.clock.advance(10_000)
    fails = true
    bench.clock.advance(750)
    await bench.until(() => stateOf(bench, 'B') === 'gapped: The signer is away, asked for again in 1500 ms')
    fails = false
    acme.venue.withholds = () => false
    bench.clock.advance(1_500)
    await asked(1, 3)
    expect(acme.venue.clients).toHaveLength(2)
  })
})

describe('a stream that is refused for the moment after a reconnect', () => {
  test('is asked for again, alone, until it is accepted, and no other stream is touched', async () => {
    const bench = buildTogether()
    await bench.start('A', 'B', 'C')
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    acme.venue.busy.add(streamOf('B')).add(streamOf('C'))
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => stateOf(bench, 'B').includes('moment'))
    expect(stateOf(bench, 'B')).toBe('gapped: refused for the moment (server error), asked for again in 750 ms')
    bench.clock.advance(750)
    await bench.until(() => stateOf(bench, 'B').includes('1500 ms'))
    acme.venue.busy.clear()
    bench.clock.advance(1_500)
    await bench.until(() => stateOf(bench, 'C') === 'syncing: waiting for the first message')
    expect([askedOf(1), bench.errors, bench.manager.refused]).toEqual([['ABC', 'BC', 'BC'], [], []])
  })

  test('and then for good is told as refused, and not asked for again', async () => {
    const bench = buildTogether()
    await bench.start('A', 'B')
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    acme.venue.busy.add(streamOf('B'))
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => stateOf(bench, 'B').includes('moment'))
    acme.venue.busy.clear()
    acme.venue.refused.add(streamOf('B'))
    bench.clock.advance(750)
    await bench.until(() => bench.errors.length === 1)
    expect(bench.errors[0]).toMatchObject({ code: 'ERR_SUBSCRIPTION_REJECTED', rejected: [{ reason: 'no such pair' }] })
    expect(stateOf(bench, 'B')).toBe('gapped: refused by the exchange')
    bench.clock.advance(120_000)
    expect(bench.manager.streamState('A/USDT', 'book_ticker')).not.toBeNull()
    expect(askedOf(1)).toEqual(['AB', 'B'])
  })

  test('is refused at once where it is asked for the first time', async () => {
    const bench = buildTogether()
    await bench.start('A')
    acme.venue.busy.add(streamOf('B'))
    await expect(bench.manager.subscribe(['B/USDT'])).rejects.toMatchObject({
      code: 'ERR_SUBSCRIPTION_REJECTED',
      rejected: [{ exchangeCode: '3', reason: 'server error' }],
    })
    expect(bench.manager.streamState('B/USDT', 'book_ticker')).toBeNull()
  })
})

describe.each(['walker', 'ws'] as const)('a subscribe() during an outage over %s', (transport) => {
  const thrownBy = (call: Promise<void>): Promise<SubscriptionError> =>
    call.then(
      () => Promise.reject(new Error('It was not rejected.')),
      (thrown) => thrown,
    )
  const whatBecameOf = ({ rejected }: SubscriptionError): string[] =>
    rejected.map(({ symbol, reason }) => `${symbol}: ${reason}`)

  /** A is live on a connection that is away for now. */
  async function away(options: Parameters<typeof acme.build>[0] = {}): Promise<ManagerBench> {
    const bench = build({ ...options, acme: { socket: { transport }, ...options.acme } })
    await bench.start('A')
    acme.venue.refuseWith = 503
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    return bench
  }
  const passUntil = async ({ clock }: ManagerBench, isDone: () => boolean): Promise<void> => {
    while (!isDone()) {
      if ((clock.nextTimerInMs ?? 0) <= 5_000) clock.advance(clock.nextTimerInMs ?? 0)
      await turn()
    }
  }

  test('resolves once the next connection has it acknowledged', async () => {
    const bench = await away()
    const subscribed = bench.manager.subscribe(['B/USDT'])
    acme.venue.refuseWith = 0
    await passUntil(bench, () => acme.venue.clients.length === 2)
    await subscribed
    expect(askedOf(1)).toEqual(['A', 'B'])
  })

  test('resolves though what was live before is not acknowledged there', async () => {
    const bench = await away()
    const subscribed = bench.manager.subscribe(['B/USDT'])
    acme.venue.refuseWith = 0
    acme.venue.withholds = ({ streams }) => streams.includes(streamOf('A'))
    await passUntil(bench, () => acme.venue.clients.length === 2)
    await subscribed
  })

  test('rejects naming what was refused and what was not acknowledged there, which stays out', async () => {
    const bench = await away()
    const thrown = thrownBy(bench.manager.subscribe(['B/USDT', 'C/USDT', 'D/USDT']))
    acme.venue.refuseWith = 0
    acme.venue.refused.add(streamOf('B'))
    acme.venue.withholds = ({ streams }) => streams.includes(streamOf('C'))
    await passUntil(bench, () => acme.venue.clients.length === 2)
    await asked(1, 4)
    await active(bench, 2)
    await turn()
    bench.clock.advance(10_000)
    expect(whatBecameOf(await thrown)).toEqual(['B/USDT: no such pair', 'C/USDT: no acknowledgement in time'])
    expect(bench.manager.streamStates().map(({ symbol }) => symbol?.base)).toEqual(['A', 'D'])
  })

  test('is waited for on the connection after the next, where that one answers nothing', async () => {
    const bench = await away()
    const subscribed = bench.manager.subscribe(['B/USDT'])
    acme.venue.refuseWith = 0
    acme.venue.withholds = ({ op }) => op === 'subscribe' && acme.venue.clients.length === 2
    await passUntil(bench, () => acme.venue.clients.length === 2)
    await asked(1, 2)
    await turn()
    bench.clock.advance(10_000)
    await passUntil(bench, () => acme.venue.clients.length === 3)
    await subscribed
  })

  test('rejects naming every stream once the connection is given up', async () => {
    const bench = await away({ config: { reconnectTimeLimitMs: 5_000 } })
    const thrown = thrownBy(bench.manager.subscribe(['B/USDT', 'A/USDT']))
    await passUntil(bench, () => bench.states.includes('error'))
    const error = await thrown
    expect(error).toBeInstanceOf(SubscriptionError)
    expect(error).toMatchObject({ code: 'ERR_RECONNECT_EXHAUSTED', cause: { code: 'ERR_RECONNECT_EXHAUSTED' } })
    const reason = /USDT: The connection was given up after \d+ attempts to restore it\.$/
    expect(whatBecameOf(error).sort()).toEqual(['A', 'B'].map(() => expect.stringMatching(reason)))
  })

  test('rejects naming every stream once the manager is closed', async () => {
    const bench = await away()
    const thrown = thrownBy(bench.manager.subscribe(['B/USDT', 'C/USDT']))
    await bench.close()
    const error = await thrown
    expect(error).toMatchObject({ name: 'SubscriptionError', code: 'ERR_CLOSED' })
    const reason = 'The manager was closed before the exchange answered.'
    expect(whatBecameOf(error)).toEqual([`B/USDT: ${reason}`, `C/USDT: ${reason}`])
  })

  test('rejects naming what became of each, where one connection serves it and another is given up', async () => {
    const bench = await away({ config: { reconnectTimeLimitMs: 5_000 }, acme: { limits: { streamsPerConnection: 2 } } })
    const thrown = thrownBy(bench.manager.subscribe(['B/USDT', 'C/USDT']))
    let isOver = false
    void thrown.then(() => {
      isOver = true
    })
    await passUntil(bench, () => isOver)
    expect((await thrown).rejected.map(({ symbol }) => symbol).sort()).toEqual(['B/USDT', 'C/USDT'])
  })
})

test('whatever was live comes back, once, whichever streams are refused for the moment and however often the connection is lost', async () => {
  const bases = ['A', 'B', 'C', 'D']
  const step = fc.oneof(
    fc.record({ do: fc.constant('refuse' as const), bases: fc.subarray(bases) }),
    fc.record({ do: fc.constant('unsubscribe' as const), bases: fc.subarray(bases, { maxLength: 1 }) }),
    fc.record({ do: fc.constant('cut' as const) }),
    fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 4 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
      const bench = buildTogether()
      const pass = async (seconds: number, isDone: () => boolean = () => false): Promise<void> => {
        for (let left = 4 * seconds; left > 0 && !isDone(); left -= 1) {
          bench.clock.advance(250)
          for (let turns = 0; turns < 3; turns += 1) await turn()
        }
      }
      const wanted = new Set(bases)
      acme.venue.busy.clear()
      await bench.start(...bases)
      for (const action of steps) {
        if (action.do === 'cut') for (const { socket } of acme.venue.connected) socket.terminate()
        else if (action.do === 'pass') await pass(action.seconds)
        else if (action.do === 'refuse') {
          acme.venue.busy.clear()
          for (const base of action.bases) acme.venue.busy.add(streamOf(base))
        } else {
          for (const base of action.bases) wanted.delete(base)
          await bench.manager.unsubscribe(action.bases.map((base) => `${base}/USDT`))
        }
      }
      acme.venue.busy.clear()
      const carried = (): string =>
        acme.venue.connected
          .flatMap(({ streams }) => [...streams].map((id) => id.slice(12, -5)))
          .sort()
          .join('')
      await pass(130, () => carried() === [...wanted].join('') && bench.manager.isConnected())
      expect([carried(), bench.errors]).toEqual([[...wanted].join(''), []])
      await bench.close()
      await acme.venue.until(() => acme.venue.connected.length === 0)
      expect(bench.clock.pendingTimers).toBe(0)
    }),
    { numRuns: 25, endOnFailure: true },
  )
})
