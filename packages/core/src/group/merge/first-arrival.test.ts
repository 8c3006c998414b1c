import { describe, expect, test } from 'vitest'
import { streamOf, trackedOf } from '../../../test/support/streams.js'
import { tradingPair } from '../../model/instrument.js'
import type { FeedMessage } from '../../model/message.js'
import { MessageType } from '../../model/message-type.js'
import type { Stream } from '../../model/stream.js'
import { type adjacentRanges, type BookRules, orderOfArrival, overlappingRanges } from '../../strategy/book-rules.js'
import { bookOn, messageOn, TestLanes } from './test-lanes.js'

const streamRules = (continuity: typeof adjacentRanges | typeof orderOfArrival): BookRules => ({
  source: 'stream',
  depth: null,
  continuity,
  snapshotTimeoutMs: 1_000,
  audit: null,
})

const idsOf = (messages: readonly FeedMessage[]): unknown[] => messages.map(({ sequence }) => sequence)

describe('the changes of a book, by first arrival', () => {
  function book(status: 'live' | 'gapped' = 'live', rules = streamRules(overlappingRanges)) {
    const stream = streamOf('books', { channels: ['orderbook'] })
    trackedOf(stream).status = status
    const lanes = new TestLanes(rules)
    const change = (first: number, last = first): FeedMessage => bookOn(stream, first, last)
    return { stream, lanes, change, snapshot: (id: number): FeedMessage => bookOn(stream, 0, id, 'snapshot') }
  }

  test('go on with whichever lane brings what follows', () => {
    const { lanes, change } = book()
    lanes.bring(0, change(1), change(2))
    lanes.bring(1, change(1), change(2, 4))
    lanes.bring(0, change(3), change(4), change(5))
    expect(idsOf(lanes.delivered)).toEqual([1, 2, 4, 5])
  })

  test('wait where one is missing for the other lane to bring it, and then go on in order', () => {
    const { lanes, change } = book()
    lanes.bring(0, change(1), change(3), change(4))
    expect(idsOf(lanes.delivered)).toEqual([1])
    expect(idsOf(lanes.bring(1, change(1), change(2)))).toEqual([2, 3, 4])
  })

  test('go on as they are where the other lane does not have it either', () => {
    const { lanes, change } = book()
    lanes.bring(0, change(1), change(3))
    expect(idsOf(lanes.bring(1, change(1), change(3)))).toEqual([3])
    expect(idsOf(lanes.bring(1, change(4)))).toEqual([4])
  })

  test('do not wait for a lane that is away', () => {
    const { lanes, change } = book()
    lanes.cut(1)
    expect(idsOf(lanes.bring(0, change(1), change(3)))).toEqual([1, 3])
  })

  test('wait no longer once the other lane is cut', () => {
    const { lanes, change } = book()
    lanes.bring(0, change(1), change(3))
    lanes.cut(1)
    expect(idsOf(lanes.delivered)).toEqual([1, 3])
  })

  test('wait no longer than a second, and leave no timer', () => {
    const { lanes, change } = book()
    lanes.bring(0, change(1), change(3), change(4))
    lanes.clock.advance(999)
    expect(idsOf(lanes.delivered)).toEqual([1])
    lanes.clock.advance(1)
    expect([idsOf(lanes.delivered), lanes.clock.pendingTimers]).toEqual([[1, 3, 4], 0])
  })

  test('that waited say nothing of how things stand once no lane brings the book any more', () => {
    const { lanes, change } = book()
    lanes.bring(0, change(1), change(3))
    lanes.cut(1)
    expect(idsOf(lanes.late)).toEqual([])
    lanes.comeBack(1)
    lanes.bring(1, change(5))
    for (const lane of [0, 1] as const) lanes.isUp[lane] = false
    lanes.clock.advance(1_000)
    expect([idsOf(lanes.delivered), idsOf(lanes.late)]).toEqual([[1, 3, 5], [5]])
  })

  test('that waited are each delivered whatever the handler does with the one before', () => {
    const { lanes, change } = book()
    lanes.onDeliver = () => {
      throw new Error('of the user')
    }
    expect(() => lanes.bring(0, change(1))).toThrow('of the user')
    lanes.bring(0, change(3), change(4))
    lanes.clock.advance(1_000)
    expect([idsOf(lanes.delivered), lanes.failures.length]).toEqual([[1, 3, 4], 2])
  })

  test('wait in bounded number', () => {
    const { lanes, change } = book()
    lanes.bring(0, change(1))
    for (let id = 3; id < 400; id += 1) lanes.bring(0, change(id))
    expect(lanes.delivered.length).toBeGreaterThan(100)
  })

  test('are not set back by all of the book, which a lane that is back begins with', () => {
    const { lanes, change, snapshot } = book()
    lanes.bring(0, change(1), change(2), change(3))
    lanes.cut(1)
    lanes.comeBack(1)
    expect(idsOf(lanes.bring(1, snapshot(2), change(3), change(4)))).toEqual([4])
  })

  test('follow on to all of the book where that is newer', () => {
    const { lanes, change, snapshot } = book()
    lanes.bring(0, change(1), change(2))
    expect(idsOf(lanes.bring(1, snapshot(4)))).toEqual([4])
    expect(idsOf(lanes.bring(0, change(3), change(4), change(5)))).toEqual([5])
  })

  test('let a book that is lost have all of it, however old', () => {
    const { stream, lanes, change, snapshot } = book()
    lanes.bring(0, change(8), change(9))
    trackedOf(stream).status = 'gapped'
    lanes.merge.begin(1, [stream])
    expect(idsOf(lanes.bring(1, snapshot(5), change(6)))).toEqual([5, 6])
  })

  test('of a lane whose ids start over are delivered, and those of the other not until it follows', () => {
    const { lanes, change } = book()
    lanes.bring(0, change(98), change(99), change(100))
    lanes.bring(1, change(98), change(99))
    expect(idsOf(lanes.bring(0, change(1), change(2)))).toEqual([1, 2])
    expect(idsOf(lanes.bring(1, change(100), change(101)))).toEqual([])
    expect(idsOf(lanes.bring(1, change(1), change(2), change(3)))).toEqual([3])
    expect(idsOf(lanes.bring(0, change(3), change(4)))).toEqual([4])
  })

  test('go on by both lanes after one that came late on its own lane', () => {
    const { lanes, change } = book()
    lanes.bring(0, change(1), change(2), change(3))
    lanes.bring(0, change(2), change(4))
    lanes.bring(1, change(1), change(2), change(3), change(4), change(5))
    expect(idsOf(lanes.delivered)).toEqual([1, 2, 3, 2, 4, 5])
  })

  test('may have any ids once both lanes were away', () => {
    const { lanes, change } = book()
    lanes.bring(0, change(100))
    lanes.cut(0)
    lanes.cut(1)
    lanes.merge.startOver()
    lanes.comeBack(0)
    expect(idsOf(lanes.bring(0, change(1), change(2)))).toEqual([1, 2])
  })

  test('that nothing numbers come from one lane, until that is gone', () => {
    const { stream, lanes } = book('live', streamRules(orderOfArrival))
    const change = (price: number): FeedMessage =>
      messageOn(stream, null, { kind: 'delta', bids: [price, 1], asks: [] })
    lanes.bring(0, change(1), change(1))
    lanes.bring(1, change(1), change(2))
    lanes.cut(0)
    lanes.bring(1, change(3))
    expect(lanes.delivered).toEqual([change(1), change(1), change(3)])
    expect(lanes.merge.isLedByOne(stream)).toBe(true)
  })

  test('that nothing numbers come from the lane on which the snapshot was asked for anew, whatever the other brings before it', () => {
    const { stream, lanes } = book('live', streamRules(orderOfArrival))
    const push = (kind: 'snapshot' | 'delta', price: number): FeedMessage =>
      messageOn(stream, null, { kind, bids: [price, 1], asks: [] })
    lanes.bring(0, push('delta', 1))
    lanes.merge.lead(1, [stream])
    expect(lanes.bring(0, push('delta', 2))).toEqual([])
    expect(lanes.bring(1, push('snapshot', 2), push('delta', 3))).toHaveLength(2)
    lanes.cut(1)
    expect(lanes.bring(0, push('delta', 4))).toHaveLength(1)
  })
})

describe('quotes by first arrival', () => {
  const quotes = streamOf('quotes', { channels: ['book_ticker'] })
  const quote = (id: number): FeedMessage => messageOn(quotes, id, {})

  test('are those of the lane whose ids start over, until the other follows', () => {
    const lanes = new TestLanes()
    lanes.bring(0, quote(98), quote(99))
    lanes.bring(1, quote(98), quote(99))
    expect(idsOf(lanes.bring(0, quote(1), quote(2)))).toEqual([1, 2])
    expect(idsOf(lanes.bring(1, quote(100)))).toEqual([])
    expect(idsOf(lanes.bring(1, quote(1), quote(2), quote(3)))).toEqual([3])
    expect(idsOf(lanes.bring(0, quote(3), quote(4)))).toEqual([4])
  })

  test('are those of both again after one that came late', () => {
    const lanes = new TestLanes()
    lanes.bring(0, quote(1), quote(2), quote(1), quote(3))
    expect(idsOf(lanes.bring(1, quote(3), quote(4)))).toEqual([4])
  })

  test('are those of the other once the one whose ids started over is gone', () => {
    const lanes = new TestLanes()
    lanes.bring(0, quote(99), quote(1))
    lanes.cut(0)
    expect(idsOf(lanes.bring(1, quote(100)))).toEqual([100])
  })
})

describe('what has no number, by first arrival', () => {
  const tickers = streamOf('tickers', { channels: ['ticker'], instrument: null })
  const btc = tradingPair('BTC', 'USDT')
  const eth = tradingPair('ETH', 'USDT')
  const ticker = (last: number, receivedAt = 0, symbol = btc): FeedMessage =>
    messageOn(tickers, null, { last }, { symbol, receivedAt })

  test('is kept apart by instrument, stream and type', () => {
    const lanes = new TestLanes()
    const other = streamOf('other', { channels: ['ticker'], instrument: null })
    const quote = { type: MessageType.BookTicker, channel: 'book_ticker' }
    const all = [
      ticker(1),
      ticker(1, 0, eth),
      messageOn(other, null, { last: 1 }, { symbol: btc }),
      messageOn(tickers, null, { last: 1 }, { symbol: btc, ...quote }),
    ]
    lanes.bring(0, ...all)
    lanes.bring(1, ...all)
    expect(lanes.delivered).toEqual(all)
  })

  test('is not expected any more from a lane that brought what came five seconds later', () => {
    const lanes = new TestLanes()
    lanes.bring(0, ticker(1, 0), ticker(2, 6_000))
    // It never saw the first, as a lane that began in between.
    lanes.bring(1, ticker(2, 6_001))
    expect(lanes.bring(1, ticker(1, 7_000))).toHaveLength(1)
  })

  test('is expected from a lane from when it comes back, and not what was before', () => {
    const lanes = new TestLanes()
    lanes.bring(0, ticker(1))
    lanes.cut(1)
    lanes.bring(0, ticker(2))
    lanes.comeBack(1)
    lanes.bring(0, ticker(3))
    expect(lanes.bring(1, ticker(3))).toEqual([])
    expect(lanes.bring(1, ticker(2), ticker(1))).toHaveLength(2)
  })

  test('is left out of a lane that is further behind than is remembered, until it begins anew, and that is said', () => {
    const lanes = new TestLanes()
    for (let last = 0; last < 600; last += 1) lanes.bring(0, ticker(last))
    expect(lanes.behind).toEqual([1])
    expect(lanes.bring(1, ticker(0), ticker(599))).toEqual([])
    lanes.cut(1)
    lanes.comeBack(1)
    expect(lanes.bring(1, ticker(600))).toHaveLength(1)
    expect(lanes.bring(0, ticker(600))).toEqual([])
  })

  test('is remembered in bounded number over all instruments', () => {
    const lanes = new TestLanes()
    const symbols = Array.from({ length: 300 }, (_, index) => tradingPair(`C${index}`, 'USDT'))
    for (let last = 0; last < 300; last += 1) for (const symbol of symbols) lanes.bring(0, ticker(last, 0, symbol))
    expect(lanes.behind.length).toBeGreaterThan(0)
    expect(lanes.delivered).toHaveLength(90_000)
  })

  test('gives what of several trades is news, and all else of their message', () => {
    const lanes = new TestLanes()
    const trades = streamOf('trades')
    const trade = (id: string): object => ({ id, price: 1, size: 1, side: 'buy', time: 1 })
    const batch = (...ids: string[]): FeedMessage => messageOn(trades, null, ids.map(trade), { exchangeTime: 5 })
    lanes.bring(0, batch('1', '2'))
    expect(lanes.bring(1, batch('2', '3'), batch('1'))).toEqual([batch('3')])
  })

  test('is forgotten with its stream', () => {
    const lanes = new TestLanes()
    const message = ticker(1)
    lanes.bring(0, message)
    lanes.merge.forget([tickers])
    expect(lanes.bring(1, message)).toHaveLength(1)
  })
})

test('who was first is counted, and by how much', () => {
  const lanes = new TestLanes()
  const stream: Stream = streamOf('quotes', { channels: ['book_ticker'] })
  const quote = (id: number, receivedAt: number): FeedMessage => messageOn(stream, id, {}, { receivedAt })
  lanes.bring(0, quote(1, 10), quote(2, 20))
  lanes.bring(1, quote(1, 14), quote(2, 24), quote(3, 30))
  lanes.bring(0, quote(3, 32))
  expect(lanes.arrivals.map((one) => one.metrics())).toMatchObject([
    { first: 2, second: 1, firstShare: 2 / 3 },
    { first: 1, second: 2, firstShare: 1 / 3 },
  ])
  expect(lanes.arrivals[0].metrics().maxLeadMs).toBeCloseTo(4, 1)
  expect(lanes.arrivals[1].metrics().maxLeadMs).toBeCloseTo(2, 1)
})
