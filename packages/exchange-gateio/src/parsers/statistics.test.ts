import { MessageType } from '@tapewire/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { btcUsdt, parseAs, parseOne, push, receivedAt, results } from '../test-support.js'

describe('spot.tickers', () => {
  it('is the statistics of a day, with the change as a fraction', () => {
    expect(parseOne(push('spot.tickers', results.ticker))).toEqual({
      type: MessageType.Ticker,
      symbol: btcUsdt,
      channel: 'ticker',
      data: {
        last: 90012.4,
        open: null,
        high: 91200,
        low: 88990.1,
        baseVolume: 8123.45,
        quoteVolume: 731220011.2,
        change: -0.0052,
        bidPrice: 90012.4,
        askPrice: 90012.5,
      },
      exchangeTime: 1_767_225_601_231,
      receivedAt,
      sequence: null,
      raw: null,
    })
  })

  it('moves the point of the percentage in its text, so that it is rounded once', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -999_999_999n, max: 999_999_999n }), (units) => {
        const sign = units < 0n ? '-' : ''
        const digits = String(units < 0n ? -units : units).padStart(7, '0')
        const percent = `${sign}${digits.slice(0, -4)}.${digits.slice(-4)}`
        const message = push('spot.tickers', { ...results.ticker, change_percentage: percent })
        expect(parseAs(MessageType.Ticker, message).data.change).toBe(Number(`${units}e-6`))
      }),
    )
  })

  it.each([
    ['0', 0],
    ['1.3401', 0.013401],
    ['1e-7', 1e-9],
    [12.5, 0.125],
    ['', null],
    [null, null],
    [undefined, null],
  ])('reads a change of %j percent as %j', (percent, change) => {
    const message = push('spot.tickers', { ...results.ticker, change_percentage: percent })
    expect(parseAs(MessageType.Ticker, message).data.change).toBe(change)
  })

  it('has null for a side of the book that is empty', () => {
    const oneSided = push('spot.tickers', { ...results.ticker, lowest_ask: '' })
    expect(parseAs(MessageType.Ticker, oneSided).data).toMatchObject({ askPrice: null, bidPrice: 90012.4 })
  })

  it.each([
    ['last', undefined],
    ['last', 'x'],
    ['high_24h', {}],
    ['change_percentage', 'up'],
    ['currency_pair', undefined],
  ])('with %s %j is an ERROR', (field, value) => {
    expect(parseOne(push('spot.tickers', { ...results.ticker, [field]: value })).type).toBe(MessageType.Error)
  })
})

describe('spot.candlesticks', () => {
  it('is a candle whose interval and market share one field', () => {
    expect(parseOne(push('spot.candlesticks', results.candle))).toEqual({
      type: MessageType.Candle,
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
