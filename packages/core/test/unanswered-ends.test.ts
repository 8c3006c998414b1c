import { describe, expect, test } from 'vitest'
import { carriedBy, type ManagerBench, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()

/** How often the venue was asked to end a stream. */
const ends = (base: string): number =>
  acme.venue.clients
    .flatMap(({ requests }) => requests)
    .filter(({ op, streams }) => op === 'unsubscribe' && streams.includes(streamOf(base))).length

/** B is unsubscribed, and the venue neither does it nor answers within the time for that. */
async function withUnansweredEnd(bench: ManagerBench): Promise<void> {
  await bench.start('A', 'B')
  acme.venue.withholds = ({ op }) => op === 'unsubscribe'
  const ended = bench.manager.unsubscribe(['B/USDT']).catch(({ code }) => code)
  await acme.venue.until(() => ends('B') === 1)
  bench.clock.advance(10_000)
  expect(await ended).toBe('ERR_ACKNOWLEDGEMENT_TIMEOUT')
  expect(carriedBy(acme.venue)).toEqual(['AB'])
}

describe('an unsubscription that is not answered', () => {
  test('is asked for again until it is, with growing delays', async () => {
    const bench = acme.build()
    await withUnansweredEnd(bench)
    bench.clock.advance(750)
    await acme.venue.until(() => ends('B') === 2)
    // The answers to pings are here once one that was sent after them is.
    await bench.manager.subscribe(['C/USDT'])
    bench.clock.advance(10_000)
    await bench.manager.subscribe(['D/USDT'])
    acme.venue.withholds = () => false
    bench.clock.advance(1_499)
    await bench.manager.subscribe(['E/USDT'])
    expect(ends('B')).toBe(2)
    bench.clock.advance(1)
    await acme.venue.until(() => ends('B') === 3)
    await bench.manager.subscribe(['F/USDT'])
    bench.clock.advance(5_000)
    await bench.manager.subscribe(['G/USDT'])
    expect([ends('B'), carriedBy(acme.venue), bench.errors]).toEqual([3, ['ACDEFG'], []])
  })

  test('is not asked for again once its stream is wanted again', async () => {
    const bench = acme.build()
    await withUnansweredEnd(bench)
    await bench.manager.subscribe(['B/USDT'])
    bench.clock.advance(5_000)
    await bench.manager.subscribe(['C/USDT'])
    expect([ends('B'), carriedBy(acme.venue)]).toEqual([1, ['ABC']])
  })

  test('is over with its connection', async () => {
    const bench = acme.build()
    await withUnansweredEnd(bench)
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.filter((state) => state === 'connected').length === 2)
    bench.clock.advance(5_000)
    await bench.manager.subscribe(['C/USDT'])
    expect([ends('B'), carriedBy(acme.venue)]).toEqual([1, ['AC']])
  })

  test('of what was never acknowledged either is asked for again, too', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.withholds = ({ op, streams }) => op !== 'ping' && streams.includes(streamOf('B'))
    const asked = bench.manager.subscribe(['B/USDT']).catch(({ code }) => code)
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 2)
    bench.clock.advance(10_000)
    expect(await asked).toBe('ERR_ACKNOWLEDGEMENT_TIMEOUT')
    await acme.venue.until(() => ends('B') === 1)
    await bench.manager.subscribe(['C/USDT'])
    bench.clock.advance(10_000)
    await bench.manager.subscribe(['D/USDT'])
    bench.clock.advance(750)
    await acme.venue.until(() => ends('B') === 2)
  })
})
