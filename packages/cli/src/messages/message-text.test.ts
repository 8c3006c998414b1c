import { type FeedMessage, MessageType, parseInstrument } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { paletteFor } from '../terminal/palette.js'
import { messageLine } from './message-text.js'

const plain = paletteFor(false)
const symbol = parseInstrument('BTC/USDT')
const trade = { id: '1', price: 50_000.1, size: 0.00000012, side: 'buy', time: 0 } as const

function message(fields: object): FeedMessage {
  return { symbol, exchangeTime: 45_296_789, receivedAt: 0, sequence: null, raw: null, ...fields } as FeedMessage
}

const order = {
  id: '77',
  clientId: null,
  side: 'sell',
  type: 'limit',
  timeInForce: 'gtc',
  status: 'partially_filled',
  price: '50000.10',
  triggerPrice: null,
  size: '0.2',
  filledSize: '0.05',
  remainingSize: '0.15',
  averagePrice: null,
  createdAt: null,
  updatedAt: null,
}

const cases: readonly [string, object, string][] = [
  [
    'orderbook',
    {
      type: MessageType.Orderbook,
      channel: 'orderbook',
      data: { kind: 'delta', bids: [1, 2], asks: [], firstSequence: 7, lastSequence: 9 },
    },
    'delta  1 bids, 0 asks  #7..9',
  ],
  [
    'a snapshot without sequence',
    {
      type: MessageType.Orderbook,
      channel: 'orderbook',
      data: { kind: 'snapshot', bids: [], asks: [], firstSequence: null, lastSequence: null },
    },
    'snapshot  0 bids, 0 asks',
  ],
  [
    'trades, the first three of them',
    { type: MessageType.Trades, channel: 'trades', data: [trade, { ...trade, side: 'sell', size: 2 }, trade, trade] },
    'buy  0.00000012 @ 50,000.1, sell 2 @ 50,000.1, buy  0.00000012 @ 50,000.1 and 1 more',
  ],
  [
    'a trade that was fetched',
    { type: MessageType.Trades, channel: 'trades', data: [trade], backfilled: true },
    'buy  0.00000012 @ 50,000.1 (fetched)',
  ],
  [
    'a one-sided quote',
    {
      type: MessageType.BookTicker,
      channel: 'book_ticker',
      data: { bidPrice: 50_000, bidSize: 1, askPrice: null, askSize: null },
    },
    '1 × 50,000 | – × –',
  ],
  [
    'ticker',
    {
      type: MessageType.Ticker,
      channel: 'ticker',
      data: {
        last: 5,
        open: 4,
        high: 6,
        low: 3,
        baseVolume: 1200,
        quoteVolume: null,
        change: 0.015,
        bidPrice: 5,
        askPrice: 5,
      },
    },
    'last 5  +1.50%  low 3, high 6, volume 1,200',
  ],
  [
    'a closed candle',
    {
      type: MessageType.Candle,
      channel: 'candles',
      data: {
        interval: '1m',
        openTime: 45_240_000,
        open: 1,
        high: 2,
        low: 0.5,
        close: 1.5,
        baseVolume: 1,
        quoteVolume: 1,
        closed: true,
      },
    },
    '1m 12:34:00  1 2 0.5 1.5  closed',
  ],
  [
    'order',
    { type: MessageType.Order, channel: 'orders', data: order },
    'sell limit 0.2 @ 50000.10  partially_filled, filled 0.05  #77',
  ],
  [
    'an order with words that nobody documents, and its trigger price',
    {
      type: MessageType.Order,
      channel: 'orders',
      data: { ...order, side: null, type: 'stop', status: null, triggerPrice: '49000', filledSize: null },
    },
    '– stop 0.2 @ 50000.10 from 49000  status not known  #77',
  ],
  [
    'execution',
    {
      type: MessageType.Trade,
      channel: 'executions',
      data: {
        id: '5',
        orderId: '77',
        clientId: null,
        side: 'buy',
        price: '1.0',
        size: '2',
        quoteSize: null,
        fee: '0.001',
        feeAsset: 'USDT',
        liquidity: 'taker',
        time: null,
      },
    },
    'buy 2 @ 1.0  taker, fee 0.001 USDT  #77',
  ],
  [
    'balances',
    {
      type: MessageType.Balance,
      channel: 'balances',
      symbol: null,
      data: [
        {
          asset: 'BTC',
          free: '1.0',
          locked: '0.5',
          total: '1.5',
          change: null,
          freeChange: null,
          reason: null,
          time: null,
        },
      ],
    },
    'BTC 1.0 (+0.5 locked)',
  ],
  [
    'an error, without what could move the cursor',
    {
      type: MessageType.Error,
      channel: null,
      symbol: null,
      data: { code: '4', message: 'bad\n\u001b[2Jkey', wireChannel: null, failure: null },
    },
    'error 4: bad key',
  ],
  [
    'a channel that nobody taught the command about, by its fields',
    {
      type: 9,
      stream: { params: { window: '8h' } },
      channel: 'funding',
      data: { rate: 0.0001, nextRate: null, note: 'a\u001b[2Jb', legs: [{ price: 1 }, 2, 3, 4] },
    },
    '8h rate 0.0001, note ab, legs price 1, 2, 3 and 1 more',
  ],
  [
    'something unknown',
    { type: MessageType.Unknown, channel: null, symbol: null, data: { reason: 'no channel' } },
    'unknown message: no channel',
  ],
]

describe('a line of a message', () => {
  test.each(cases)('shows %s', (_title, fields, expected) => {
    const line = messageLine(message(fields), plain)
    expect(line.slice(0, 12)).toBe('12:34:56.789')
    expect(line.slice(37)).toBe(expected)
  })

  test('has our time where the exchange sent none, and survives times that are none', () => {
    const unknown = { type: MessageType.Unknown, data: { reason: 'x' }, channel: null, symbol: null }
    expect(messageLine(message({ ...unknown, exchangeTime: null, receivedAt: 1_000 }), plain)).toContain('00:00:01.000')
    for (const exchangeTime of [1e300, -1, Number.NaN]) {
      expect(messageLine(message({ ...unknown, exchangeTime }), plain)).toContain('unknown message: x')
    }
  })

  test('has colours on a terminal only, and none with NO_COLOR', () => {
    const quote = { type: MessageType.Unknown, data: { reason: 'x' }, channel: null, symbol: null }
    expect(messageLine(message(quote), paletteFor(true))).toContain('\u001b[')
    expect(messageLine(message(quote), paletteFor(false))).not.toContain('\u001b[')
  })
})
