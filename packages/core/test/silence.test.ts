import { describe, expect, test } from 'vitest'
import { carriedBy, type ManagerBench, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()

/** A manager on which something came of BTC and ETH in each second of three minutes. */
async function lively(config: Record<string, number> = {}): Promise<ManagerBench> {
  const bench = acme.build({ config })
  await bench.start('BTC', 'ETH')
  await pass(bench, 180, 'BTC', 'ETH')
  return bench
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Time passes, second by second; on these something comes in each, and every ping is answered. */
async function pass(bench: ManagerBench, seconds: number, ...bases: readonly string[]): Promise<void> {
  let awaited = 0
  const stop = bench.manager.tapFrames(({ direction, data }) => {
    if (direction === 'out' && String(data).includes('"ping"')) awaited += 1
    else if (String(data).includes('"pong"')) awaited = 0
  })
  for (let second = 0; second < seconds; second += 1) {
    const { length } = bench.values
    for (const base of bases) acme.venue.push(streamOf(base), second)
    await bench.until(() => bench.values.length === length + bases.length)
    bench.clock.advance(1_000)
    while (awaited > 0 && bench.manager.isConnected()) await turn()
  }
  stop()
}

/** What the exchange was asked for since then, pings aside: `['subscribe ETH']`. */
function asked(since: number): readonly string[] {
  const requests = acme.venue.clients.flatMap((client) => client.requests).filter(({ op }) => op !== 'ping')
  return requests.slice(since).map(({ op, streams }) => `${op} ${streams.map((name) => name.slice(12, -5)).join()}`)
}

const eth = (bench: ManagerBench) => bench.manager.streamState('ETH/USDT', 'book_ticker')

describe('a stream that falls silent while its connection delivers', () => {
  test('is asked for again alone, and live with its next message', async () => {
    const bench = await lively()
    await pass(bench, 10, 'BTC')
    await acme.venue.until(() => asked(1).length > 0)
    expect(asked(1)).toEqual(['subscribe ETH'])
    expect(eth(bench)).toMatchObject({
      status: 'stale',
      reason: 'nothing came for 10000 ms, where the longest quiet was 1000 ms before: asked for again',
    })
    await pass(bench, 2, 'BTC', 'ETH')
    expect([eth(bench)?.status, bench.errors, bench.manager.isConnected()]).toEqual(['live', [], true])
    expect(bench.manager.getPerformanceMetrics()).toMatchObject({ streamProbes: 1, silentConnections: 0 })
  })

  test('and of which nothing has ever come raises stale-stream after two minutes, where the others of its channel deliver', async () => {
    const bench = acme.build()
    await bench.start('BTC', 'ETH', 'SOL')
    await pass(bench, 120, 'BTC', 'SOL')
    expect(bench.manager.alerts).toEqual([])
    await pass(bench, 2, 'BTC', 'SOL')
    const reason = expect.stringMatching(
      /^nothing comes on book_ticker ETH\/USDT, while others of its channel go on: stale for 6\d s/,
    )
    expect(bench.manager.alerts).toMatchObject([{ kind: 'stale-stream', severity: 'warning', reason }])
  })

  test('and is not there any more, says the exchange, is told as refused', async () => {
    const bench = await lively()
    acme.venue.refused.add(streamOf('ETH'))
    await pass(bench, 10, 'BTC')
    await bench.until(() => bench.errors.length > 0)
    expect(eth(bench)).toMatchObject({ status: 'gapped', reason: 'refused by the exchange' })
    expect([bench.errors[0]?.code, bench.manager.refused]).toMatchObject([
      'ERR_SUBSCRIPTION_REJECTED',
      [{ symbol: 'ETH/USDT' }],
    ])
    await pass(bench, 60, 'BTC')
    expect(asked(1)).toEqual(['subscribe ETH'])
  })

  test('and is refused for the moment is asked for until it is there', async () => {
    const bench = await lively()
    acme.venue.busy.add(streamOf('ETH'))
    await pass(bench, 10, 'BTC')
    await bench.until(() => eth(bench)?.status === 'gapped')
    expect(eth(bench)?.reason).toMatch(/^refused for the moment \(.*\), asked for again in \d+ ms$/)
    acme.venue.busy.clear()
    await pass(bench, 2, 'BTC')
    await bench.until(() => eth(bench)?.status === 'syncing')
    await pass(bench, 1, 'BTC', 'ETH')
    expect(eth(bench)?.status).toBe('live')
  })

  test('and is not answered, as exchanges may do with what they have already, is subscribed anew', async () => {
    const bench = await lively({ acknowledgementTimeoutMs: 3_000 })
    let isFirst = true
    acme.venue.withholds = ({ op }) => op === 'subscribe' && isFirst
    await pass(bench, 10, 'BTC')
    await acme.venue.until(() => asked(1).length === 1)
    isFirst = false
    await pass(bench, 4, 'BTC')
    await acme.venue.until(() => asked(1).length === 3)
    expect(asked(1)).toEqual(['subscribe ETH', 'unsubscribe ETH', 'subscribe ETH'])
    await bench.until(() => eth(bench)?.status === 'syncing')
    expect(bench.streams.slice(-3)).toEqual([
      'book_ticker ETH/USDT stale',
      'book_ticker ETH/USDT gapped',
      'book_ticker ETH/USDT syncing',
    ])
    await pass(bench, 1, 'BTC', 'ETH')
    expect([eth(bench)?.status, bench.errors]).toEqual(['live', []])
  })

  test('and is unsubscribed meanwhile is not asked for any more', async () => {
    const bench = await lively()
    acme.venue.withholds = ({ op }) => op === 'subscribe'
    await pass(bench, 10, 'BTC')
    await bench.manager.unsubscribe(['ETH/USDT'])
    acme.venue.release()
    await pass(bench, 60, 'BTC')
    expect([asked(1), eth(bench)]).toEqual([['subscribe ETH', 'unsubscribe ETH'], null])
  })

  test('and whose connection is closed meanwhile keeps nothing from ending', async () => {
    const bench = await lively()
    acme.venue.withholds = ({ op }) => op === 'subscribe'
    await pass(bench, 10, 'BTC')
    await bench.close()
    expect([bench.clock.pendingTimers, bench.errors]).toEqual([0, []])
  })
})

describe('a connection on which nothing comes any more', () => {
  test('is replaced though it answers pings, and everything is live again', async () => {
    const bench = await lively()
    await pass(bench, 10)
    expect(bench.states.at(-1)).toBe('reconnecting')
    expect(eth(bench)).toMatchObject({ status: 'gapped', reason: 'connection lost (ERR_CONNECTION_SILENT)' })
    await pass(bench, 1)
    await bench.until(() => bench.states.at(-1) === 'connected')
    await acme.venue.until(() => carriedBy(acme.venue)[0] === 'BTCETH')
    await pass(bench, 2, 'BTC', 'ETH')
    expect(bench.manager.streamStates().map(({ status }) => status)).toEqual(['live', 'live'])
    expect(bench.manager.getPerformanceMetrics()).toMatchObject({ streamProbes: 0, silentConnections: 1 })
  })

  test('is left alone while a slow handler holds it back', async () => {
    const bench = await lively()
    let release = (): void => {}
    bench.onMessage = () => new Promise((resolve) => (release = resolve))
    const { length } = bench.values
    for (let index = 0; index < 3; index += 1) acme.venue.push(streamOf('BTC'), index)
    await bench.until(() => bench.values.length === length + 1)
    while (bench.manager.getPerformanceMetrics().pendingMessages < 2) await turn()
    await pass(bench, 25)
    expect([bench.states.at(-1), eth(bench)?.status]).toEqual(['connected', 'live'])
    bench.onMessage = () => {}
    release()
  })
})
