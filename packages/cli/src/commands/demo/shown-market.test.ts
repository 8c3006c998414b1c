import { type FeedMessage, MessageType, parseInstrument } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { ShownMarket } from './shown-market.js'

const symbol = parseInstrument('BTC/USDT')

function quote(bidPrice: number | null, askPrice: number | null, receivedAt: number): FeedMessage {
  const data = { bidPrice, bidSize: 1, askPrice, askSize: 1 }
  return { type: MessageType.BookTicker, symbol, channel: 'book_ticker', data, receivedAt } as FeedMessage
}

function trades(...ids: string[]): FeedMessage {
  const data = ids.map((id) => ({ id, price: 1, size: 1, side: 'buy', time: 0 }))
  return { type: MessageType.Trades, symbol, channel: 'trades', data } as unknown as FeedMessage
}

describe('ShownMarket', () => {
  test('keeps the latest quote, the most digits its prices had, and a sample of its middle every 200 ms', () => {
    const shown = new ShownMarket()
    shown.receive(quote(100.25, 101, 1_000))
    shown.receive(quote(200, 202, 1_100))
    shown.receive(quote(103, 105, 1_200))
    shown.receive(quote(null, 300, 2_000))
    expect(shown.quotes).toEqual([
      {
        symbol: 'BTC/USDT',
        quote: { bidPrice: null, bidSize: 1, askPrice: 300, askSize: 1 },
        priceDigits: 2,
        change: null,
        history: [100.625, 104],
      },
    ])
  })

  test('shows the newest trades first, and forgets old ones', () => {
    const shown = new ShownMarket()
    shown.receive(trades('1', '2'))
    shown.receive(trades('3'))
    expect(shown.trades.map(({ id }) => id)).toEqual(['3', '2', '1'])
    shown.receive(trades(...Array.from({ length: 30 }, (_, index) => `n${index}`)))
    expect(shown.trades).toHaveLength(20)
    expect(shown.trades[0]?.id).toBe('n29')
    expect(new Set(shown.trades.map(({ number }) => number)).size).toBe(20)
  })

  test('has a line for every pair from the beginning', () => {
    expect(new ShownMarket(['ETH/USDT', 'BTC/USDT']).quotes.map(({ symbol }) => symbol)).toEqual([
      'BTC/USDT',
      'ETH/USDT',
    ])
  })
})
