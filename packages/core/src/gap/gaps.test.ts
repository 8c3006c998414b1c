import { describe, expect, test } from 'vitest'
import { trackedOf } from '../../test/support/streams.js'
import { StreamError } from '../errors/stream-error.js'
import type { FeedMessage } from '../model/message.js'
import type { Stream } from '../model/stream.js'
import type { WholeUntil } from '../model/whole-until.js'
import {
  btc,
  eth,
  executionMessage,
  GapBench,
  orderMessage,
  pageOf,
  start,
  streamOf,
  tradeMessage,
} from './test-support.js'

const idsOf = (messages: readonly FeedMessage[]): string[] =>
  messages.flatMap((message) => {
    const mark = message.backfilled === true ? '*' : ''
    if (message.channel === 'trades') return (message.data as readonly { id: string }[]).map(({ id }) => id + mark)
    return `${(message.data as { id: string }).id}${mark}`
  })

/** A message is dropped at this moment, of a connection that has brought all that was sent by then. */
function droppedNow({ clock }: GapBench): WholeUntil {
  return { received: null, sent: clock.now() }
}

describe('a gap', () => {
  test('of trades is fetched and told once it is over, with what the stream had not told, oldest first and marked', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    const trade = (id: string, time: number) => tradeMessage(stream, [{ id, time }], time)
    bench.push(trade('1', start))
    bench.clock.advance(10)
    bench.lose(stream, 500)
    bench.push(trade('4', start + 510))
    bench.answer = () =>
      pageOf([trade('4', start + 510), trade('3', start + 300), trade('2', start + 100), trade('1', start)])
    expect(bench.events).toEqual([])
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['1', '4', '2*', '3*'])
    expect(bench.events).toEqual([
      {
        exchange: 'acme_spot',
        stream,
        channel: 'trades',
        symbol: btc,
        from: start,
        to: start + 510,
        reason: 'connection lost',
        action: 'backfilled',
        backfilled: 2,
        fault: null,
      },
    ])
    expect(bench.gaps.metrics).toMatchObject({ streamGaps: 1, lostGaps: 0, backfilledMessages: 2 })
    expect(bench.gaps.metrics.gapsByChannel.trades).toBe(1)
    expect(bench.gaps.metrics.backfilledByChannel.trades).toBe(2)
  })

  test('leaves out on the stream what was fetched before it came there', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    const trade = (...ids: string[]) =>
      tradeMessage(
        stream,
        ids.map((id) => ({ id, time: start + Number(id) })),
        start + 1,
      )
    bench.push(trade('1'))
    bench.lose(stream, 500)
    bench.answer = () => pageOf([trade('1'), trade('2'), trade('3')])
    await bench.lookBack()
    bench.push(trade('2'))
    bench.push(trade('3', '4'))
    bench.push(trade('5'))
    expect(idsOf(bench.told)).toEqual(['1', '2*', '3*', '4', '5'])
  })

  test('is none before a stream was accepted', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    bench.set(stream, 'syncing')
    bench.set(stream, 'gapped')
    bench.gaps.onAccepted([stream])
    await bench.lookBack()
    expect(bench.events).toEqual([])
  })

  test('of an account that had told nothing yet reaches back to when it was accepted', async () => {
    const bench = new GapBench()
    const stream = streamOf('executions', null)
    bench.gaps.onAccepted([stream])
    bench.clock.advance(60_000)
    bench.answer = () => pageOf([executionMessage(stream, { id: '7' }, start + 60_500)])
    bench.lose(stream, 1_000)
    await bench.lookBack()
    expect(bench.requests).toMatchObject([{ channel: 'executions', instrument: null, from: start - 1_000 }])
    expect(idsOf(bench.told)).toEqual(['7*'])
    expect(bench.events).toMatchObject([{ from: start, to: start + 61_000, action: 'backfilled', backfilled: 1 }])
  })

  test('is looked for an hour back at most, however long ago the last message was', async () => {
    const bench = new GapBench()
    const stream = streamOf('executions', null)
    bench.push(executionMessage(stream, {}, start))
    bench.clock.advance(86_400_000)
    bench.lose(stream, 1_000)
    await bench.lookBack()
    expect(bench.requests).toMatchObject([{ from: start + 86_400_000 - 3_600_000 }])
    expect(bench.events).toMatchObject([{ from: start, action: 'backfilled', fault: null }])
  })

  test('in which the endpoint does not go back to the last message is made up for in part', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    bench.push(tradeMessage(stream, [{ id: '1', time: start }], start))
    bench.lose(stream, 500)
    bench.answer = () => pageOf([tradeMessage(stream, [{ id: '9', time: start + 400 }], start + 400)])
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['1', '9*'])
    expect(bench.events).toMatchObject([
      {
        action: 'partly-backfilled',
        backfilled: 1,
        fault: 'the exchange does not go back to the last message before the gap',
      },
    ])
    expect(bench.gaps.metrics.lostGaps).toBe(1)
  })

  test('that the endpoint says it does not give whole is made up for in part', async () => {
    const bench = new GapBench()
    const stream = streamOf('executions', null)
    bench.gaps.onAccepted([stream])
    bench.answer = () => pageOf([], null, false)
    bench.lose(stream, 500)
    await bench.lookBack()
    expect(bench.events).toMatchObject([
      { action: 'partly-backfilled', backfilled: 0, fault: expect.stringContaining('too long ago') },
    ])
  })

  test('of a book is over when the book is live again', async () => {
    const bench = new GapBench()
    const stream = streamOf('orderbook')
    bench.books.set(stream, { exchangeTime: null, receivedAt: null })
    bench.set(stream, 'gapped')
    bench.set(stream, 'live')
    expect(bench.events).toEqual([])
    bench.books.set(stream, { exchangeTime: null, receivedAt: start + 3 })
    bench.clock.advance(10)
    bench.set(stream, 'gapped', 'an update is missing')
    bench.gaps.onAccepted([stream])
    bench.clock.advance(10)
    bench.set(stream, 'live')
    expect(bench.events).toMatchObject([
      {
        from: start + 3,
        to: start + 20,
        reason: 'an update is missing',
        action: 'resynchronised',
        backfilled: 0,
        fault: null,
      },
    ])
  })

  test('of quotes, tickers and candles is over with the next message', async () => {
    const bench = new GapBench()
    for (const channel of ['book_ticker', 'ticker', 'candles'] as const) {
      const stream = streamOf(channel)
      bench.set(stream, 'live')
      bench.lose(stream, 500)
      await bench.lookBack()
      expect(bench.events).toEqual([])
      bench.set(stream, 'live')
      await bench.lookBack()
      expect(bench.events.splice(0)).toMatchObject([{ channel, action: 'resynchronised', fault: null }])
    }
  })

  test.each([
    ['balances', {}],
    ['trades', null],
  ] as const)('of %s that cannot be fetched is lost', async (channel, rules) => {
    const bench = new GapBench(rules)
    const stream = streamOf(channel)
    bench.gaps.onAccepted([stream])
    bench.lose(stream, 500)
    await bench.lookBack()
    expect(bench.events).toMatchObject([
      { channel, action: 'lost', to: start + 500, backfilled: 0, fault: 'what was missed cannot be fetched' },
    ])
    expect(trackedOf(stream).memory).toBeNull()
  })

  test('that begins again within a second is one', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    bench.push(tradeMessage(stream, [{ id: '1' }], start))
    bench.lose(stream, 500)
    bench.clock.advance(900)
    bench.lose(stream, 5_000)
    await bench.lookBack()
    expect(bench.requests).toHaveLength(1)
    expect(bench.events).toMatchObject([{ from: start, to: start + 6_400 }])
  })

  test('that begins while the one before is fetched is another, and what that fetched is not fetched again', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    const trade = (id: string, time: number) => tradeMessage(stream, [{ id, time }], time)
    bench.push(trade('1', start))
    bench.lose(stream, 500)
    let answer = (): void => {}
    bench.answer = () =>
      new Promise((resolve) => {
        answer = () => resolve(pageOf([trade('1', start), trade('2', start + 200)]))
      })
    await bench.lookBack()
    bench.lose(stream, 500)
    answer()
    await bench.lookBack()
    expect(bench.events).toMatchObject([{ to: start + 500, backfilled: 1 }])
    bench.answer = () => pageOf([trade('3', start + 1_700)])
    await bench.lookBack()
    expect(bench.requests[1]?.from).toBe(start + 201)
    expect(idsOf(bench.told)).toEqual(['1', '2*', '3*'])
    expect(bench.events).toHaveLength(2)
  })

  test('of a message that was dropped is looked for at once: the subscription goes on', async () => {
    const bench = new GapBench()
    const stream = streamOf('executions', null)
    bench.push(executionMessage(stream, { id: '1' }, start))
    bench.set(stream, 'gapped', 'a message was dropped')
    bench.gaps.onLostOnce([stream], 'a message was dropped', droppedNow(bench))
    bench.answer = () => pageOf(['1', '2'].map((id) => executionMessage(stream, { id }, start)))
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['1', '2*'])
    expect(bench.events).toMatchObject([{ reason: 'a message was dropped', from: start, to: start }])
  })

  test.each([
    ['after the one before was looked for', 1],
    ['while the one before is looked for', 0],
  ])(
    'of a second message that was dropped before the stream told anything is looked for too: %s',
    async (_when, turns) => {
      const bench = new GapBench()
      const stream = streamOf('trades')
      const trade = (id: string, time: number) => tradeMessage(stream, [{ id, time }], time)
      const listed = [trade('1', start), trade('2', start + 100)]
      bench.push(trade('1', start))
      bench.set(stream, 'gapped', 'a message was dropped')
      bench.gaps.onLostOnce([stream], 'a message was dropped', droppedNow(bench))
      bench.answer = () => pageOf([...listed])
      if (turns === 0) bench.clock.advance(1_000)
      else await bench.lookBack()
      listed.push(trade('3', bench.clock.now()))
      // The state says already that something is missing: nothing of it changes.
      bench.gaps.onLostOnce([stream], 'a message was dropped', droppedNow(bench))
      for (let turn = 0; turn < 3; turn += 1) await bench.lookBack()
      expect(idsOf(bench.told)).toEqual(['1', '2*', '3*'])
      expect(bench.events.map(({ action }) => action)).toEqual(['backfilled', 'backfilled'])
    },
  )

  test('of a stream that is away goes on, whatever is lost of what was read before', () => {
    const bench = new GapBench()
    const [away, up] = [streamOf('trades'), streamOf('trades', eth)]
    for (const stream of [away, up]) bench.push(tradeMessage(stream, [{ id: '1' }], start))
    bench.set(away, 'gapped')
    expect(bench.gaps.notAway([away, up])).toEqual([up])
    bench.set(up, 'gapped')
    bench.gaps.onAccepted([up])
    expect(bench.gaps.notAway([away, up])).toEqual([up])
  })

  test('of messages that are dropped one after the other reaches to the last of them, though nothing came in between', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    const trade = (id: string, time: number) => tradeMessage(stream, [{ id, time }], time)
    const drop = (): void => bench.gaps.onLostOnce([stream], 'a message was dropped', droppedNow(bench))
    bench.push(trade('1', start))
    bench.set(stream, 'gapped', 'a message was dropped')
    drop()
    bench.clock.advance(600)
    drop()
    bench.answer = () => pageOf([trade('1', start), trade('2', start), trade('3', start + 600)])
    await bench.lookBack()
    expect(bench.events).toMatchObject([{ from: start, to: start + 600, backfilled: 2 }])
    bench.clock.advance(100)
    drop()
    bench.answer = () => pageOf([trade('4', start + 1_700)])
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['1', '2*', '3*', '4*'])
    expect(bench.events.slice(1)).toMatchObject([{ from: start, to: start + 1_700, backfilled: 1 }])
  })

  test('that is noticed when the stream has gone on already reaches back to when the stream was whole', async () => {
    const bench = new GapBench({ identity: 'content' })
    const stream = streamOf('executions', null)
    const at = (id: string, time: number) => executionMessage(stream, { id, price: id }, time)
    bench.push(at('1', start))
    bench.clock.advance(60_000)
    bench.push(at('4', start + 60_000))
    bench.gaps.onLostOnce([stream], 'both connections were away', { received: start + 10_000, sent: start + 10_000 })
    const listed = [at('1', start), at('2', start + 20_000), at('3', start + 40_000), at('4', start + 60_000)]
    bench.answer = () => pageOf(listed)
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['1', '4', '2*', '3*'])
    expect(bench.events).toMatchObject([{ from: start, to: start + 60_000, action: 'backfilled', backfilled: 2 }])
  })

  test('of which nothing can be fetched begins where the stream was whole all the same', () => {
    const bench = new GapBench(null)
    const stream = streamOf('trades')
    bench.push(tradeMessage(stream, [{ id: '1' }], start))
    bench.clock.advance(60_000)
    bench.gaps.onLostOnce([stream], 'both connections were away', { received: start + 10_000, sent: start + 10_000 })
    bench.clock.advance(1_000)
    expect(bench.events).toMatchObject([{ from: start + 10_000, to: start + 60_000, action: 'lost' }])
  })

  test.each(['ticker', 'book_ticker', 'candles'] as const)(
    'of %s, of which the present state counts, begins where the stream was whole, and ends with the next message',
    (channel) => {
      const bench = new GapBench()
      const stream = streamOf(channel)
      bench.set(stream, 'live')
      bench.clock.advance(60_000)
      bench.set(stream, 'gapped', 'its relay is gone')
      bench.gaps.onLostOnce([stream], 'its relay is gone', { received: start + 58_000, sent: start + 57_000 })
      bench.clock.advance(2_000)
      expect(bench.events).toEqual([])
      bench.set(stream, 'live')
      bench.clock.advance(1_000)
      const gap = { from: start + 57_000, to: start + 62_000, action: 'resynchronised' }
      expect(bench.events).toMatchObject([gap])
    },
  )

  test('that is longer than was thought reaches back further', async () => {
    const bench = new GapBench()
    const stream = streamOf('executions', null)
    const at = (id: string, time: number) => executionMessage(stream, { id }, time)
    bench.push(at('1', start))
    bench.clock.advance(60_000)
    bench.push(at('3', start + 60_000))
    bench.set(stream, 'gapped')
    bench.gaps.onLost([stream], 'connection lost', { received: start + 10_000, sent: start + 10_000 })
    bench.gaps.onAccepted([stream])
    bench.answer = () => pageOf([at('1', start), at('2', start + 20_000), at('3', start + 60_000)])
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['1', '3', '2*'])
    expect(bench.events).toMatchObject([{ from: start, action: 'backfilled' }])
  })

  test('that began before what is remembered of the stream is made up for in part', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    const at = (index: number) => tradeMessage(stream, [{ id: String(index), time: start + index }], start + index)
    for (let index = 0; index < 40; index += 1) bench.push(at(index))
    bench.gaps.onLostOnce([stream], 'both connections were away', { received: start + 10, sent: start + 10 })
    bench.answer = () => pageOf(Array.from({ length: 40 }, (_, index) => at(index)))
    await bench.lookBack()
    expect(bench.told).toHaveLength(40)
    expect(bench.events).toMatchObject([{ action: 'partly-backfilled', from: start + 10 }])
  })
})

describe('a gap of what was held up on its way', () => {
  const late = (stream: Stream, time: number) =>
    tradeMessage(stream, [{ id: String(time - start), time }], start + 5_000)

  test('begins when the last message before it was sent, not when that came', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    bench.clock.advance(5_000)
    for (const time of [start + 100, start + 600]) bench.push(late(stream, time))
    bench.lose(stream, 500)
    await bench.lookBack()
    expect(bench.events).toMatchObject([{ from: start + 600, to: start + 5_500 }])
  })

  test('begins when that was sent by our clock, where some message shows that the exchange’s is ahead', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    bench.push(tradeMessage(stream, [{ id: '1', time: start + 2_000 }], start))
    bench.clock.advance(5_000)
    bench.push(late(stream, start + 2_600))
    bench.lose(stream, 500)
    await bench.lookBack()
    expect(bench.events).toMatchObject([{ from: start + 600 }])
  })

  test('begins so too where more came late than is remembered, and the clock was ahead before', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    const ahead = (index: number, receivedAt: number) =>
      tradeMessage(stream, [{ id: `${index}`, time: start + 2_000 + index }], receivedAt)
    for (let index = 0; index < 32; index += 1) bench.push(ahead(index, start + index))
    bench.clock.advance(5_000)
    for (let index = 32; index < 80; index += 1) bench.push(ahead(index, start + 5_000))
    bench.lose(stream, 500)
    await bench.lookBack()
    expect(bench.events).toMatchObject([{ from: start + 79 }])
  })

  test('of a book begins when its last update was sent', () => {
    const bench = new GapBench()
    const stream = streamOf('orderbook')
    bench.books.set(stream, { exchangeTime: start + 600, receivedAt: start + 5_000 })
    bench.set(stream, 'live')
    bench.clock.advance(5_000)
    bench.set(stream, 'gapped')
    bench.set(stream, 'live')
    expect(bench.events).toMatchObject([{ from: start + 600, to: start + 5_000 }])
  })

  test('of which nothing is remembered begins when the connection had surely brought all', () => {
    const bench = new GapBench(null)
    const stream = streamOf('trades')
    bench.gaps.onAccepted([stream])
    bench.clock.advance(5_000)
    bench.set(stream, 'gapped')
    bench.gaps.onLost([stream], 'connection lost', { received: start + 5_000, sent: start + 400 })
    bench.gaps.onAccepted([stream])
    bench.clock.advance(1_000)
    expect(bench.events).toMatchObject([{ from: start + 400, to: start + 5_000, action: 'lost' }])
  })

  test('of which nothing is remembered begins an hour before it was noticed at the earliest', () => {
    const bench = new GapBench(null)
    const stream = streamOf('trades')
    bench.gaps.onAccepted([stream])
    bench.clock.advance(7_200_000)
    bench.gaps.onLostOnce([stream], 'a message was dropped', { received: null, sent: start })
    bench.clock.advance(1_000)
    expect(bench.events).toMatchObject([{ from: start + 3_600_000 }])
  })
})

describe('what cannot be fetched', () => {
  async function failing(fail: () => never | Promise<never>) {
    const bench = new GapBench()
    const stream = streamOf('trades')
    bench.push(tradeMessage(stream, [{ id: '1' }], start))
    bench.lose(stream, 500)
    bench.answer = fail
    await bench.lookBack()
    return { bench, stream }
  }

  test('is asked for four times, and then lost', async () => {
    const { bench } = await failing(() => {
      throw new StreamError('ERR_CONNECTION_TIMEOUT', 'No answer came.')
    })
    for (let turn = 0; turn < 10; turn += 1) await bench.lookBack()
    expect(bench.requests).toHaveLength(4)
    expect(bench.events).toMatchObject([
      { action: 'lost', fault: 'No answer came. (ERR_CONNECTION_TIMEOUT)', backfilled: 0 },
    ])
  })

  test('is lost at once where asking again cannot help', async () => {
    const { bench } = await failing(() => {
      throw new StreamError('ERR_AUTHENTICATION_FAILED', 'Not you.')
    })
    expect(bench.requests).toHaveLength(1)
    expect(bench.events).toMatchObject([{ action: 'lost', fault: 'Not you. (ERR_AUTHENTICATION_FAILED)' }])
  })

  test('for want of a signature is asked for again: a vault may be back', async () => {
    const { bench } = await failing(() => {
      throw new StreamError('ERR_AUTHENTICATION_FAILED', 'Not signed.', { cause: new Error('sealed') })
    })
    bench.answer = () => pageOf([tradeMessage(streamOf('trades'), [{ id: '1' }], start)])
    await bench.lookBack()
    expect(bench.requests).toHaveLength(2)
    expect(bench.events).toMatchObject([{ action: 'backfilled', fault: null }])
  })

  test('is lost after two minutes of too many requests', async () => {
    const { bench } = await failing(() => {
      throw new StreamError('ERR_RATE_LIMITED', 'Too many.', { retryAfterMs: 50_000 })
    })
    for (let turn = 0; turn < 130; turn += 1) await bench.lookBack()
    expect(bench.events).toMatchObject([{ action: 'lost' }])
    bench.gaps.close()
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test.each([
    ['never settles', () => new Promise<never>(() => {})],
    ['fails by a mistake', () => ({}) as { x: { y: never } }['x']['y'] & never],
  ])('because the adapter %s is lost too', async (_what, fail) => {
    const { bench } = await failing(fail)
    for (let turn = 0; turn < 130; turn += 1) await bench.lookBack()
    expect(bench.events).toMatchObject([{ action: 'lost' }])
  })

  test('after the first page is made up for in part', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    bench.push(tradeMessage(stream, [{ id: '1' }], start))
    bench.lose(stream, 500)
    bench.answer = (_request, cursor) => {
      if (cursor !== null) throw new StreamError('ERR_REST_FAILED', 'Gone.')
      return pageOf([tradeMessage(stream, [{ id: '2', time: start + 1 }], start + 1)], 'more')
    }
    for (let turn = 0; turn < 10; turn += 1) await bench.lookBack()
    expect(bench.events).toMatchObject([
      { action: 'partly-backfilled', backfilled: 1, fault: 'Gone. (ERR_REST_FAILED)' },
    ])
  })

  test('because there are pages without end is made up for in part', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    bench.push(tradeMessage(stream, [{ id: '1' }], start))
    bench.lose(stream, 500)
    bench.answer = () => pageOf([tradeMessage(stream, [{ id: '1' }], start)], 'more')
    for (let turn = 0; turn < 30; turn += 1) await bench.lookBack()
    expect(bench.requests).toHaveLength(100)
    expect(bench.events).toMatchObject([{ action: 'partly-backfilled', fault: 'more was missed than is fetched' }])
  })
})

describe('an end before it was made up for', () => {
  test('by closing is told as lost, without an end where there was none', async () => {
    const bench = new GapBench()
    const [open, over] = [streamOf('trades'), streamOf('trades', eth)]
    bench.gaps.onAccepted([open, over])
    bench.set(open, 'gapped')
    bench.lose(over, 500)
    bench.gaps.close()
    bench.set(open, 'gapped', 'closed')
    await bench.lookBack()
    expect(bench.events).toMatchObject([
      { stream: open, action: 'lost', to: null, fault: 'closed before it was made up for' },
      { stream: over, action: 'lost', to: start + 500 },
    ])
    expect(bench.requests).toEqual([])
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test('by unsubscribing ends the deliveries too', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    bench.gaps.onAccepted([stream])
    bench.lose(stream, 500)
    bench.answer = () =>
      pageOf([1, 2, 3].map((id) => tradeMessage(stream, [{ id: String(id), time: start + id }], start)))
    bench.handle = () => bench.gaps.abandon([stream], 'not subscribed any more')
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['1*'])
    expect(bench.events).toMatchObject([{ action: 'partly-backfilled', backfilled: 1 }])
    expect(trackedOf(stream).memory).toBeNull()
  })
})

describe('a handler that never comes back from what is fetched', () => {
  test('keeps nothing waiting once it is closed', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    bench.gaps.onAccepted([stream])
    bench.lose(stream, 500)
    bench.answer = () => pageOf([1, 2].map((id) => tradeMessage(stream, [{ id: String(id), time: start + id }], start)))
    bench.handle = () => new Promise(() => {})
    await bench.lookBack()
    bench.gaps.close()
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['1*'])
    expect(bench.errors).toEqual([])
    expect(bench.events).toMatchObject([{ action: 'partly-backfilled', backfilled: 1 }])
    expect(bench.clock.pendingTimers).toBe(0)
  })
})

describe('what is fetched', () => {
  test('waits for the handler, message by message, and survives what it throws', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    bench.gaps.onAccepted([stream])
    bench.lose(stream, 500)
    bench.answer = () =>
      pageOf([1, 2, 3].map((id) => tradeMessage(stream, [{ id: String(id), time: start + id }], start)))
    let go = (): void => {}
    const ends: readonly (() => unknown)[] = [
      () =>
        new Promise<void>((resolve) => {
          go = resolve
        }),
      () => {
        throw new Error('broken')
      },
      () => new Promise(() => {}),
    ]
    bench.handle = () => ends[bench.told.length - 1]?.()
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['1*'])
    go()
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['1*', '2*', '3*'])
    bench.clock.advance(5_000)
    await bench.lookBack()
    expect(bench.errors.map(({ code }) => code)).toEqual(['ERR_HANDLER_FAILED', 'ERR_HANDLER_TIMEOUT'])
    expect(bench.events).toMatchObject([{ action: 'backfilled', backfilled: 3 }])
  })

  test('and waits for a slow handler is told by the stream where that brings it first', async () => {
    const bench = new GapBench()
    const stream = streamOf('trades')
    const trade = (id: number) => tradeMessage(stream, [{ id: String(id), time: start + id }], start + id)
    bench.gaps.onAccepted([stream])
    bench.lose(stream, 500)
    bench.answer = () => pageOf([1, 2, 3].map(trade))
    let go = (): void => {}
    const busy = new Promise<void>((resolve) => {
      go = resolve
    })
    bench.handle = () => busy
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['1*'])
    bench.push(trade(3))
    bench.push(trade(1))
    expect(idsOf(bench.told)).toEqual(['1*', '3'])
    go()
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['1*', '3', '2*'])
    expect(bench.events).toMatchObject([{ action: 'backfilled', backfilled: 2 }])
  })

  test('of instruments that the user does not want is left out', async () => {
    const bench = new GapBench()
    const stream = streamOf('executions', null)
    trackedOf(stream).named = new Map([['executions', new Set([eth])]])
    trackedOf(stream).muted = 0xffff
    bench.gaps.onAccepted([stream])
    bench.lose(stream, 500)
    bench.answer = () =>
      pageOf([executionMessage(stream, { id: '1' }, start), executionMessage(stream, { id: '2' }, start, eth)])
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['2*'])
  })

  test('of an account that is asked instrument by instrument is of those named', async () => {
    const bench = new GapBench({ isPerInstrument: true })
    const stream = streamOf('executions', null)
    trackedOf(stream).named = new Map([['executions', new Set([btc, eth])]])
    bench.gaps.onAccepted([stream])
    bench.lose(stream, 500)
    await bench.lookBack()
    expect(bench.requests.map(({ instrument }) => instrument)).toEqual([btc, eth])
    expect(bench.events).toMatchObject([{ action: 'backfilled', fault: null }])
  })

  test('… and of those its streams have brought, where none was named: that others were missed cannot be excluded', async () => {
    const bench = new GapBench({ isPerInstrument: true })
    const [executions, orders] = [streamOf('executions', null), streamOf('orders', null)]
    bench.push(orderMessage(orders, {}, start))
    bench.gaps.onAccepted([executions])
    bench.lose(executions, 500)
    await bench.lookBack()
    expect(bench.requests.map(({ instrument }) => instrument)).toEqual([btc])
    expect(bench.events).toMatchObject([
      { action: 'partly-backfilled', fault: expect.stringContaining('named or seen') },
    ])
  })

  test('of an account of which no instrument is known is nothing', async () => {
    const bench = new GapBench({ isPerInstrument: true })
    const stream = streamOf('orders', null)
    bench.gaps.onAccepted([stream])
    bench.lose(stream, 500)
    await bench.lookBack()
    expect(bench.requests).toEqual([])
    expect(bench.events).toMatchObject([{ action: 'lost', fault: expect.stringContaining('no instrument') }])
  })

  test('of orders is the latest state of those that changed', async () => {
    const bench = new GapBench()
    const stream = streamOf('orders', null)
    const order = (id: string, parts: object, time: number) =>
      orderMessage(stream, { id, createdAt: start - 9, ...parts }, time)
    bench.push(order('unchanged', {}, start))
    bench.push(order('filled', {}, start))
    bench.push(order('ahead', {}, start))
    bench.lose(stream, 5_000)
    bench.push(order('ahead', { status: 'partially_filled', filledSize: '6' }, start + 5_000))
    bench.answer = () =>
      pageOf([
        order('unchanged', { price: '1.0' }, start),
        order('filled', { status: 'filled', filledSize: '10' }, start + 2_000),
        order('ahead', { status: 'partially_filled', filledSize: '3' }, start + 3_000),
        order('new', {}, start + 4_000),
        order('ended long ago', { status: 'cancelled' }, start - 5_000),
      ])
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['unchanged', 'filled', 'ahead', 'ahead', 'filled*', 'new*'])
    bench.push(order('new', {}, start + 4_000))
    bench.push(order('new', { status: 'cancelled' }, start + 7_000))
    expect(idsOf(bench.told).slice(6)).toEqual(['new'])
  })
})

describe('a stream of trades that fell silent', () => {
  const minute = 60_000

  /** A bench whose stream told a trade, and has been quiet since; REST has these. */
  function silent(...times: readonly number[]) {
    const bench = new GapBench()
    const stream = streamOf('trades')
    const trade = (time: number) => tradeMessage(stream, [{ id: `${time - start}`, time }], time)
    bench.push(trade(start))
    bench.answer = () => pageOf(times.map(trade))
    return { bench, stream, trade }
  }

  test('was left behind where REST has a trade that is newer by more than three seconds', async () => {
    const { bench, stream } = silent(start + 3_001, start)
    expect(await bench.gaps.lookOver(stream)).toBe('behind')
    expect(bench.requests).toEqual([
      { stream, channel: 'trades', instrument: btc, from: start, to: bench.clock.wallTime() + minute },
    ])
  })

  test('is even with REST where that has its last trade and nothing newer to speak of', async () => {
    const { bench, stream } = silent(start + 3_000, start)
    expect(await bench.gaps.lookOver(stream)).toBe('even')
  })

  test('is not known to be anything where REST lacks its last trade, is not whole, or breaks', async () => {
    const { bench, stream, trade } = silent()
    expect(await bench.gaps.lookOver(stream)).toBe('unknown')
    bench.answer = () => pageOf([trade(start)], null, false)
    expect(await bench.gaps.lookOver(stream)).toBe('unknown')
    for (const code of ['ERR_REST_FAILED', 'ERR_AUTHENTICATION_FAILED'] as const) {
      bench.answer = () => Promise.reject(new StreamError(code, 'No.'))
      expect(await bench.gaps.lookOver(stream)).toBe('unknown')
    }
    bench.answer = () => ({}) as never
    expect(await bench.gaps.lookOver(stream)).toBe('unknown')
    expect([bench.requests.length, bench.errors]).toEqual([5, []])
  })

  test.each(['never answers', 'is at its limit'])(
    'is not known to be anything after ten seconds of a REST API that %s',
    async (how) => {
      const { bench, stream } = silent()
      bench.answer = () =>
        how === 'never answers' ? new Promise(() => {}) : Promise.reject(new StreamError('ERR_RATE_LIMITED', 'Slower.'))
      const looked = bench.gaps.lookOver(stream)
      for (let second = 0; second < 10; second += 1) await bench.lookBack()
      expect(await looked).toBe('unknown')
      bench.gaps.close()
      expect(bench.clock.pendingTimers).toBe(0)
    },
  )

  test('is looked for in the pages that follow, but not in all of many', async () => {
    const { bench, stream, trade } = silent()
    bench.answer = (_request, cursor) =>
      pageOf(cursor === '2' ? [trade(start + minute)] : [], cursor === null ? '2' : null)
    expect(await bench.gaps.lookOver(stream)).toBe('behind')
    bench.requests.length = 0
    bench.answer = () => pageOf([trade(start)], 'more')
    expect([await bench.gaps.lookOver(stream), bench.requests.length]).toEqual(['unknown', 4])
  })

  test('is held to what was fetched, where that is newer than what it told', async () => {
    const { bench, stream } = silent(start, start + minute)
    bench.lose(stream, 2 * minute)
    await bench.lookBack()
    expect(idsOf(bench.told)).toEqual(['0', '60000*'])
    expect(await bench.gaps.lookOver(stream)).toBe('even')
  })

  test('is not looked at where nothing can be fetched, or it is not trades that it brings', async () => {
    const bench = new GapBench(null)
    const stream = streamOf('trades')
    bench.push(tradeMessage(stream, [{ id: '1' }], start))
    expect(await bench.gaps.lookOver(stream)).toBe('unknown')
    const account = new GapBench()
    const executions = streamOf('executions', null)
    account.push(executionMessage(executions, {}, start))
    expect([await account.gaps.lookOver(executions), account.requests]).toEqual(['unknown', []])
  })

  test('and came back missed what happened since it was last heard before, however long ago, and whatever came since', async () => {
    const { bench, stream, trade } = silent()
    bench.clock.advance(3 * 60 * minute)
    const now = bench.clock.wallTime()
    bench.gaps.doubt(stream)
    // More than are remembered otherwise.
    const back = Array.from({ length: 40 }, (_, index) => trade(now + index))
    for (const message of back) bench.push(message)
    bench.set(stream, 'gapped', 'it came back')
    bench.set(stream, 'live', 'delivering')
    bench.answer = () => pageOf([trade(start), trade(start + minute), ...back])
    await bench.lookBack()
    expect(bench.requests[0]?.from).toBe(start)
    expect(bench.events).toMatchObject([{ from: start, action: 'backfilled', backfilled: 1 }])
    expect(idsOf(bench.told)).toEqual(['0', ...back.map(({ receivedAt }) => `${receivedAt - start}`), '60000*'])
  })

  test('and is not doubted any more misses nothing by that, and keeps nothing', async () => {
    const { bench, stream, trade } = silent()
    bench.gaps.doubt(stream)
    bench.gaps.doubt(stream)
    bench.gaps.doubtNoMore(stream)
    bench.clock.advance(minute)
    bench.push(trade(start + minute))
    bench.lose(stream, 10)
    await bench.lookBack()
    expect(bench.events).toMatchObject([{ from: start + minute }])
    expect(bench.requests[0]?.from).toBe(start + minute - 1_000)
  })
})
