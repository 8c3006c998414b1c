import { describe, expect, test } from 'vitest'
import type { EndedGap, GapOutcome } from '../strategy/gap-outcome.js'
import { executionMessage, GapBench, pageOf, start, streamOf, tradeMessage } from './test-support.js'

const nothingMissed: GapOutcome = { action: 'backfilled', backfilled: 0, fault: null }

/** An exchange whose REST API would give a trade that was missed. */
function answerWithTrade(bench: GapBench, stream: ReturnType<typeof streamOf>): void {
  bench.answer = () => pageOf([tradeMessage(stream, [{ id: '9', time: start + 200 }], start + 200)])
}

describe('strategies that know how a gap ended', () => {
  test.each(['trades', 'executions', 'balances', 'ticker'] as const)(
    'are believed, and nothing of %s is fetched',
    async (channel) => {
      const asked: EndedGap[] = []
      const bench = new GapBench({}, async (gap) => {
        asked.push(gap)
        return nothingMissed
      })
      const stream = streamOf(channel)
      bench.set(stream, 'live')
      bench.lose(stream, 500)
      bench.set(stream, 'live')
      await bench.lookBack()
      expect(asked).toEqual([{ stream, from: expect.any(Number), to: start + 500, reason: 'connection lost' }])
      expect(bench.requests).toEqual([])
      expect(bench.events).toMatchObject([{ stream, from: start, to: start + 500, ...nothingMissed }])
      expect(bench.gaps.metrics).toMatchObject({ streamGaps: 1, lostGaps: 0, backfilledMessages: 0 })
    },
  )

  test('may say that something is missing, and what was fetched on another way', async () => {
    const partly: GapOutcome = { action: 'partly-backfilled', backfilled: 3, fault: 'the rest was not kept' }
    const bench = new GapBench(null, async () => partly)
    const stream = streamOf('executions', null)
    bench.push(executionMessage(stream, {}, start))
    bench.lose(stream, 500)
    await bench.lookBack()
    expect(bench.events).toMatchObject([partly])
    expect(bench.gaps.metrics).toMatchObject({ lostGaps: 1, backfilledMessages: 3 })
  })

  test('leave it to the ordinary way where they do not know', async () => {
    const bench = new GapBench({}, async () => null)
    const [trades, ticker, balances] = [streamOf('trades'), streamOf('ticker'), streamOf('balances', null)]
    for (const stream of [trades, ticker, balances]) bench.set(stream, 'live')
    answerWithTrade(bench, trades)
    for (const stream of [trades, ticker, balances]) bench.set(stream, 'gapped')
    for (const stream of [trades, ticker, balances]) bench.set(stream, 'live')
    await bench.lookBack()
    const actions = new Map(bench.events.map(({ stream, action }) => [stream, action]))
    expect(actions).toEqual(
      new Map([
        [trades, 'backfilled'],
        [ticker, 'resynchronised'],
        [balances, 'lost'],
      ]),
    )
    expect(bench.gaps.metrics.backfilledByChannel.trades).toBe(1)
  })

  test.each([
    ['reject', () => Promise.reject(new Error('unknown'))],
    ['say nothing that can be', async () => ({ action: 'backfilled', backfilled: -1, fault: null }) as GapOutcome],
    ['say that it is whole, and why it is not', async () => ({ ...nothingMissed, fault: 'some are missing' })],
    ['say that it is lost, and not why', async () => ({ ...nothingMissed, action: 'lost' }) as GapOutcome],
    ['return nothing', async () => undefined as unknown as null],
  ])('count as not knowing where they %s', async (_, gapOutcome) => {
    const bench = new GapBench({}, gapOutcome)
    const stream = streamOf('trades')
    bench.set(stream, 'live')
    answerWithTrade(bench, stream)
    bench.lose(stream, 500)
    await bench.lookBack()
    expect(bench.events).toMatchObject([{ action: 'backfilled', backfilled: 1, fault: null }])
  })

  test('may wait until they know, and count as not knowing after three minutes', async () => {
    const bench = new GapBench(null, () => new Promise<never>(() => {}))
    const stream = streamOf('trades')
    bench.set(stream, 'live')
    bench.lose(stream, 500)
    await bench.lookBack()
    bench.clock.advance(178_999)
    await bench.lookBack()
    expect(bench.events).toEqual([])
    await bench.lookBack()
    expect(bench.events).toMatchObject([{ action: 'lost', fault: 'what was missed cannot be fetched' }])
  })

  test('are asked of the next gap once they have said what became of the one before', async () => {
    const waiting: ((outcome: GapOutcome) => void)[] = []
    const bench = new GapBench(null, () => new Promise((resolve) => waiting.push(resolve)))
    const stream = streamOf('trades')
    bench.set(stream, 'live')
    bench.lose(stream, 500)
    await bench.lookBack()
    bench.lose(stream, 100)
    await bench.lookBack()
    expect(waiting).toHaveLength(1)
    waiting[0]?.(nothingMissed)
    await bench.lookBack()
    await bench.lookBack()
    expect(waiting).toHaveLength(2)
    waiting[1]?.({ action: 'lost', backfilled: 0, fault: 'not kept' })
    await bench.lookBack()
    expect(bench.events.map(({ action }) => action)).toEqual(['backfilled', 'lost'])
  })

  test('are not waited for any more once the stream is unsubscribed', async () => {
    let signal: AbortSignal | undefined
    const bench = new GapBench(null, (_, env) => {
      signal = env.signal
      return new Promise<never>(() => {})
    })
    const stream = streamOf('trades')
    bench.set(stream, 'live')
    bench.lose(stream, 500)
    await bench.lookBack()
    bench.gaps.abandon([stream], 'unsubscribed')
    await bench.lookBack()
    expect(signal?.aborted).toBe(true)
    expect(bench.events).toMatchObject([{ action: 'lost', fault: 'ended before it was made up for' }])
  })

  test('are not asked about a book, which is whole again with its state', () => {
    const asked: EndedGap[] = []
    const bench = new GapBench(null, async (gap) => {
      asked.push(gap)
      return null
    })
    const stream = streamOf('orderbook')
    bench.books.set(stream, { exchangeTime: null, receivedAt: start })
    bench.set(stream, 'live')
    bench.set(stream, 'gapped')
    bench.set(stream, 'live')
    expect(bench.events).toMatchObject([{ action: 'resynchronised' }])
    expect(asked).toEqual([])
  })
})
