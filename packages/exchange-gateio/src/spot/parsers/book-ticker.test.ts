import { MessageType } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { btcUsdt, parseAs, parseOne, push, receivedAt, results, streamOf } from '../../../test/support/frames.js'

describe('spot.book_ticker', () => {
  it('is the touch of the book', () => {
    expect(parseOne(push('spot.book_ticker', results.bookTicker))).toEqual({
      type: MessageType.BookTicker,
      stream: streamOf('spot.book_ticker:BTC_USDT'),
      symbol: btcUsdt,
      channel: 'book_ticker',
      data: { bidPrice: 90012.4, bidSize: 0.6, askPrice: 90012.5, askSize: 0.09 },
      exchangeTime: 1_767_225_600_353,
      receivedAt,
      sequence: 61_000_456,
      raw: null,
    })
  })

  it('has nulls for an empty side', () => {
    const oneSided = { ...results.bookTicker, a: '', A: '0' }
    expect(parseAs(MessageType.BookTicker, push('spot.book_ticker', oneSided)).data).toEqual({
      bidPrice: 90012.4,
      bidSize: 0.6,
      askPrice: null,
      askSize: null,
    })
  })

  it.each([
    ['b', undefined],
    ['B', ''],
    ['B', 'x'],
    ['u', undefined],
  ])('with %s %j is an ERROR', (field, value) => {
    expect(parseOne(push('spot.book_ticker', { ...results.bookTicker, [field]: value })).type).toBe(MessageType.Error)
  })
})
