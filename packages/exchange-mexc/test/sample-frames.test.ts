import { MessageType, parseInstrument } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import { mexcSpot } from '../src/index.js'
import { type SampleFrame, sampleFrame, sampleFrames } from './fixtures/sample-frames.js'

const btc = parseInstrument('BTC/USDT')
const receivedAt = 1_767_225_600_999
const { messageParser } = mexcSpot.public()

function parse(name: string): ParsedMessage | readonly ParsedMessage[] {
  return messageParser.parse(frameOf(sampleFrame(name), receivedAt))
}

const quote = { bidPrice: 87500.1, bidSize: 2.5, askPrice: 87500.2, askSize: 0.4 }
const ticker = {
  last: 87500.1,
  open: null,
  high: 88000,
  low: 86000.5,
  baseVolume: 7001.25,
  quoteVolume: 612345678.9,
  change: 0.0123,
  bidPrice: null,
  askPrice: null,
}
const execution = { orderId: 'C02__700000000000000008115', clientId: 'my-cid-1', side: 'buy' }

/** The messages of each push, whole but for the stream. */
const expected: Readonly<Record<string, object | readonly object[]>> = {
  'aggre.deals': {
    type: MessageType.Trades,
    symbol: btc,
    channel: 'trades',
    data: [
      {
        id: '700000000000000001X0_700000000000000002X0',
        price: 87500.12,
        size: 0.0125,
        side: 'buy',
        time: 1767225600101,
      },
      { id: null, price: 87500.1, size: 0.3, side: 'sell', time: 1767225600118 },
    ],
    exchangeTime: 1767225600125,
    sequence: null,
  },
  'aggre.depth': {
    type: MessageType.Orderbook,
    symbol: btc,
    channel: 'orderbook',
    data: {
      kind: 'delta',
      bids: [87499.9, 1.2],
      asks: [87501.5, 0.75, 87502, 0],
      firstSequence: 80000000011,
      lastSequence: 80000000014,
      checksum: null,
      digits: null,
    },
    exchangeTime: 1767225600200,
    sequence: 80000000014,
  },
  'limit.depth': {
    type: MessageType.Orderbook,
    symbol: btc,
    channel: 'orderbook',
    data: {
      kind: 'snapshot',
      bids: [87500.1, 2.5, 87500, 0.08],
      asks: [87500.2, 0.4, 87500.3, 1],
      firstSequence: null,
      lastSequence: 80000000014,
      checksum: null,
      digits: null,
    },
    exchangeTime: 1767225600250,
    sequence: 80000000014,
  },
  'aggre.bookTicker': {
    type: MessageType.BookTicker,
    symbol: btc,
    channel: 'book_ticker',
    data: quote,
    exchangeTime: 1767225600300,
    sequence: 80000000014,
  },
  'bookTicker.batch': [
    {
      type: MessageType.BookTicker,
      symbol: btc,
      channel: 'book_ticker',
      data: quote,
      exchangeTime: 1767225600310,
      sequence: 80000000015,
    },
  ],
  kline: {
    type: MessageType.Candle,
    symbol: btc,
    channel: 'candles',
    data: {
      interval: '1m',
      openTime: 1767225600000,
      open: 87480,
      high: 87510,
      low: 87470.5,
      close: 87500.1,
      baseVolume: 3.25,
      quoteVolume: 284340.55,
      closed: null,
    },
    exchangeTime: 1767225601500,
    sequence: null,
  },
  miniTicker: {
    type: MessageType.Ticker,
    symbol: btc,
    channel: 'ticker',
    data: ticker,
    exchangeTime: 1767225603000,
    sequence: null,
  },
  miniTickers: [
    {
      type: MessageType.Ticker,
      symbol: btc,
      channel: 'ticker',
      data: ticker,
      exchangeTime: 1767225603000,
      sequence: null,
    },
  ],
  'increase.depth.batch': {
    type: MessageType.Other,
    symbol: null,
    channel: null,
    data: {
      wireChannel: 'spot@public.increase.depth.batch.v3.api.pb@BTCUSDT',
      notice: null,
      detail: 'a push of a retired channel (publicIncreaseDepthsBatch)',
    },
    exchangeTime: null,
    sequence: null,
  },
  'private.account': {
    type: MessageType.Balance,
    symbol: null,
    channel: 'balances',
    data: [
      {
        asset: 'USDT',
        free: '912.5',
        locked: '87.5',
        total: '1000',
        change: '0',
        freeChange: '-87.5',
        reason: 'entrust_place',
        time: 1767225600400,
      },
    ],
    exchangeTime: 1767225600400,
    sequence: null,
  },
  'private.deals': {
    type: MessageType.Trade,
    symbol: btc,
    channel: 'executions',
    data: {
      id: '700000000000000009X1',
      ...execution,
      price: '87500',
      size: '0.001',
      quoteSize: '87.5',
      fee: '0',
      feeAsset: 'USDT',
      liquidity: 'maker',
      time: 1767225600500,
    },
    exchangeTime: 1767225600500,
    sequence: null,
  },
  'private.orders': {
    type: MessageType.Order,
    symbol: btc,
    channel: 'orders',
    data: {
      id: execution.orderId,
      clientId: 'my-cid-1',
      side: 'buy',
      type: 'limit',
      timeInForce: 'gtc',
      status: 'filled',
      price: '87500',
      triggerPrice: null,
      size: '0.001',
      filledSize: '0.001',
      remainingSize: '0',
      averagePrice: '87500',
      createdAt: 1767225600395,
      updatedAt: 1767225600503,
    },
    exchangeTime: 1767225600503,
    sequence: null,
  },
}

describe('sample frames', () => {
  it.each(Object.entries(expected))('%s becomes its message', (name, messages) => {
    const whole = [messages].flat().map((message) => ({ ...message, receivedAt, raw: null }))
    const parsed = parse(name)
    const withoutStream = [parsed].flat().map(({ stream: _, ...message }) => message)
    expect(withoutStream).toStrictEqual(whole)
    expect(Array.isArray(parsed)).toBe(Array.isArray(messages))
  })

  it.each(Object.keys(expected).filter((name) => name !== 'increase.depth.batch'))(
    '%s belongs to a stream of its channel and pair',
    (name) => {
      const { json } = sampleFrames.find((frame) => frame.name === name) as SampleFrame
      for (const { stream, channel, symbol } of [parse(name)].flat()) {
        expect(stream?.channel).toBe(channel)
        expect([symbol, null]).toContain(stream?.instrument)
        expect(String(json.channel).split('@')).toEqual(expect.arrayContaining(stream?.wireChannel.split('@') ?? []))
      }
    },
  )

  it('have one shape: the same fields in the same order, whatever the channel', () => {
    const shapes = Object.keys(expected).flatMap((name) =>
      [parse(name)].flat().map((message) => Object.keys(message).join()),
    )
    expect(new Set(shapes)).toEqual(new Set(['type,stream,symbol,channel,data,exchangeTime,receivedAt,sequence,raw']))
  })

  it('are read from a window on a larger buffer, and nothing around it', () => {
    const bytes = sampleFrame('aggre.depth')
    const larger = Buffer.concat([Buffer.alloc(7, 0xff), bytes, Buffer.alloc(9, 0xff)])
    const frame = { ...frameOf(larger, receivedAt), start: 7, end: 7 + bytes.length }
    expect(messageParser.parse(frame)).toStrictEqual(parse('aggre.depth'))
  })
})
