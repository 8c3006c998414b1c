import { describe, expect, test } from 'vitest'
import type { GapEvent, StreamStatus } from '../src/index.js'
import { type ManagerBench, useAcme } from './support/manager-bench.js'

const acme = useAcme()
const stream = 'trades:BTC-USDT'

/** A manager with a live stream of trades, and its gaps. */
async function lively(): Promise<{ readonly bench: ManagerBench; readonly gaps: readonly GapEvent[] }> {
  const gaps: GapEvent[] = []
  const bench = acme.build({ onGap: (gap) => gaps.push(gap) })
  await bench.manager.initialize({ symbols: ['BTC/USDT'], channels: ['trades'] })
  acme.venue.push(stream, 1)
  await bench.until(() => bench.values.length === 1)
  return { bench, gaps }
}

function send(frame: unknown): void {
  acme.venue.connected[0]?.socket.send(JSON.stringify(frame))
}

/** Whoever brings the stream says how it is. */
async function tell(bench: ManagerBench, status: StreamStatus, reason: string): Promise<void> {
  send({ told: { stream, status, reason } })
  await bench.until(() => bench.manager.streamState('BTC/USDT', 'trades')?.reason === reason)
}

describe('a stream that is away where it comes from', () => {
  test('has one gap, from then until it is asked for again there, however long that is', async () => {
    const { bench, gaps } = await lively()
    bench.clock.advance(5_000)
    const lostAt = bench.clock.now()
    await tell(bench, 'gapped', 'connection lost there')
    expect(bench.manager.streamState('BTC/USDT', 'trades')?.status).toBe('gapped')
    bench.clock.advance(8_000)
    expect(gaps).toEqual([])
    await tell(bench, 'syncing', 'waiting for the first message')
    expect(bench.manager.streamState('BTC/USDT', 'trades')?.status).toBe('syncing')
    bench.clock.advance(1_000)
    expect(gaps).toMatchObject([{ to: lostAt + 8_000, reason: 'connection lost there', action: 'lost' }])
  })

  test('has one gap where an error says first that something is missing, until it brings something', async () => {
    const { bench, gaps } = await lively()
    send({ wrong: stream })
    await tell(bench, 'gapped', 'connection lost there')
    bench.clock.advance(8_000)
    expect(gaps).toEqual([])
    const backAt = bench.clock.now()
    acme.venue.push(stream, 2)
    await bench.until(() => bench.values.length === 2)
    bench.clock.advance(1_000)
    expect(gaps).toMatchObject([{ to: backAt, action: 'lost' }])
  })

  test('is not asked for again there, nor live, where it was never away', async () => {
    const { bench, gaps } = await lively()
    send({ told: { stream, status: 'syncing', reason: 'nothing to wait for' } })
    await tell(bench, 'stale', 'nothing came')
    await tell(bench, 'live', 'still there')
    bench.clock.advance(2_000)
    expect(bench.streams).toEqual([
      'trades BTC/USDT syncing',
      'trades BTC/USDT live',
      'trades BTC/USDT stale',
      'trades BTC/USDT live',
    ])
    expect(gaps).toEqual([])
  })
})
