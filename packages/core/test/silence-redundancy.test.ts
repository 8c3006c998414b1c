import { describe, expect, test } from 'vitest'
import type { AcmeRequest } from './support/acme-venue.js'
import { carriedBy, type ManagerBench, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()

/** The latest value of each stream. */
let value = 0

/** A manager with each stream on two connections, on which something came of BTC and ETH in each second of three minutes. */
async function lively(config: Record<string, number> = {}): Promise<ManagerBench> {
  const bench = acme.build({ config: { redundancy: 2, ...config } })
  value = 0
  await bench.start('BTC', 'ETH')
  await acme.venue.until(() => carriedBy(acme.venue).join(' ') === 'BTCETH BTCETH')
  await pass(bench, 180, 'BTC', 'ETH')
  bench.streams.length = 0
  return bench
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Time passes, second by second; on these something comes in each, on both connections, and every ping is answered. */
async function pass(bench: ManagerBench, seconds: number, ...bases: readonly string[]): Promise<void> {
  let awaited = 0
  const stop = bench.manager.tapFrames(({ direction, data }) => {
    if (direction === 'out' && String(data).includes('"ping"')) awaited += 1
    else if (String(data).includes('"pong"')) awaited -= 1
  })
  for (let second = 0; second < seconds; second += 1) {
    const { length } = bench.values
    value += 1
    for (const base of bases) acme.venue.push(streamOf(base), value)
    await bench.until(() => bench.values.length === length + bases.length)
    bench.clock.advance(1_000)
    for (let turns = 0; awaited > 0 && turns < 100 && bench.manager.isConnected(); turns += 1) await turn()
    await turn()
  }
  stop()
}

/** What each connection was asked for after the start, pings aside: `['subscribe ETH']`. */
const asked = (): readonly (readonly string[])[] =>
  acme.venue.clients.map(({ requests }) =>
    requests
      .filter(({ op }) => op !== 'ping')
      .slice(1)
      .map(({ op, streams }) => `${op} ${streams.map((name) => name.slice(12, -5)).join()}`),
  )

const ofEth = (...statuses: readonly string[]): string[] => statuses.map((status) => `book_ticker ETH/USDT ${status}`)
const isSubscribe = ({ op }: AcmeRequest): boolean => op === 'subscribe'
const anew = ['subscribe ETH', 'unsubscribe ETH', 'subscribe ETH']

describe('a stream on two connections that falls silent on both', () => {
  test('is asked for again on both, and live with its next message', async () => {
    const bench = await lively()
    await pass(bench, 10, 'BTC')
    await acme.venue.until(() => asked().flat().length === 2)
    expect(asked()).toEqual([['subscribe ETH'], ['subscribe ETH']])
    await pass(bench, 2, 'BTC', 'ETH')
    expect([bench.streams, bench.errors]).toEqual([ofEth('stale', 'live'), []])
    expect(bench.manager.getPerformanceMetrics()).toMatchObject({ streamProbes: 1, silentConnections: 0 })
  })

  test('is not subscribed anew where one connection acknowledges', async () => {
    const bench = await lively({ acknowledgementTimeoutMs: 3_000 })
    let requests = 0
    acme.venue.withholds = (request) => isSubscribe(request) && ++requests === 1
    await pass(bench, 16, 'BTC')
    expect(asked()).toEqual([['subscribe ETH'], ['subscribe ETH']])
    expect(bench.streams).toEqual(ofEth('stale'))
  })

  test('is subscribed anew on both where none is answered, and told once', async () => {
    const bench = await lively({ acknowledgementTimeoutMs: 3_000 })
    let requests = 0
    acme.venue.withholds = (request) => isSubscribe(request) && ++requests <= 2
    await pass(bench, 14, 'BTC')
    await acme.venue.until(() => asked().flat().length === 6)
    await bench.until(() => bench.streams.length === 3)
    expect(asked()).toEqual([anew, anew])
    await pass(bench, 2, 'BTC', 'ETH')
    expect([bench.streams, bench.errors]).toEqual([ofEth('stale', 'gapped', 'syncing', 'live'), []])
  })

  test('is subscribed anew on the one that is left where the other is lost meanwhile, and told once', async () => {
    const bench = await lively({ acknowledgementTimeoutMs: 3_000 })
    let requests = 0
    acme.venue.withholds = (request) => {
      if (isSubscribe(request)) return ++requests <= 2
      return request.op === 'unsubscribe' && acme.venue.clients[1]?.requests.includes(request) === true
    }
    await pass(bench, 14, 'BTC')
    await acme.venue.until(() => asked()[0]?.length === 3 && asked()[1]?.length === 2)
    acme.venue.clients[1]?.socket.terminate()
    await bench.until(() => bench.states.includes('reconnecting'))
    await bench.until(() => bench.streams.length === 3)
    expect(bench.streams).toEqual(ofEth('stale', 'gapped', 'syncing'))
    await pass(bench, 2, 'BTC', 'ETH')
    expect([bench.streams.at(-1), bench.errors]).toEqual([...ofEth('live'), []])
    await acme.venue.until(() => carriedBy(acme.venue).join(' ') === 'BTCETH BTCETH')
    await pass(bench, 12, 'BTC', 'ETH')
    expect(bench.streams).toEqual(ofEth('stale', 'gapped', 'syncing', 'live'))
  })
})

describe('two connections on which nothing comes any more', () => {
  test('are both replaced, and each stream is told once', async () => {
    const bench = await lively()
    await pass(bench, 10)
    expect(bench.states.filter((state) => state === 'reconnecting')).toHaveLength(2)
    const gapped = bench.streams.filter((line) => line.endsWith('gapped'))
    expect(gapped).toEqual(['book_ticker BTC/USDT gapped', ...ofEth('gapped')])
    await pass(bench, 1)
    await acme.venue.until(() => carriedBy(acme.venue).join(' ') === 'BTCETH BTCETH')
    await pass(bench, 2, 'BTC', 'ETH')
    expect(bench.manager.streamStates().map(({ status }) => status)).toEqual(['live', 'live'])
    expect(bench.streams.filter((line) => line.endsWith('gapped'))).toHaveLength(2)
    expect(bench.manager.getPerformanceMetrics()).toMatchObject({ streamProbes: 0, silentConnections: 1 })
  })
})
