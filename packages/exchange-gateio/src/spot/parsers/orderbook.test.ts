import { MessageType } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { btcUsdt, parseAs, parseOne, push, receivedAt, results, streamOf } from '../../../test/support/frames.js'

describe('spot.order_book_update', () => {
  it('is a delta with its range of ids', () => {
    expect(parseOne(push('spot.order_book_update', results.orderBookUpdate))).toEqual({
      type: MessageType.Orderbook,
      stream: streamOf('spot.order_book_update:BTC_USDT:100ms'),
      symbol: btcUsdt,
      channel: 'orderbook',
      data: {
        kind: 'delta',
        bids: [90012.4, 0.5, 89990, 0],
        asks: [90012.5, 0.09],
        firstSequence: 61_000_457,
        lastSequence: 61_000_460,
        checksum: null,
        digits: null,
      },
      exchangeTime: 1_767_225_600_205,
      receivedAt,
      sequence: 61_000_460,
      raw: null,
    })
  })

  it('is a snapshot when the server pushes the whole book', () => {
    const { U: _, ...full } = { ...results.orderBookUpdate, full: true }
    const message = parseAs(MessageType.Orderbook, push('spot.order_book_update', full))
    expect(message.data).toMatchObject({ kind: 'snapshot', firstSequence: null, lastSequence: 61_000_460 })
  })

  it('may change nothing', () => {
    const empty = { ...results.orderBookUpdate, b: [], a: null }
    expect(parseAs(MessageType.Orderbook, push('spot.order_book_update', empty)).data).toMatchObject({
      bids: [],
      asks: [],
    })
  })

  it('reads a time in microseconds, with its fraction', () => {
    const micro = { ...results.orderBookUpdate, t: 1_767_225_600_205_123 }
    expect(parseOne(push('spot.order_book_update', micro)).exchangeTime).toBe(1_767_225_600_205.123)
  })

  it('takes a JSON number 0 as a removed level', () => {
    const removal = { ...results.orderBookUpdate, b: [[90012.4, 0]], a: [] }
    expect(parseAs(MessageType.Orderbook, push('spot.order_book_update', removal)).data.bids).toEqual([90012.4, 0])
  })

  it.each([
    ['U', undefined],
    ['u', undefined],
    ['u', 1.5],
    ['u', 2 ** 60],
    ['s', null],
    ['b', {}],
    ['b', [['1']]],
    ['b', [['1', 'x']]],
    ['a', [{ p: '1', s: '2' }]],
  ])('with %s %j is an ERROR', (field, value) => {
    const message = parseOne(push('spot.order_book_update', { ...results.orderBookUpdate, [field]: value }))
    expect(message).toMatchObject({ type: MessageType.Error, data: { code: 'ERR_MALFORMED_FRAME', failure: null } })
  })

  it('names its stream where it is broken, so that no other is doubted', () => {
    const message = parseOne(push('spot.order_book_update', { ...results.orderBookUpdate, b: {} }))
    expect(message).toMatchObject({ stream: streamOf('spot.order_book_update:BTC_USDT:100ms'), symbol: btcUsdt })
  })

  it.each([
    ['l', 100],
    ['e', 'depthSnapshot'],
    ['E', 'now'],
  ])('minds no %s %j, which nobody reads', (field, value) => {
    const message = push('spot.order_book_update', { ...results.orderBookUpdate, [field]: value })
    expect(parseOne(message).type).toBe(MessageType.Orderbook)
  })
})

describe('spot.obu', () => {
  it('is a snapshot when full, named by its stream', () => {
    const full = { t: 1_767_225_600_131, full: true, s: 'ob.BTC_USDT.50', u: 81_200_450_010, b: [['1', '2']], a: [] }
    expect(parseOne(push('spot.obu', full))).toMatchObject({
      stream: streamOf('spot.obu:BTC_USDT:50'),
      symbol: btcUsdt,
      channel: 'orderbook',
      data: { kind: 'snapshot', bids: [1, 2], asks: [], firstSequence: null, lastSequence: 81_200_450_010 },
    })
  })

  it('is a delta otherwise, where a missing side did not change', () => {
    expect(parseAs(MessageType.Orderbook, push('spot.obu', results.obu)).data).toEqual({
      kind: 'delta',
      bids: [90012.4, 0],
      asks: [],
      firstSequence: 81_200_450_011,
      lastSequence: 81_200_450_014,
      checksum: null,
      digits: null,
    })
  })

  it('may carry ids only', () => {
    const { b: _, ...idsOnly } = results.obu
    expect(parseAs(MessageType.Orderbook, push('spot.obu', idsOnly)).data).toMatchObject({
      bids: [],
      lastSequence: 81_200_450_014,
    })
  })

  it('is read without an event, as the documentation shows it', () => {
    expect(parseOne({ channel: 'spot.obu', result: results.obu })).toMatchObject({
      type: MessageType.Orderbook,
      exchangeTime: 1_767_225_600_160,
    })
  })

  it.each(['BTC_USDT', 'ob.BTC_USDT', 'ob..50', ''])('with the stream name %j is an ERROR', (s) => {
    expect(parseOne(push('spot.obu', { ...results.obu, s })).type).toBe(MessageType.Error)
  })
})

describe('spot.order_book', () => {
  it('is a whole snapshot', () => {
    expect(parseOne(push('spot.order_book', results.orderBook))).toMatchObject({
      stream: streamOf('spot.order_book:BTC_USDT'),
      symbol: btcUsdt,
      channel: 'orderbook',
      data: {
        kind: 'snapshot',
        bids: [90012.4, 0.5, 90012.3, 1.1],
        asks: [90012.5, 0.09, 90013, 2],
        firstSequence: null,
        lastSequence: 61_000_460,
      },
      exchangeTime: 1_767_225_600_221,
      sequence: 61_000_460,
    })
  })

  it('is an ERROR without one of its sides', () => {
    const { asks: _, ...half } = results.orderBook
    expect(parseOne(push('spot.order_book', half))).toMatchObject({
      type: MessageType.Error,
      data: { message: 'spot.order_book: result.asks is missing.' },
    })
  })
})
