import { MessageType } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { btcUsdt, parseAs, parseOne, push, receivedAt, results, streamOf } from '../../../test/support/frames.js'

describe('spot.candlesticks', () => {
  it('is a candle whose interval and market share one field', () => {
    expect(parseOne(push('spot.candlesticks', results.candle))).toEqual({
      type: MessageType.Candle,
      stream: streamOf('spot.candlesticks:BTC_USDT:1m'),
      symbol: btcUsdt,
      channel: 'candles',
      data: {
        interval: '1m',
        openTime: 1_767_225_600_000,
        open: 90011,
        high: 90013,
        low: 90010,
        close: 90012.4,
        baseVolume: 1,
        quoteVolume: 90012.4,
        closed: false,
      },
      exchangeTime: 1_767_225_601_231,
      receivedAt,
      sequence: null,
      raw: null,
    })
  })

  it('calls seven days a week', () => {
    const week = push('spot.candlesticks', { ...results.candle, n: '7d_BTC_USDT' })
    expect(parseAs(MessageType.Candle, week).data.interval).toBe('1w')
  })

  it('has nulls for what frames of 2021 do not say', () => {
    const { a: _, w: __, ...old } = results.candle
    expect(parseAs(MessageType.Candle, push('spot.candlesticks', old)).data).toMatchObject({
      baseVolume: null,
      closed: null,
      quoteVolume: 90012.4,
    })
  })

  it('is OTHER for a width without a name of ours', () => {
    const threeDays = push('spot.candlesticks', { ...results.candle, n: '3d_BTC_USDT' })
    expect(parseOne(threeDays)).toMatchObject({
      type: MessageType.Other,
      data: { wireChannel: 'spot.candlesticks', detail: 'candles of width 3d' },
    })
  })

  it.each([
    ['n', 'BTC'],
    ['n', '1m_BTC'],
    ['t', 'now'],
    ['o', null],
    ['a', 'x'],
  ])('with %s %j is an ERROR', (field, value) => {
    expect(parseOne(push('spot.candlesticks', { ...results.candle, [field]: value })).type).toBe(MessageType.Error)
  })
})
