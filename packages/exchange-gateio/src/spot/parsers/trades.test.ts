import { MessageType } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { btcUsdt, parseAs, parseOne, push, receivedAt, results, streamOf } from '../../../test/support/frames.js'

describe('spot.trades', () => {
  it('is one trade with the taker’s side and its own time, to the last digit', () => {
    expect(parseOne(push('spot.trades', results.trade))).toEqual({
      type: MessageType.Trades,
      stream: streamOf('spot.trades:BTC_USDT'),
      symbol: btcUsdt,
      channel: 'trades',
      data: [{ id: '9455001234', price: 90012.4, size: 0.0105, side: 'sell', time: 1_767_225_601_213.25 }],
      exchangeTime: 1_767_225_601_213.25,
      receivedAt,
      sequence: 9_455_001_234,
      raw: null,
    })
  })

  it('reads spot.trades_v2 alike', () => {
    expect(parseOne(push('spot.trades_v2', results.trade))).toEqual(parseOne(push('spot.trades', results.trade)))
  })

  it('falls back to whole seconds, then to the time of the frame', () => {
    const { create_time_ms: _, ...seconds } = results.trade
    const inSeconds = parseAs(MessageType.Trades, push('spot.trades', seconds))
    expect(inSeconds.data[0]?.time).toBe(1_767_225_601_000)
    const { create_time: __, ...timeless } = seconds
    const without = parseAs(MessageType.Trades, push('spot.trades', timeless))
    expect(without.data[0]?.time).toBeNull()
    expect(without.exchangeTime).toBe(1_767_225_601_231)
  })

  it('takes the frame’s whole seconds where it has no milliseconds, as in 2021', () => {
    const frame = { time: 1_619_093_560, channel: 'spot.tickers', event: 'update', result: results.ticker }
    expect(parseOne(frame).exchangeTime).toBe(1_619_093_560_000)
  })

  it('has no id where the exchange sent none', () => {
    const { id: _, ...anonymous } = results.trade
    expect(parseAs(MessageType.Trades, push('spot.trades', anonymous))).toMatchObject({
      data: [{ id: null }],
      sequence: null,
    })
  })

  it('keeps every digit of an id that is too long for a number', () => {
    const huge = JSON.stringify(push('spot.trades', results.trade)).replace('9455001234', '90071992547409931')
    const message = parseAs(MessageType.Trades, huge)
    expect(message).toMatchObject({ data: [{ id: '90071992547409931' }], sequence: null })
    const quoted = huge.replace('"id":90071992547409931', '"id":"90071992547409931"')
    const reordered = huge.replace('"id":90071992547409931,', '').replace('"range"', '"id":90071992547409931,"range"')
    for (const frame of [quoted, reordered]) {
      expect(parseAs(MessageType.Trades, frame)).toMatchObject({ data: [{ id: '90071992547409931' }], sequence: null })
    }
  })

  it.each([
    ['price', '12,5', 'spot.trades: result.price is "12,5", not a decimal number.'],
    ['price', '', 'spot.trades: result.price is "", not a decimal number.'],
    ['price', ' 1', 'spot.trades: result.price is " 1", not a decimal number.'],
    ['amount', '0x10', 'spot.trades: result.amount is "0x10", not a decimal number.'],
    ['amount', 'NaN', 'spot.trades: result.amount is "NaN", not a decimal number.'],
    ['amount', '1e999', 'spot.trades: result.amount is "1e999", not a decimal number.'],
    ['amount', undefined, 'spot.trades: result.amount is missing.'],
    ['side', 'none', 'spot.trades: result.side is "none", not buy or sell.'],
    ['currency_pair', 7, 'spot.trades: result.currency_pair is 7, not text.'],
    ['currency_pair', '', 'spot.trades: "" is not a market.'],
    ['currency_pair', 'BTC_USDT_2', 'spot.trades: "BTC_USDT_2" is not a market.'],
    ['currency_pair', 'btc_usdt', 'spot.trades: "btc_usdt" is not a market.'],
  ])('with %s %j is an ERROR that names the field, and the connection goes on', (field, value, message) => {
    const broken = parseOne(push('spot.trades', { ...results.trade, [field]: value }))
    expect(broken).toMatchObject({
      type: MessageType.Error,
      data: { code: 'ERR_MALFORMED_FRAME', message, wireChannel: 'spot.trades', failure: null },
    })
  })

  it.each([null, 7, 'text', [results.trade]])('with a result of %j is an ERROR', (result) => {
    expect(parseOne(push('spot.trades', result))).toMatchObject({ type: MessageType.Error, data: { failure: null } })
  })
})
