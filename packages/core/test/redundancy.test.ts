import { describe, expect, test } from 'vitest'
import { openSocket } from '../src/adapter.js'
import { StreamError } from '../src/index.js'
import { carriedBy, type ManagerBench, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()
const upgrade = JSON.stringify({ upgrade: true })

/** A manager with each stream on two connections, in the order in which the venue accepted them. */
async function started(...bases: string[]): Promise<ManagerBench> {
  const bench = acme.build({ config: { redundancy: 2 }, acme: { context: { pingIntervalMs: 0 } } })
  await bench.start(...bases)
  await acme.venue.until(() => carriedBy(acme.venue).join(' ') === `${bases.join('')} ${bases.join('')}`)
  return bench
}

/** A connection of the venue brings these values of stream A, and all that came before is delivered. */
async function bring(bench: ManagerBench, client: number, ...values: number[]): Promise<void> {
  const seen = bench.manager.getPerformanceMetrics().messagesProcessed
  for (const value of values) acme.venue.clients[client]?.push(streamOf('A'), value)
  while (bench.manager.getPerformanceMetrics().messagesProcessed < seen + values.length) {
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

/** Lets time pass until the condition holds. */
async function advance(bench: ManagerBench, condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !condition(); turn += 1) {
    bench.clock.advance(10)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  expect(condition()).toBe(true)
}

/** `1.1 connected` */
function namedStates(bench: ManagerBench): string[] {
  return bench.manager.getPerformanceMetrics().connections.map(({ connectionId, state }) => `${connectionId} ${state}`)
}

const statusOfA = (bench: ManagerBench): string | undefined =>
  bench.manager.streamState('A/USDT', 'book_ticker')?.status

describe('a manager with each stream on two connections', () => {
  test('delivers each message once, by whichever connection brings it first', async () => {
    const bench = await started('A')
    await bring(bench, 0, 1, 2)
    await bring(bench, 1, 1, 2, 3, 4)
    await bring(bench, 0, 3, 4, 5)
    expect(bench.values).toEqual([1, 2, 3, 4, 5])
    expect(namedStates(bench)).toEqual(['acme_spot#1.1 connected', 'acme_spot#1.2 connected'])
    expect(bench.manager.isConnected()).toBe(true)
  })

  test('says of each connection how often it was first, and by how much', async () => {
    const bench = await started('A')
    await bring(bench, 0, 1)
    bench.clock.advance(3)
    await bring(bench, 1, 1, 2)
    const arrivals = bench.manager.getPerformanceMetrics().connections.map((one) => one.arrivals)
    const byFirst = arrivals.sort((one, other) => (one?.second ?? 0) - (other?.second ?? 0))
    expect(byFirst[0]).toMatchObject({ first: 1, second: 0, firstShare: 1 })
    expect(byFirst[0]?.maxLeadMs).toBeCloseTo(3, 1)
    expect(byFirst[1]).toMatchObject({ first: 1, second: 1, firstShare: 0.5, maxLeadMs: 0 })
  })

  test('tells nothing of its streams when one connection is lost, and restores that', async () => {
    const bench = await started('A')
    await bring(bench, 0, 1)
    const before = bench.streams.length
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    await bring(bench, 1, 1, 2)
    await acme.venue.until(() => acme.venue.clients.length === 3 && carriedBy(acme.venue).join(' ') === 'A A')
    await bring(bench, 2, 3)
    await bring(bench, 1, 3, 4)
    expect([bench.values, bench.streams.slice(before), bench.errors]).toEqual([[1, 2, 3, 4], [], []])
  })

  test('tells that its streams are gapped when both are lost, and live again with the first that is back', async () => {
    const bench = await started('A')
    await bring(bench, 0, 9)
    const before = bench.streams.length
    acme.venue.refuseWith = 503
    for (const client of acme.venue.connected) client.socket.terminate()
    await bench.until(() => bench.streams.at(-1)?.endsWith('gapped') === true)
    acme.venue.refuseWith = 0
    await advance(bench, () => acme.venue.clients.length > 2)
    await acme.venue.until(() => carriedBy(acme.venue).includes('A'))
    // The exchange may have begun to count anew.
    await bring(bench, 2, 1)
    expect(bench.streams.slice(before).map((line) => line.split(' ').at(-1))).toEqual(['gapped', 'syncing', 'live'])
    expect(bench.values).toEqual([9, 1])
  })

  test('asks the strategy for a context for each, and starts where one cannot be had', async () => {
    const asked: (number | undefined)[] = []
    const context = {
      headers: {},
      authRequired: false,
      authParams: null,
      pingIntervalMs: 0,
      pingTimeoutMs: 5_000,
      pingMessage: null,
      maxReconnectAttempts: null,
      reconnectDelayMs: null,
    }
    const bench = acme.build({
      config: { redundancy: 2 },
      acme: {
        connection: {
          context: async (_env, lane) => {
            asked.push(lane)
            return { ...context, url: lane === 0 ? acme.venue.url : 'ws://127.0.0.1:1/' }
          },
        },
      },
    })
    await bench.start('A')
    await bring(bench, 0, 1)
    expect([bench.values, namedStates(bench)]).toEqual([[1], ['acme_spot#1.1 connected', 'acme_spot#1.2 reconnecting']])
    expect(asked.slice(0, 2)).toEqual([0, 1])
  })

  test('does not start where none can be had, and leaves nothing open', async () => {
    const bench = acme.build({ config: { redundancy: 2 } })
    acme.venue.refuseWith = 503
    await expect(bench.start('A')).rejects.toMatchObject({ code: 'ERR_HANDSHAKE_REJECTED' })
    expect(bench.clock.pendingTimers).toBe(0)
    acme.venue.refuseWith = 0
    await bench.start('A')
  })

  test('subscribes and unsubscribes on both', async () => {
    const bench = await started('A')
    await bench.manager.subscribe(['B/USDT'])
    await acme.venue.until(() => carriedBy(acme.venue).join(' ') === 'AB AB')
    await bench.manager.unsubscribe(['A/USDT'])
    expect(carriedBy(acme.venue)).toEqual(['B', 'B'])
  })

  test('takes a stream that both refuse for refused, once', async () => {
    const bench = await started('A')
    acme.venue.refused.add(streamOf('B'))
    const error = await bench.manager.subscribe(['B/USDT']).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'ERR_SUBSCRIPTION_REJECTED', rejected: [{ streamId: streamOf('B') }] })
    expect([bench.manager.refused.length, bench.errors]).toEqual([1, []])
    expect(carriedBy(acme.venue)).toEqual(['A', 'A'])
  })

  test('has a stream that only one refuses, says so once, and asks for it again until both have it', async () => {
    const bench = await started('A')
    let requests = 0
    acme.venue.withholds = () => {
      requests += 1
      return requests === 2
    }
    await bench.manager.subscribe(['B/USDT'])
    acme.venue.refused.add(streamOf('B'))
    acme.venue.release()
    await bench.until(() => bench.errors.length === 1)
    expect(bench.errors[0]?.message.replace(/1\.[12]/, '1.n')).toMatchInlineSnapshot(`
      "One of two connections lacks a stream that the other one has.  [ERR_SUBSCRIPTION_REJECTED]
      Connection: acme_spot#1.n   Stream: book_ticker:B-USDT   Reason: no such pair
      Nothing is missing for as long as the other one is up; it is asked for again."
    `)
    // After 750 ms, and 1,500.
    bench.clock.advance(1_000)
    await acme.venue.until(() => requests === 3)
    acme.venue.refused.clear()
    await advance(bench, () => carriedBy(acme.venue).join(' ') === 'AB AB')
    expect([carriedBy(acme.venue), bench.errors.length, bench.manager.refused]).toEqual([['AB', 'AB'], 1, []])
  })

  test('does not wait for a connection that is away, and asks that for it later', async () => {
    const bench = await started('A')
    acme.venue.refuseWith = 503
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    await bench.manager.subscribe(['B/USDT'])
    acme.venue.refused.add(streamOf('C'))
    await expect(bench.manager.subscribe(['C/USDT'])).rejects.toMatchObject({ code: 'ERR_SUBSCRIPTION_REJECTED' })
    acme.venue.refused.clear()
    acme.venue.refuseWith = 0
    await advance(bench, () => acme.venue.connected.length === 2)
    await acme.venue.until(() => carriedBy(acme.venue).join(' ') === 'AB AB')
    expect(bench.errors).toEqual([])
  })

  test('sends requests over the one that is up', async () => {
    const bench = await started('A')
    acme.venue.refuseWith = 503
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    await bench.manager.sendMessage({ op: 'ping', id: 7, streams: [] })
    await acme.venue.until(() => acme.venue.clients[1]?.requests.some(({ op }) => op === 'ping') === true)
  })

  test('replaces one that brings nothing while the other brings plenty', async () => {
    const bench = await started('A')
    await bring(bench, 1, 1)
    for (let value = 2; value < 42; value += 10) {
      await bring(bench, 0, ...Array.from({ length: 10 }, (_, index) => value + index))
      bench.clock.advance(5_000)
    }
    await advance(bench, () => acme.venue.clients.length === 3 && carriedBy(acme.venue).join(' ') === 'A A')
    expect([acme.venue.clients[0]?.socket.readyState, bench.streams.filter((line) => line.endsWith('gapped'))]).toEqual(
      [1, []],
    )
  })

  test('takes over from one of them as from any, and delivers each message once', async () => {
    const bench = await started('A')
    await bring(bench, 0, 1)
    acme.venue.clients[0]?.socket.send(upgrade)
    await acme.venue.until(() => acme.venue.clients.length === 3 && acme.venue.connected.length === 2)
    await bring(bench, 1, 1, 2)
    await bring(bench, 2, 2, 3)
    expect([bench.values, bench.errors]).toEqual([[1, 2, 3], []])
  })

  test('does not mind a frame that cannot be read on one, but on both', async () => {
    const bench = await started('A')
    await bring(bench, 0, 1)
    acme.venue.clients[0]?.socket.send('{')
    await bench.until(() => bench.errors.length === 1)
    expect(statusOfA(bench)).toBe('live')
    acme.venue.clients[1]?.socket.send('{')
    await bench.until(() => bench.errors.length === 2)
    expect(statusOfA(bench)).toBe('gapped')
  })

  test('tells of a gap when one turns out to be dead that went silent before the other came back', async () => {
    const bench = await started('A')
    await bring(bench, 0, 1)
    // From here on nothing comes on the first any more; the second is cut, and back.
    bench.clock.advance(1_000)
    const before = bench.streams.length
    acme.venue.clients[1]?.socket.terminate()
    await advance(bench, () => acme.venue.clients.length === 3 && carriedBy(acme.venue).join(' ') === 'A A')
    for (let value = 5; value < 45; value += 10) {
      expect(bench.streams.slice(before)).toEqual([])
      await bring(bench, 2, ...Array.from({ length: 10 }, (_, index) => value + index))
      bench.clock.advance(5_000)
    }
    await advance(bench, () => bench.streams.length > before)
    await bring(bench, 2, 50)
    expect(bench.streams.slice(before).map((line) => line.split(' ').at(-1))).toEqual(['gapped', 'live'])
  })

  test('tells of a gap when one is reset that was half-open for longer than its ping interval, and the other was cut meanwhile', async () => {
    const context = { pingIntervalMs: 10_000, pingTimeoutMs: 60_000 }
    const bench = acme.build({ config: { redundancy: 2 }, acme: { context } })
    await bench.start('A')
    await acme.venue.until(() => carriedBy(acme.venue).join(' ') === 'A A')
    await bring(bench, 0, 1)
    bench.clock.advance(1_000)
    acme.venue.clients[1]?.socket.terminate()
    await advance(bench, () => acme.venue.clients.length === 3)
    await advance(bench, () =>
      bench.manager.getPerformanceMetrics().connections.every((one) => one.activeStreams === 1),
    )
    acme.venue.answers = false
    bench.clock.advance(11_000)
    await bring(bench, 2, 5)
    const before = bench.streams.length
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.streams.length > before)
    expect(bench.streams.slice(before)).toEqual(['book_ticker A/USDT gapped'])
  })

  test('delivers once what a lost connection had read, and a slow handler had not taken yet', async () => {
    const bench = await started('A')
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    bench.onMessage = ({ sequence }) => (sequence === 1 ? gate : undefined)
    for (const value of [1, 2, 3]) acme.venue.clients[0]?.push(streamOf('A'), value)
    await bench.until(() => bench.values.length === 1)
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    await bring(bench, 1, 1, 2)
    open()
    await bring(bench, 1, 3, 4)
    expect(bench.values).toEqual([1, 2, 3, 4])
  })

  test('delivers once what a lost connection had read, where the next is refused it before a slow handler has taken that', async () => {
    const bench = acme.build({
      config: { redundancy: 2 },
      acme: { context: { pingIntervalMs: 0 }, isUnnumbered: true },
    })
    await bench.start('A')
    await acme.venue.until(() => carriedBy(acme.venue).join(' ') === 'A A')
    const bids: unknown[] = []
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    bench.onMessage = ({ data }) => {
      const { bidPrice } = data as { readonly bidPrice: unknown }
      bids.push(bidPrice)
      return bidPrice === 1 ? gate : undefined
    }
    for (const value of [1, 2, 3]) acme.venue.clients[0]?.push(streamOf('A'), value)
    await bench.until(() => bids.length === 1)
    acme.venue.refused.add(streamOf('A'))
    acme.venue.clients[0]?.socket.terminate()
    await advance(bench, () => bench.errors.length === 1)
    await bring(bench, 1, 1, 2)
    open()
    await bring(bench, 1, 3, 4)
    expect(bids).toEqual([1, 2, 3, 4])
  })

  test('tells that a stream is refused on both, though one was waited for by a call that the other had answered', async () => {
    const bench = await started('A')
    acme.venue.refuseWith = 503
    acme.venue.clients[1]?.socket.terminate()
    await advance(bench, () => bench.states.filter((state) => state === 'reconnecting').length === 2)
    await bench.manager.subscribe(['A/USDT'], ['book_ticker'])
    acme.venue.refuseWith = 0
    acme.venue.refused.add(streamOf('A'))
    acme.venue.withholds = () => true
    acme.venue.clients[0]?.socket.terminate()
    await acme.venue.until(() => acme.venue.clients[2]?.requests.length === 1)
    await advance(bench, () => acme.venue.clients[3]?.requests.length === 1)
    acme.venue.release()
    await bench.until(() => bench.errors.length === 2)
    expect(bench.manager.refused.map(({ streamId }) => streamId)).toEqual([streamOf('A')])
    expect(bench.manager.streamState('A/USDT', 'book_ticker')?.reason).toBe('refused by the exchange')
  })

  test('starts where one that could not be made at first is up by the time the other cannot be made', async () => {
    let attempts = 0
    let fail = (): void => {}
    const connect: typeof openSocket = (...parts) => {
      attempts += 1
      if (attempts > 2) return openSocket(...parts)
      return new Promise((_resolve, reject) => {
        fail = () => reject(new StreamError('ERR_CONNECTION_TIMEOUT', 'No answer.'))
        if (attempts === 1) setImmediate(reject, new StreamError('ERR_CONNECTION_TIMEOUT', 'No answer.'))
      })
    }
    const bench = acme.build({
      config: { redundancy: 2 },
      acme: { context: { pingIntervalMs: 0 }, connection: { connect } },
    })
    const started = bench.start('A')
    await advance(bench, () => carriedBy(acme.venue).join(' ') === 'A')
    fail()
    await started
    await bring(bench, 0, 1)
    expect([bench.values, statusOfA(bench)]).toEqual([[1], 'live'])
  })

  test('tells that a stream is refused on both, though one had asked for it again while the other had it', async () => {
    const bench = await started('A')
    acme.venue.refused.add(streamOf('A'))
    acme.venue.clients[1]?.socket.terminate()
    await bench.until(() => bench.errors.length === 1)
    acme.venue.withholds = () => true
    await advance(bench, () => acme.venue.clients[2]?.requests.length === 2)
    acme.venue.withholds = () => false
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.errors.length === 2)
    expect(bench.manager.refused).toEqual([])
    acme.venue.release()
    await bench.until(() => bench.manager.refused.length === 1)
    expect(bench.manager.streamState('A/USDT', 'book_ticker')?.reason).toBe('refused by the exchange')
  })

  test('goes on over the other when one is given up, and says so', async () => {
    const bench = acme.build({ config: { redundancy: 2, reconnectTimeLimitMs: 1 } })
    await bench.start('A')
    acme.venue.refuseWith = 503
    acme.venue.clients[0]?.socket.terminate()
    await advance(bench, () => bench.states.includes('error'))
    await bring(bench, 1, 1)
    expect([bench.errors.map(({ code }) => code), statusOfA(bench)]).toEqual([['ERR_RECONNECT_EXHAUSTED'], 'live'])
  })

  test('leaves no timer when it is closed', async () => {
    const bench = await started('A')
    await bring(bench, 0, 1)
    await bench.manager.close()
    expect(bench.clock.pendingTimers).toBe(0)
    await acme.venue.until(() => acme.venue.connected.length === 0)
  })
})
