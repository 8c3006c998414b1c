import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MarketMessage } from '../wire.js'
import { afterMessage, type MarketView, mostCandles, mostTrades } from './market-view.js'

function message(
  trades: readonly number[],
  minutes: readonly number[],
  differs: Partial<MarketMessage> = {},
): MarketMessage {
  return {
    type: 'market',
    at: 0,
    exchange: 'acme_spot',
    symbol: 'BTC/USDT',
    isWhole: false,
    priceDigits: 1,
    sizeDigits: 1,
    book: null,
    quote: null,
    ticker: null,
    trades: trades.map((number) => ({
      number,
      id: null,
      price: 1,
      size: 1,
      side: 'buy',
      time: null,
      isBackfilled: false,
    })),
    missedTrades: 0,
    candles: minutes.map((minute) => ({
      interval: '1m',
      openTime: minute * 60_000,
      open: 1,
      high: 1,
      low: 1,
      close: 1,
      baseVolume: null,
      quoteVolume: null,
      closed: null,
    })),
    ...differs,
  }
}

const numbersOf = (view: MarketView): readonly number[] => view.trades.map(({ number }) => number)
const minutesOf = (view: MarketView): readonly number[] => view.candles.map(({ openTime }) => openTime / 60_000)

describe('a market as the page holds it', () => {
  test('has the trades of all messages, newest first and each once', () => {
    const first = afterMessage(null, message([1, 2], []))
    expect(numbersOf(afterMessage(first, message([2, 3, 4], [])))).toEqual([4, 3, 2, 1])
  })

  test('puts a candle in the place of the one that it continues', () => {
    const first = afterMessage(null, message([], [1, 2]))
    const second = afterMessage(
      first,
      message([], [2, 3], { candles: message([], [2, 3]).candles.map((candle) => ({ ...candle, close: 5 })) }),
    )
    expect(second.candles.map(({ openTime, close }) => [openTime / 60_000, close])).toEqual([
      [1, 1],
      [2, 5],
      [3, 5],
    ])
  })

  test('keeps its arrays where nothing of them is new, so that nothing is drawn again', () => {
    const first = afterMessage(null, message([1], [1]))
    const second = afterMessage(first, message([], []))
    expect([second.trades, second.candles]).toEqual([first.trades, first.candles])
    expect(second.trades).toBe(first.trades)
    expect(second.candles).toBe(first.candles)
  })

  test('begins anew with a whole message, and with another market', () => {
    const first = afterMessage(null, message([8, 9], [1]))
    expect(numbersOf(afterMessage(first, message([1], [], { isWhole: true })))).toEqual([1])
    expect(numbersOf(afterMessage(first, message([1], [], { symbol: 'ETH/USDT' })))).toEqual([1])
    expect(afterMessage(first, message([], [], { exchange: 'nimbus_spot' })).candles).toEqual([])
  })

  test('never holds more than it shows, each trade and candle once and in order, whatever comes', () => {
    const steps = fc.array(
      fc.tuple(fc.array(fc.nat(2_000), { maxLength: 50 }), fc.array(fc.nat(1_000), { maxLength: 50 }), fc.boolean()),
    )
    fc.assert(
      fc.property(steps, (messages) => {
        let view: MarketView | null = null
        for (const [trades, minutes, isWhole] of messages) {
          const ascending = [...new Set(trades)].sort((left, right) => left - right)
          view = afterMessage(view, message(ascending, minutes, { isWhole }))
          const [numbers, openTimes] = [numbersOf(view), minutesOf(view)]
          expect(numbers.length <= mostTrades && openTimes.length <= mostCandles).toBe(true)
          expect(numbers.every((number, index) => index === 0 || number < (numbers[index - 1] ?? 0))).toBe(true)
          expect(openTimes.every((time, index) => index === 0 || time > (openTimes[index - 1] ?? 0))).toBe(true)
        }
      }),
    )
  })
})
