import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { WebSocketManagerConfig } from '../src/index.js'
import { type ManagerBench, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()
const interval = { summaryIntervalMs: 10_000, staleAfterMs: 0 }

/** A manager with a log, and the summaries in it. */
function logging(config: Partial<WebSocketManagerConfig> = interval, level = 'debug') {
  const lines: { event: string }[] = []
  const logger = pino({ level, base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const bench = acme.build({ config, logger })
  return { bench, told: (event: string) => lines.filter((line) => line.event === event) }
}

/** So many messages of BTC, each handled before the next. */
async function receive(bench: ManagerBench, count: number): Promise<void> {
  const { length } = bench.values
  for (let index = 0; index < count; index += 1) acme.venue.push(streamOf('BTC'), index)
  await bench.until(() => bench.values.length === length + count)
}

describe('a summary of performance', () => {
  test('is written at its interval, of what came since the one before, and of each connection at debug', async () => {
    const { bench, told } = logging()
    await bench.start('BTC', 'ETH')
    await receive(bench, 20)
    bench.clock.advance(10_000)
    await receive(bench, 5)
    bench.clock.advance(10_000)
    const figures = { p50ProcessingTimeMs: 0, p99ProcessingTimeMs: 0, maxProcessingTimeMs: 0, complianceRate: 1 }
    expect(told('performance')).toMatchObject([
      { level: 30, exchange: 'acme_spot', durationMs: 10_000, messages: 20, messagesPerSecond: 2, ...figures },
      { messages: 5, messagesPerSecond: 0.5, droppedMessages: 0, streamGaps: 0, lostGaps: 0, live: 1, syncing: 1 },
    ])
    expect(told('connection-performance')).toMatchObject([
      { level: 20, connectionId: 'acme_spot#1', state: 'connected', streams: 2, messages: 20, ...figures },
      { level: 20, connectionId: 'acme_spot#1', messages: 5 },
    ])
  })

  test('tells losses, recoveries and errors of its interval alone', async () => {
    const { bench, told } = logging()
    await bench.start('BTC')
    bench.onMessage = () => {
      throw new Error('my own mistake')
    }
    await receive(bench, 1)
    acme.venue.connected[0]?.socket.terminate()
    while (told('recovered').length === 0) await new Promise((resolve) => setImmediate(resolve))
    bench.onMessage = () => {}
    await receive(bench, 1)
    bench.clock.advance(10_000)
    await bench.close()
    expect(told('performance')).toMatchObject([
      { messages: 2, connectionFailures: 1, reconnectionCount: 1, errorCount: 1 },
      { messages: 0, connectionFailures: 0, reconnectionCount: 0, errorCount: 0, averageLagMs: null },
    ])
  })

  test('is written once more when the manager is closed, before the streams are given up', async () => {
    const { bench, told } = logging()
    await bench.start('BTC')
    await receive(bench, 3)
    bench.clock.advance(2_500)
    await bench.close()
    expect(told('performance')).toMatchObject([{ durationMs: 2_500, messages: 3, live: 1, gapped: 0 }])
    bench.clock.advance(60_000)
    expect(told('performance')).toHaveLength(1)
  })

  test('is not written of each connection where the log has no debug, nor at all by default', async () => {
    const { bench, told } = logging(interval, 'info')
    await bench.start('BTC')
    bench.clock.advance(10_000)
    expect([told('performance').length, told('connection-performance').length]).toEqual([1, 0])
    const usual = logging({})
    await usual.bench.start('BTC')
    usual.bench.clock.advance(3_600_000)
    await usual.bench.close()
    expect(usual.told('performance')).toEqual([])
  })

  test('goes on with the next start where the first one failed', async () => {
    const { bench, told } = logging()
    const signal = AbortSignal.abort(new Error('not now'))
    await expect(
      bench.manager.initialize({ symbols: ['BTC/USDT'], channels: ['book_ticker'], signal }),
    ).rejects.toThrow('not now')
    await bench.start('BTC')
    bench.clock.advance(10_000)
    expect(told('performance')).toHaveLength(1)
  })
})
