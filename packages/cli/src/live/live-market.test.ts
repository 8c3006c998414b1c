import { type CandleData, type FeedMessage, MessageType, parseInstrument } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { LiveMarket } from './live-market.js'

const symbol = parseInstrument('BTC/USDT')

function quote(bidPrice: number | null, askPrice: number | null, receivedAt: number): FeedMessage {
  const data = { bidPrice, bidSize: 1, askPrice, askSize: 0.125 }
  return { type: MessageType.BookTicker, symbol, channel: 'book_ticker', data, receivedAt } as FeedMessage
}

function trades(...ids: string[]): FeedMessage {
  const data = ids.map((id) => ({ id, price: 1, size: 1, side: 'buy', time: 0 }))
  return { type: MessageType.Trades, symbol, channel: 'trades', data, receivedAt: 5 } as unknown as FeedMessage
}

function candle(minute: number, close: number, interval: CandleData['interval'] = '1m'): FeedMessage {
  const data = { interval, openTime: minute * 60_000, open: 1, high: 1, low: 1, close }
  return { type: MessageType.Candle, symbol, channel: 'candles', data } as unknown as FeedMessage
}

const closes = (candles: readonly CandleData[]): readonly number[] => candles.map(({ close }) => close)

describe('the market on a screen', () => {
  test('has the latest quote, the most digits its numbers had, and a middle every 200 ms', () => {
    const market = new LiveMarket('BTC/USDT')
    expect(market.quote).toBeNull()
    market.receive(quote(100.25, 101, 1_000))
    market.receive(quote(200, 202, 1_100))
    market.receive(quote(103, 105, 1_200))
    market.receive(quote(null, 300, 2_000))
    expect(market.quote).toEqual({ bidPrice: null, bidSize: 1, askPrice: 300, askSize: 0.125 })
    expect([market.priceDigits, market.sizeDigits]).toEqual([2, 3])
    expect(market.history).toEqual([100.625, 104])
  })

  test('has the newest trades first, by a number each, and forgets old ones', () => {
    const market = new LiveMarket('BTC/USDT')
    market.receive(trades('1', '2'))
    market.receive({ ...trades('3'), backfilled: true } as FeedMessage)
    expect(market.trades.map(({ id, number, isBackfilled }) => [id, number, isBackfilled])).toEqual([
      ['3', 3, true],
      ['2', 2, false],
      ['1', 1, false],
    ])
    market.receive(trades(...Array.from({ length: 300 }, (_, index) => `n${index}`)))
    expect(market.trades).toHaveLength(200)
    expect(market.trades[0]).toMatchObject({ id: 'n299', number: 303, receivedAt: 5 })
  })

  test('tells the trades that are new to a reader, as far as they are kept', () => {
    const market = new LiveMarket('BTC/USDT')
    market.receive(trades('1', '2', '3'))
    expect(market.tradesAfter(1).map(({ id }) => id)).toEqual(['2', '3'])
    expect(market.tradesAfter(market.lastTrade)).toEqual([])
    for (let batch = 0; batch < 3; batch += 1) market.receive(trades(...Array.from({ length: 100 }, () => 'n')))
    expect(market.tradesAfter(3)).toHaveLength(200)
  })

  test('has a candle for each minute, each as it was told last, and says which changed', () => {
    const market = new LiveMarket('BTC/USDT')
    for (const [minute, close] of [
      [1, 10],
      [2, 20],
      [2, 21],
      [4, 40],
    ] as const)
      market.receive(candle(minute, close))
    market.receive(candle(3, 99, '1h'))
    expect(closes(market.candles)).toEqual([10, 21, 40])
    const { candleChanges } = market
    market.receive(candle(3, 30))
    market.receive(candle(1, 11))
    expect(closes(market.candles)).toEqual([11, 21, 30, 40])
    expect(closes(market.candlesAfter(candleChanges))).toEqual([11, 30])
    expect(market.candlesAfter(market.candleChanges)).toEqual([])
  })

  test('forgets candles older than 300', () => {
    const market = new LiveMarket('BTC/USDT')
    for (let minute = 0; minute < 400; minute += 1) market.receive(candle(minute, minute))
    expect(market.candles).toHaveLength(300)
    expect(market.candles[0]?.close).toBe(100)
  })
})
