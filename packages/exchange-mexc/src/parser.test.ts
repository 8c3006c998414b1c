import { frameOf, MessageType, type ParsedMessage, parseInstrument } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import type { PrivateOrdersV3Api } from './generated/account.js'
import type { PublicBookTickerV3Api, PublicMiniTickerV3Api } from './generated/market-data.js'
import { type MexcPublicOptions, mexcSpot } from './index.js'
import { composePush, type PushContent } from './testing/compose-push.js'

type Parser = ReturnType<typeof mexcSpot.public>['messageParser']

const bookTicker = 'spot@public.aggre.bookTicker.v3.api.pb@10ms@BTCUSDT'
const quote = { bidPrice: '87500.1', bidQuantity: '2.5', askPrice: '87500.2', askQuantity: '0.4' }
const ticker: PublicMiniTickerV3Api = {
  symbol: 'BTCUSDT',
  price: '87500.1',
  rate: '0.01',
  zonedRate: '0.02',
  high: '',
  low: '',
  volume: '612345678.9',
  quantity: '7001.25',
  lastCloseRate: '',
  lastCloseZonedRate: '',
  lastCloseHigh: '',
  lastCloseLow: '',
}

function parserWith(options: MexcPublicOptions = {}): Parser {
  return mexcSpot.public(options).messageParser
}

function parse(parser: Parser, channel: string, content: PushContent): readonly ParsedMessage[] {
  return [parser.parse(frameOf(Buffer.from(composePush(channel, content)), 9))].flat()
}

function pushQuote(
  parser: Parser,
  changes: Partial<PublicBookTickerV3Api> = {},
  channel = bookTicker,
): readonly ParsedMessage[] {
  const value = { ...quote, ...changes, version: '80000000014', lastOrderCreateTime: 1 }
  return parse(parser, channel, { symbol: 'BTCUSDT', sendTime: 5, body: { $case: 'publicAggreBookTicker', value } })
}

describe('control frames', () => {
  it('are the text frames, told by the opcode alone', () => {
    const parser = parserWith()
    expect(parser.isControl(frameOf('anything'))).toBe(true)
    expect(parser.isControl(frameOf(Buffer.from('{"id":0}')))).toBe(false)
  })
})

describe('quotes', () => {
  it('have null where a side is empty', () => {
    expect(pushQuote(parserWith(), { bidPrice: '', bidQuantity: '' })).toMatchObject([
      { data: { bidPrice: null, bidSize: null, askPrice: 87500.2, askSize: 0.4 } },
    ])
  })

  it('have no sequence where the exchange sends no version, as before June 2026', () => {
    const value = { ...quote, version: '', lastOrderCreateTime: 0 }
    const content: PushContent = { symbol: 'BTCUSDT', body: { $case: 'publicAggreBookTicker', value } }
    expect(parse(parserWith(), bookTicker, content)).toMatchObject([{ sequence: null, exchangeTime: null }])
  })

  it('of a batch are a message each, in order, with the version of the batch', () => {
    const items = [quote, { ...quote, bidPrice: '87500' }]
    const value = { items, version: '7', lastOrderCreateTime: 1 }
    const content: PushContent = { symbol: 'BTCUSDT', body: { $case: 'publicBookTickerBatch', value } }
    expect(parse(parserWith(), 'spot@public.bookTicker.batch.v3.api.pb@BTCUSDT', content)).toMatchObject([
      { type: MessageType.BookTicker, data: { bidPrice: 87500.1 }, sequence: 7 },
      { type: MessageType.BookTicker, data: { bidPrice: 87500 }, sequence: 7 },
    ])
  })

  it('that repeat are delivered unless asked otherwise', () => {
    const parser = parserWith()
    expect([...pushQuote(parser), ...pushQuote(parser)]).toHaveLength(2)
  })
})

describe('suppressed duplicates', () => {
  const options = { suppressDuplicateQuotes: true } as const

  it('leave the first quote and every change', () => {
    const parser = parserWith(options)
    const delivered = ['2.5', '2.5', '2.50', '3', '2.5'].map((bidQuantity) => pushQuote(parser, { bidQuantity }).length)
    expect(delivered).toEqual([1, 0, 0, 1, 1])
  })

  it('are told apart by stream', () => {
    const parser = parserWith(options)
    expect(pushQuote(parser)).toHaveLength(1)
    expect(pushQuote(parser, {}, bookTicker.replace('10ms', '100ms'))).toHaveLength(1)
  })

  it('begin anew when a stream is acknowledged, so that a consumer sees a quote after every reconnect', () => {
    const parser = parserWith(options)
    pushQuote(parser)
    parser.parse(frameOf(JSON.stringify({ id: 1, code: 0, msg: bookTicker })))
    expect([pushQuote(parser).length, pushQuote(parser).length]).toEqual([1, 0])
  })

  it('cover batches, within and between them', () => {
    const parser = parserWith(options)
    const items = [quote, quote, { ...quote, askQuantity: '1' }, { ...quote, askQuantity: '1' }]
    const value = { items, version: '', lastOrderCreateTime: 0 }
    const content: PushContent = { symbol: 'BTCUSDT', body: { $case: 'publicBookTickerBatch', value } }
    expect(parse(parser, 'batch', content)).toHaveLength(2)
    expect(parse(parser, 'batch', content)).toHaveLength(2)
  })
})

describe('tickers', () => {
  it('take the change of the time zone subscribed to, and that of UTC+8 where there is none', () => {
    const change = (zonedRate: string): unknown =>
      parse(parserWith(), 'ticker', {
        symbol: 'BTCUSDT',
        body: { $case: 'publicMiniTicker', value: { ...ticker, zonedRate } },
      })[0]?.data
    expect(change('0.02')).toMatchObject({ change: 0.02, high: null, low: null })
    expect(change('')).toMatchObject({ change: 0.01 })
  })

  it('of all pairs are a message each; one that cannot be read costs only itself', () => {
    const items = [
      ticker,
      { ...ticker, symbol: 'FOOXYZ' },
      { ...ticker, symbol: '龙虾USDC' },
      { ...ticker, price: 'x' },
    ]
    const messages = parse(parserWith(), 'all', { sendTime: 5, body: { $case: 'publicMiniTickers', value: { items } } })
    expect(messages).toMatchObject([
      { type: MessageType.Ticker, symbol: parseInstrument('BTC/USDT'), exchangeTime: 5 },
      { type: MessageType.Other, data: { wireChannel: 'all' } },
      { type: MessageType.Ticker, symbol: parseInstrument('龙虾/USDC') },
      { type: MessageType.Error, data: { message: 'BTCUSDT: price is not a decimal number: "x"', wireChannel: 'all' } },
    ])
  })
})

describe('own orders', () => {
  const order: PrivateOrdersV3Api = {
    id: '1',
    clientId: '',
    price: '87500.10',
    quantity: '0.00100000',
    amount: '',
    avgPrice: '',
    orderType: 1,
    tradeType: 2,
    isMaker: false,
    remainAmount: '',
    remainQuantity: '',
    cumulativeQuantity: '',
    cumulativeAmount: '',
    status: 1,
    createTime: 0,
  }

  function parseOrder(changes: Partial<PrivateOrdersV3Api>): unknown {
    const body = { $case: 'privateOrders' as const, value: { ...order, ...changes } }
    return parse(parserWith(), 'spot@private.orders.v3.api.pb', { symbol: 'BTCUSDT', sendTime: 8, body })[0]?.data
  }

  it.each([
    [1, 'open'],
    [2, 'filled'],
    [3, 'partially_filled'],
    [4, 'cancelled'],
    [5, 'partially_cancelled'],
  ])('of status %i are %s', (status, ours) => {
    expect(parseOrder({ status })).toMatchObject({ status: ours })
  })

  it.each([
    [1, 'limit', 'gtc'],
    [2, 'limit', 'post_only'],
    [3, 'limit', 'ioc'],
    [4, 'limit', 'fok'],
    [5, 'market', null],
    [100, 'stop', null],
    [77, null, null],
  ])('of type %i are %s, %s', (orderType, type, timeInForce) => {
    expect(parseOrder({ orderType })).toMatchObject({ type, timeInForce })
  })

  it('keep amounts as they were written, and have null for what was not sent', () => {
    expect(parseOrder({})).toEqual({
      id: '1',
      clientId: null,
      side: 'sell',
      type: 'limit',
      timeInForce: 'gtc',
      status: 'open',
      price: '87500.10',
      size: '0.00100000',
      filledSize: null,
      remainingSize: null,
      averagePrice: null,
      createdAt: null,
      updatedAt: 8,
    })
  })
})

describe('own fills and balances', () => {
  it('are taken unless the exchange says they were made', () => {
    const value = {
      price: '1',
      quantity: '2',
      amount: '',
      tradeType: 1,
      isMaker: false,
      isSelfTrade: false,
      tradeId: '3',
      clientOrderId: '',
      orderId: '4',
      feeAmount: '',
      feeCurrency: '',
      time: 0,
    }
    expect(
      parse(parserWith(), 'fills', { symbol: 'BTCUSDT', body: { $case: 'privateDeals', value } })[0]?.data,
    ).toEqual({
      id: '3',
      orderId: '4',
      clientId: null,
      side: 'buy',
      price: '1',
      size: '2',
      quoteSize: null,
      fee: null,
      feeAsset: null,
      liquidity: 'taker',
      time: null,
    })
  })

  it('have no total where a part is missing', () => {
    const value = {
      vcoinName: 'USDT',
      coinId: '',
      balanceAmount: '1.50',
      balanceAmountChange: '',
      frozenAmount: '',
      frozenAmountChange: '',
      type: '',
      time: 0,
    }
    expect(parse(parserWith(), 'balances', { body: { $case: 'privateAccount', value } })[0]?.data).toEqual([
      { asset: 'USDT', free: '1.50', locked: null, total: null, change: null, reason: null, time: null },
    ])
  })
})
