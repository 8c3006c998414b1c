import { describe, expect, test } from 'vitest'
import { StreamError } from '../src/index.js'
import { carriedBy, type ManagerBench, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()
const upgrade = JSON.stringify({ upgrade: true })
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** A manager on one stream in the middle of a take-over: the old connection is up, the request of the new one withheld. */
async function takingOver(bench: ManagerBench): Promise<void> {
  await bench.start('A')
  acme.venue.withholds = () => acme.venue.clients.length === 2
  acme.venue.clients[0]?.socket.send(upgrade)
  await acme.venue.until(() => acme.venue.clients[1]?.requests.length === 1)
}

/** The venue answers the new connection. */
function answer(): void {
  acme.venue.withholds = () => false
  acme.venue.release()
}

describe('a take-over', () => {
  test('leaves the old connection in place where the new one is refused', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.refuseWith = 503
    acme.venue.clients[0]?.socket.send(upgrade)
    await bench.until(() => bench.errors.length === 1)
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    expect(bench.errors).toMatchObject([{ code: 'ERR_HANDSHAKE_REJECTED' }])
    expect([bench.states, carriedBy(acme.venue)]).toEqual([['connecting', 'connected'], ['A']])
  })

  test('that is told when to return keeps the connection from being made anew, or replaced, before then', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.refuseWith = 429
    acme.venue.retryAfterS = 9
    acme.venue.clients[0]?.socket.send(upgrade)
    await bench.until(() => bench.errors.length === 1)
    acme.venue.refuseWith = 0
    acme.venue.clients[0]?.socket.send(upgrade)
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    acme.venue.clients[0]?.socket.close(1001)
    await bench.until(() => bench.states.at(-1) === 'reconnecting')
    expect(bench.manager.getPerformanceMetrics().connections[0]?.nextAttemptAt).toBeGreaterThanOrEqual(
      bench.clock.now() + 9_000,
    )
    expect([bench.errors.map(({ code }) => code), acme.venue.clients.length]).toEqual([['ERR_RATE_LIMITED'], 1])
  })

  test('leaves the old connection in place where the new one may not carry its streams', async () => {
    const bench = acme.build()
    await bench.start('A', 'B')
    acme.venue.refused.add(streamOf('B'))
    acme.venue.clients[0]?.socket.send(upgrade)
    await bench.until(() => bench.errors.length === 1)
    await acme.venue.until(() => acme.venue.connected.length === 1)
    acme.venue.push(streamOf('B'), 1)
    await bench.until(() => bench.values.length === 1)
    expect(carriedBy(acme.venue)).toEqual(['AB'])
    expect(bench.errors[0]?.message).toMatchInlineSnapshot(`
      "A new connection could not take over: 1 of its streams were not accepted.  [ERR_SUBSCRIPTION_REJECTED]
      Stream: book_ticker:B-USDT   Reason: no such pair
      The old connection goes on for as long as the exchange lets it."
    `)
    expect(bench.manager.getPerformanceMetrics().reconnectionCount).toBe(0)
  })

  test.each([
    ['the first attempt', false],
    ['a later one', true],
  ])('that ends before the old connection is answered brings what a start waits for, by %s', async (_which, retry) => {
    const bench = acme.build()
    acme.venue.refuseWith = retry ? 503 : 0
    acme.venue.withholds = () => acme.venue.clients.length === 1
    const started = bench.manager.initialize({ symbols: ['A/USDT'], channels: ['book_ticker'], retry })
    if (retry) await bench.until(() => bench.states.includes('reconnecting'))
    acme.venue.refuseWith = 0
    bench.clock.advance(retry ? 1_000 : 0)
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 1)
    acme.venue.clients[0]?.socket.send(upgrade)
    await started
    await acme.venue.until(() => acme.venue.connected.length === 1)
    acme.venue.clients[1]?.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    expect([bench.states.at(-1), bench.errors]).toEqual(['connected', []])
  })

  test('leaves nothing on the new connection that was given up on the old one meanwhile', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.withholds = () => true
    const asked = bench.manager.subscribe(['B/USDT']).catch(({ code }) => code)
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 2)
    bench.clock.advance(5_000)
    acme.venue.clients[0]?.socket.send(upgrade)
    await acme.venue.until(() => acme.venue.clients[1]?.requests.length === 1)
    bench.clock.advance(5_000)
    expect(await asked).toBe('ERR_ACKNOWLEDGEMENT_TIMEOUT')
    answer()
    await acme.venue.until(() => acme.venue.connected.length === 1)
    await acme.venue.until(() => carriedBy(acme.venue)[0] === 'A')
    expect(bench.manager.getPerformanceMetrics().connections).toMatchObject([{ streams: 1, activeStreams: 1 }])
  })

  test('tells nothing of what the old connection never answered, which the new one brings', async () => {
    const bench = acme.build()
    acme.venue.answers = false
    const started = bench.start('A')
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 1)
    acme.venue.answers = true
    bench.clock.advance(9_500)
    // It does not read for a while, so that closing it takes longer than the time for its answer.
    acme.venue.clients[0]?.socket.pause()
    acme.venue.clients[0]?.socket.send(upgrade)
    await started
    acme.venue.clients[1]?.push(streamOf('A'), 1)
    bench.clock.advance(500)
    acme.venue.clients[0]?.socket.resume()
    await bench.until(() => bench.values.length === 1)
    expect([bench.errors, bench.streams.at(-1)]).toEqual([[], 'book_ticker A/USDT live'])
    expect(bench.streams).not.toContain('book_ticker A/USDT gapped')
  })

  test('leaves the old connection in place where the new one is never answered', async () => {
    const bench = acme.build()
    await takingOver(bench)
    bench.clock.advance(9_999)
    bench.clock.advance(1)
    await bench.until(() => bench.errors.length === 1)
    await acme.venue.until(() => acme.venue.connected.length === 1)
    expect(acme.venue.clients[0]?.socket.readyState).toBe(1)
    expect(bench.errors[0]?.code).toBe('ERR_SUBSCRIPTION_REJECTED')
  })

  test('leaves the old connection in place where the new one is lost before it is acknowledged, and tries no further', async () => {
    const bench = acme.build()
    await takingOver(bench)
    acme.venue.clients[1]?.socket.terminate()
    await bench.until(() => bench.errors.length === 1)
    await acme.venue.until(() => acme.venue.connected.length === 1)
    bench.clock.advance(9_000)
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    expect(bench.errors).toMatchObject([{ code: 'ERR_CONNECTION_CLOSED' }])
    expect([acme.venue.clients.length, bench.states]).toEqual([2, ['connecting', 'connected']])
  })

  test.each(['pause', 'drop-oldest', 'drop-newest'] as const)(
    'that hangs is given up where more comes on the new connection than may wait (%s), which costs nothing',
    async (overflowPolicy) => {
      const bench = acme.build({ config: { maxPendingBytes: 1_024, overflowPolicy } })
      await takingOver(bench)
      for (const value of numbers(1, 100)) acme.venue.clients[1]?.push(streamOf('A'), value)
      await bench.until(() => bench.errors.length === 1)
      await acme.venue.until(() => acme.venue.connected.length === 1)
      acme.venue.clients[0]?.push(streamOf('A'), 7)
      await bench.until(() => bench.values.length === 1)
      expect(bench.errors[0]?.message).toMatchInlineSnapshot(`
        "A new connection took too long to take over: more came on it than may wait.  [ERR_CONNECTION_TIMEOUT]
        The old connection goes on for as long as the exchange lets it."
      `)
      expect([bench.states, bench.manager.streamState('A/USDT', 'book_ticker')?.status]).toEqual([
        ['connecting', 'connected'],
        'live',
      ])
      expect(bench.manager.getPerformanceMetrics().droppedMessages).toBe(0)
    },
  )

  /** The places are changed, and the old connection does not answer our close frame yet. */
  async function withRetiring(bench: ManagerBench): Promise<void> {
    await takingOver(bench)
    acme.venue.clients[0]?.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    acme.venue.clients[0]?.socket.pause()
    answer()
    // Nobody says so.
    while (bench.manager.getPerformanceMetrics().reconnectionCount === 0) await new Promise(setImmediate)
  }

  test('makes no stream live by what the old connection still delivers once the new one is lost', async () => {
    const bench = acme.build()
    await withRetiring(bench)
    acme.venue.refuseWith = 503
    acme.venue.clients[1]?.socket.terminate()
    await bench.until(() => bench.streams.at(-1) === 'book_ticker A/USDT gapped')
    acme.venue.clients[0]?.push(streamOf('A'), 2)
    await bench.until(() => bench.values.length === 2)
    expect(bench.manager.streamState('A/USDT', 'book_ticker')?.status).toBe('gapped')
  })

  test('tells a gap where the old connection gives no sign of life while it is closed: it may have been dead for a while', async () => {
    const bench = acme.build()
    await withRetiring(bench)
    acme.venue.clients[1]?.push(streamOf('A'), 3)
    const told = bench.streams.length
    bench.clock.advance(1_000)
    await bench.until(() => bench.values.length === 2)
    expect(bench.streams.slice(told)).toEqual(['book_ticker A/USDT gapped', 'book_ticker A/USDT live'])
  })

  test('tells none where the old connection only does not answer our close frame', async () => {
    const bench = acme.build()
    await withRetiring(bench)
    acme.venue.clients[1]?.push(streamOf('A'), 3)
    const told = bench.streams.length
    acme.venue.clients[0]?.push(streamOf('A'), 2)
    await bench.until(() => bench.values.length === 2)
    bench.clock.advance(1_000)
    await bench.until(() => bench.values.length === 3)
    expect([bench.values, bench.streams.slice(told)]).toEqual([[1, 2, 3], []])
  })

  test('tells a gap where the old connection is cut before it has ended: what was under way on it is lost', async () => {
    const bench = acme.build()
    await withRetiring(bench)
    acme.venue.clients[1]?.push(streamOf('A'), 3)
    const told = bench.streams.length
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.values.length === 2)
    expect(bench.streams.slice(told)).toEqual(['book_ticker A/USDT gapped', 'book_ticker A/USDT live'])
    expect(bench.values).toEqual([1, 3])
  })

  test('tells a gap since the old connection was opened where a last look at it finds that it brought nothing any more', async () => {
    let lost = (_error: StreamError): void => {}
    const bench = acme.build({
      acme: {
        connection: {
          maintain: (_context, _env, _takeOver, onLost) => {
            lost = acme.venue.clients.length === 1 ? onLost : lost
            return () => {}
          },
          lookOnceMore: async () => lost(new StreamError('ERR_LISTEN_KEY_ENDED', 'It has ended.')),
        },
      },
    })
    await takingOver(bench)
    const told = bench.streams.length
    answer()
    acme.venue.clients[1]?.push(streamOf('A'), 9)
    await bench.until(() => bench.values.length === 1)
    expect([bench.streams.slice(told), bench.states]).toEqual([
      ['book_ticker A/USDT gapped', 'book_ticker A/USDT live'],
      ['connecting', 'connected'],
    ])
  })

  test('goes on, and tells nothing, where a last look at the old connection fails or is not answered', async () => {
    const looks = [() => Promise.reject(new Error('Nobody knows.')), () => new Promise<void>(() => {})]
    const bench = acme.build({
      acme: { connection: { lookOnceMore: async () => (looks.shift() ?? (async () => {}))() } },
    })
    await bench.start('A')
    for (const times of [1, 2]) {
      acme.venue.clients.at(-1)?.socket.send(upgrade)
      await acme.venue.until(() => acme.venue.clients[times]?.requests.length === 1)
      acme.venue.clients[times]?.push(streamOf('A'), times)
      while (bench.values.length < times) {
        await new Promise((resolve) => setImmediate(resolve))
        bench.clock.advance(100)
      }
      bench.clock.advance(5_000)
    }
    expect([bench.values, bench.streams.filter((line) => line.endsWith('gapped'))]).toEqual([[1, 2], []])
    expect(bench.errors.map(({ shortMessage }) => shortMessage)).toEqual(['The adapter failed in lookOnceMore().'])
  })

  test('delivers each event once and in order, though both connections deliver all of them', async () => {
    const bench = acme.build()
    await takingOver(bench)
    const old = acme.venue.clients[0]
    const next = acme.venue.clients[1]
    for (const value of numbers(1, 5)) old?.push(streamOf('A'), value)
    await bench.until(() => bench.values.length === 5)
    answer()
    for (const value of numbers(3, 9)) next?.push(streamOf('A'), value)
    for (const value of numbers(6, 7)) old?.push(streamOf('A'), value)
    await bench.until(() => bench.values.length === 9)
    expect(bench.values).toEqual(numbers(1, 9))
    expect(bench.states).toEqual(['connecting', 'connected'])
  })

  test('delivers events that are alike as often as there are', async () => {
    const bench = acme.build()
    await takingOver(bench)
    const [old, next] = acme.venue.clients
    for (const value of [7, 7, 7]) old?.push(streamOf('A'), value)
    await bench.until(() => bench.values.length === 3)
    answer()
    for (const value of [7, 7, 8]) next?.push(streamOf('A'), value)
    await bench.until(() => bench.values.includes(8))
    expect(bench.values).toEqual([7, 7, 7, 8])
  })

  test('holds more than may wait, and drops none of it', async () => {
    for (const overflowPolicy of ['pause', 'drop-oldest', 'drop-newest'] as const) {
      const bench = acme.build({ config: { maxPendingMessages: 10, overflowPolicy } })
      const before = acme.venue.clients.length
      await bench.start('A')
      acme.venue.withholds = (request) => request.streams.length > 0 && acme.venue.clients.length === before + 2
      acme.venue.clients[before]?.socket.send(upgrade)
      await acme.venue.until(() => acme.venue.clients[before + 1]?.requests.length === 1)
      // What the new connection brings before it is acknowledged stands before the acknowledgement.
      for (const value of numbers(1, 200)) acme.venue.clients[before + 1]?.push(streamOf('A'), value)
      answer()
      await bench.until(() => bench.values.length === 200)
      expect(bench.values).toEqual(numbers(1, 200))
      expect(bench.manager.getPerformanceMetrics().droppedMessages).toBe(0)
    }
  })

  test('goes on though the handler on the old connection waits for a subscription', async () => {
    const bench = acme.build()
    bench.onMessage = async ({ sequence }) => {
      if (sequence === 1) await bench.manager.subscribe(['B/USDT'])
    }
    await takingOver(bench)
    acme.venue.clients[0]?.push(streamOf('A'), 1)
    acme.venue.clients[0]?.push(streamOf('A'), 2)
    await bench.until(() => bench.values.length === 1)
    answer()
    await bench.until(() => bench.values.length === 2)
    await acme.venue.until(() => carriedBy(acme.venue)[0] === 'AB')
    expect(bench.errors).toEqual([])
  })

  test('answers a subscription that the old connection never did', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.withholds = () => true
    const subscribed = bench.manager.subscribe(['B/USDT'])
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 2)
    acme.venue.withholds = () => false
    acme.venue.clients[0]?.socket.send(upgrade)
    await subscribed
    await acme.venue.until(() => acme.venue.connected.length === 1)
    expect(carriedBy(acme.venue)).toEqual(['AB'])
  })

  test('goes on though the old connection is lost before it is over, and its streams are live again', async () => {
    const bench = acme.build()
    await takingOver(bench)
    acme.venue.refuseWith = 503
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    answer()
    await bench.until(() => bench.streams.at(-1)?.endsWith('syncing') === true)
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    expect(bench.manager.streamState('A/USDT', 'book_ticker')?.status).toBe('live')
    expect([bench.manager.isConnected(), bench.states.at(-1)]).toEqual([true, 'connected'])
  })

  test('leaves out what the old connection delivered for five seconds after it has ended, and no longer', async () => {
    const bench = acme.build()
    await takingOver(bench)
    acme.venue.clients[0]?.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    answer()
    acme.venue.clients[1]?.push(streamOf('A'), 2)
    // What the new connection held is delivered: the old one has ended.
    await bench.until(() => bench.values.length === 2)
    bench.clock.advance(4_999)
    for (const value of [1, 3]) acme.venue.clients[1]?.push(streamOf('A'), value)
    await bench.until(() => bench.values.includes(3))
    bench.clock.advance(1)
    for (const value of [1, 4]) acme.venue.clients[1]?.push(streamOf('A'), value)
    await bench.until(() => bench.values.includes(4))
    expect(bench.values).toEqual([1, 2, 3, 1, 4])
  })

  test('is not repeated at once for an exchange that wants one from every connection', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.clients[0]?.socket.send(upgrade)
    await acme.venue.until(() => acme.venue.clients.length === 2 && acme.venue.connected.length === 1)
    acme.venue.clients[1]?.socket.send(upgrade)
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    expect(acme.venue.clients).toHaveLength(2)
    bench.clock.advance(5_000)
    await acme.venue.until(() => acme.venue.clients.length === 3 && acme.venue.connected.length === 1)
    expect(carriedBy(acme.venue)).toEqual(['A'])
  })
})

describe('close() during a take-over', () => {
  test('while the new connection is made ends both at once', async () => {
    const bench = acme.build({ acme: { connection: { authenticate: () => authentication } } })
    let authentication = Promise.resolve()
    await bench.start('A')
    authentication = new Promise(() => {})
    acme.venue.clients[0]?.socket.send(upgrade)
    await acme.venue.until(() => acme.venue.clients.length === 2)
    await bench.manager.close()
    expect([bench.clock.pendingTimers, bench.states.at(-1)]).toEqual([0, 'closed'])
    await acme.venue.until(() => acme.venue.connected.length === 0)
  })

  test('while the new connection waits to be acknowledged ends both at once', async () => {
    const bench = acme.build()
    await takingOver(bench)
    await bench.manager.close()
    expect(bench.clock.pendingTimers).toBe(0)
    await acme.venue.until(() => acme.venue.connected.length === 0)
  })

  test('by the handler that the old connection waits for does not hang', async () => {
    const bench = acme.build()
    let closed: Promise<void> | null = null
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    bench.onMessage = async ({ sequence }) => {
      if (sequence !== 1) return
      await gate
      closed = bench.manager.close()
      await closed
    }
    await takingOver(bench)
    acme.venue.clients[0]?.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
    answer()
    // The old connection is closed and waits for the handler.
    await acme.venue.until(() => acme.venue.connected.length === 1)
    open()
    await acme.venue.until(() => acme.venue.connected.length === 0)
    await closed
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test('soon after one leaves no timer', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.clients[0]?.socket.send(upgrade)
    await acme.venue.until(() => acme.venue.clients.length === 2 && acme.venue.connected.length === 1)
    await bench.manager.subscribe(['B/USDT'])
    await bench.manager.close()
    expect(bench.clock.pendingTimers).toBe(0)
  })
})
