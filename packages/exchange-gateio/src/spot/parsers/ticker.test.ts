import { MessageType } from '@tapewire/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { btcUsdt, parseAs, parseOne, push, receivedAt, results, streamOf } from '../../../test/support/frames.js'

describe('spot.tickers', () => {
  it('is the statistics of a day, with the change as a fraction', () => {
    expect(parseOne(push('spot.tickers', results.ticker))).toEqual({
      type: MessageType.Ticker,
      stream: streamOf('spot.tickers:BTC_USDT'),
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
