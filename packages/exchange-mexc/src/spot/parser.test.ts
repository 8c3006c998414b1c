import { MessageType, type PublicChannel, parseInstrument } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import { type MexcSpotPublicOptions, mexcSpot } from '../index.js'
import type { PrivateAccountV3Api, PrivateDealsV3Api, PrivateOrdersV3Api } from '../shared/generated/account.js'
import type { PublicBookTickerV3Api, PublicMiniTickerV3Api } from '../shared/generated/market-data.js'
import { composePush, type PushContent } from '../testing/replies.js'

type Parser = ReturnType<typeof mexcSpot.public>['messageParser']

const bookTicker = 'spot@public.aggre.bookTicker.v3.api.pb@10ms@BTCUSDT'
const allTickers = 'spot@public.miniTickers.v3.api.pb@24H'
const bookTickerBatch = 'spot@public.bookTicker.batch.v3.api.pb@BTCUSDT'
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

const deals: PushContent = {
  symbol: 'BTCUSDT',
  body: {
    $case: 'publicAggreDeals',
    value: { deals: [{ price: '1', quantity: '2', tradeType: 1, time: 3, tradeId: '4' }], eventType: '' },
  },
}
const noBalance: PrivateAccountV3Api = {
  vcoinName: '',
  coinId: '',
  balanceAmount: '',
  balanceAmountChange: '',
  frozenAmount: '',
  frozenAmountChange: '',
  type: '',
  time: 0,
}

function candle(interval: string): PushContent {
  const prices = { openingPrice: '1', closingPrice: '1', highestPrice: '1', lowestPrice: '1' }
  const value = { interval, windowStart: 60, ...prices, volume: '', amount: '', windowEnd: 120 }
  return { symbol: 'BTCUSDT', body: { $case: 'publicSpotKline', value } }
}

const versions = { version: '7', lastOrderCreateTime: 1 }
const contents = {
  orderbook: depthFrom('5', '6'),
  trades: deals,
  book_ticker: { symbol: 'BTCUSDT', body: { $case: 'publicAggreBookTicker', value: { ...quote, ...versions } } },
  ticker: { symbol: 'BTCUSDT', body: { $case: 'publicMiniTicker', value: ticker } },
  candles: candle('Min1'),
} satisfies Partial<Record<PublicChannel, PushContent>>

function depthFrom(fromVersion: string, toVersion: string): PushContent {
  const value = { asks: [], bids: [], eventType: '', fromVersion, toVersion, lastOrderCreateTime: 0 }
  return { symbol: 'BTCUSDT', body: { $case: 'publicAggreDepths', value } }
}

function parserWith(options: MexcSpotPublicOptions = {}): Parser {
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

describe('a look at a frame', () => {
  it('tells control replies, which are the text frames, by the opcode alone', () => {
    const parser = parserWith()
    expect(parser.peek(frameOf('anything'))).toBe('control')
    expect(parser.peek(frameOf(Buffer.from('{"id":0}')))).toBeNull()
  })

  it.each(Object.keys(contents) as (keyof typeof contents)[])(
    'tells the stream of a push of %s, which its message then names',
    (channel) => {
      const { messageParser, subscriptionStrategy } = mexcSpot.public()
      const [stream] = subscriptionStrategy.plan({
        channel,
        instruments: [parseInstrument('BTC/USDT')],
        candleIntervals: null,
      })
      const frame = frameOf(Buffer.from(composePush(stream?.id ?? '', contents[channel])))
      expect(messageParser.peek(frame)).toBe(stream)
      expect((messageParser.parse(frame) as ParsedMessage).stream).toBe(stream)
    },
  )

  it.each([
    ['a stream nobody asked for', composePush('spot@public.aggre.deals.v3.api.pb@100ms@ETHUSDT', deals)],
    ['a push without a channel', composePush('', deals)],
    ['a channel beyond the frame', Buffer.from('0a7f73706f74', 'hex')],
    ['one byte', Buffer.from('0a', 'hex')],
    ['nothing', Buffer.alloc(0)],
  ])('tells nothing of %s', (_, bytes) => {
    expect(parserWith().peek(frameOf(Buffer.from(bytes)))).toBeNull()
  })
})

describe('streams', () => {
  it('nobody asked for are made when they are met, once', () => {
    const parser = parserWith()
    const [first, second] = [pushQuote(parser)[0], pushQuote(parser)[0]]
    expect(first?.stream).toMatchObject({ id: bookTicker.replace('10ms', '100ms'), channel: 'book_ticker' })
    expect(second?.stream).toBe(first?.stream)
  })

  it('of candles are told apart by their width', () => {
    const { messageParser, subscriptionStrategy } = mexcSpot.public({ candleIntervals: ['1m', '1h'] })
    const [minute, hour] = subscriptionStrategy.plan({
      channel: 'candles',
      instruments: [parseInstrument('BTC/USDT')],
      candleIntervals: null,
    })
    expect(parse(messageParser, minute?.id ?? '', candle('Min1'))[0]?.stream).toBe(minute)
    expect(parse(messageParser, hour?.id ?? '', candle('Min60'))[0]?.stream).toBe(hour)
    expect(parse(messageParser, 'spot@public.kline.v3.api.pb@BTCUSDT@Min7', candle('Min7'))).toMatchObject([
      { type: MessageType.Other, data: { detail: 'candles of width "Min7"' } },
    ])
  })

  it('of the account are one for every instrument', () => {
    const { messageParser, subscriptionStrategy } = mexcSpot.private({ apiKey: 'key', apiSecret: 'secret' })
    const [balances] = subscriptionStrategy.plan({ channel: 'balances', instruments: [], candleIntervals: null })
    const value = { ...noBalance, vcoinName: 'USDT' }
    const [message] = parse(messageParser, 'spot@private.account.v3.api.pb', {
      body: { $case: 'privateAccount', value },
    })
    expect(message).toMatchObject({ type: MessageType.Balance, symbol: null })
    expect(message?.stream).toBe(balances)
  })

  it('that are wrong are named, also where nothing of the push but its channel can be read', () => {
    const { messageParser, subscriptionStrategy } = mexcSpot.public()
    const [book] = subscriptionStrategy.plan({
      channel: 'orderbook',
      instruments: [parseInstrument('BTC/USDT')],
      candleIntervals: null,
    })
    const bytes = Buffer.from(composePush(book?.id ?? '', depthFrom('5', '')))
    for (const frame of [frameOf(bytes), frameOf(bytes.subarray(0, -1))]) {
      const message = messageParser.parse(frame) as ParsedMessage
      expect(message).toMatchObject({ type: MessageType.Error, data: { code: 'ERR_MALFORMED_FRAME' } })
      expect(message.stream).toBe(book)
    }
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
    expect(parse(parserWith(), bookTickerBatch, content)).toMatchObject([
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
    const value = { ...quote, version: '', lastOrderCreateTime: 0 }
    const other: PushContent = { symbol: 'ETHUSDT', body: { $case: 'publicAggreBookTicker', value } }
    expect(pushQuote(parser)).toHaveLength(1)
    expect(parse(parser, bookTicker.replace('BTC', 'ETH'), other)).toHaveLength(1)
    expect(pushQuote(parser)).toHaveLength(0)
  })

  it('begin anew when a stream is acknowledged, so that a consumer sees a quote after every reconnect', () => {
    const parser = parserWith({ ...options, interval: '10ms' })
    pushQuote(parser)
    parser.parse(frameOf(JSON.stringify({ id: 1, code: 0, msg: bookTicker })))
    expect([pushQuote(parser).length, pushQuote(parser).length]).toEqual([1, 0])
  })

  it('cover batches, within and between them', () => {
    const parser = parserWith(options)
    const items = [quote, quote, { ...quote, askQuantity: '1' }, { ...quote, askQuantity: '1' }]
    const value = { items, version: '', lastOrderCreateTime: 0 }
    const content: PushContent = { symbol: 'BTCUSDT', body: { $case: 'publicBookTickerBatch', value } }
    expect(parse(parser, bookTickerBatch, content)).toHaveLength(2)
    expect(parse(parser, bookTickerBatch, content)).toHaveLength(2)
  })
})

describe('tickers', () => {
  it('take the change of the time zone subscribed to, and that of UTC+8 where there is none', () => {
    const change = (zonedRate: string): unknown =>
      parse(parserWith(), 'spot@public.miniTicker.v3.api.pb@BTCUSDT@24H', {
        symbol: 'BTCUSDT',
        body: { $case: 'publicMiniTicker', value: { ...ticker, zonedRate } },
      })[0]?.data
    expect(change('0.02')).toMatchObject({ change: 0.02, high: null, low: null })
    expect(change('')).toMatchObject({ change: 0.01 })
  })

  it('of all instruments are a message each; one that cannot be read costs only itself', () => {
    const items = [
      ticker,
      { ...ticker, symbol: 'FOOXYZ' },
      { ...ticker, symbol: '龙虾USDC' },
      { ...ticker, price: 'x' },
    ]
    const messages = parse(parserWith(), allTickers, {
      sendTime: 5,
      body: { $case: 'publicMiniTickers', value: { items } },
    })
    expect(messages).toMatchObject([
      { type: MessageType.Ticker, symbol: parseInstrument('BTC/USDT'), exchangeTime: 5 },
      { type: MessageType.Other, data: { wireChannel: allTickers } },
      { type: MessageType.Ticker, symbol: parseInstrument('龙虾/USDC') },
      {
        type: MessageType.Error,
        data: {
          message: 'BTCUSDT: price is "x", not a decimal number',
          wireChannel: 'spot@public.miniTickers.v3.api.pb',
        },
      },
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
    [9, null],
    [0, null],
    [-1, null],
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
    [101, 'limit', null],
    [102, 'limit', null],
    [77, null, null],
    [0, null, null],
    [-1, null, null],
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
      triggerPrice: null,
      size: '0.00100000',
      filledSize: null,
      remainingSize: null,
      averagePrice: null,
      createdAt: null,
      updatedAt: 8,
    })
  })

  it.each([
    [{ status: 0, state: 0 }, 'open'],
    [{ status: 0, state: 0, orderType: 250 }, 'open'],
    [{ status: 0, orderType: 100 }, 'open'],
    [{ status: 0, orderType: 101 }, 'open'],
    [{ status: 0, orderType: 102, state: 3 }, null],
    [{ status: 0, orderType: 250 }, null],
    [{ status: 4, orderType: 100, state: 0 }, 'cancelled'],
  ])('with %j, where state may stand for status, are %s', (changes, status) => {
    expect(parseOrder(changes)).toMatchObject({ id: '1', status })
  })

  it('say at what price they are triggered', () => {
    const triggered = { orderType: 101, triggerType: 1, triggerPrice: '89.10', ocoId: '9', state: 0, status: 0 }
    expect(parseOrder(triggered)).toMatchObject({ type: 'limit', price: '87500.10', triggerPrice: '89.10' })
    expect(parseOrder({ triggerPrice: '0' })).toMatchObject({ triggerPrice: null })
  })

  it('are told whatever else of them cannot be read', () => {
    const words = { orderType: 250, tradeType: 7, status: 99 }
    const wrong = { price: '$1', quantity: '1,5', avgPrice: '0x1', remainQuantity: 'much', cumulativeQuantity: 'x' }
    expect(parseOrder({ ...words, ...wrong, triggerPrice: '?' })).toEqual({
      id: '1',
      clientId: null,
      side: null,
      type: null,
      timeInForce: null,
      status: null,
      price: null,
      triggerPrice: null,
      size: null,
      filledSize: null,
      remainingSize: null,
      averagePrice: null,
      createdAt: null,
      updatedAt: 8,
    })
    expect(parseOrder({ tradeType: 0 })).toMatchObject({ side: null, price: '87500.10' })
  })

  it('keep amounts in the notation in which they were sent', () => {
    const amounts = { price: '1E-7', quantity: '123456789012345678.123456789', remainQuantity: '-3e+5' }
    expect(parseOrder(amounts)).toMatchObject({
      price: '1E-7',
      size: '123456789012345678.123456789',
      remainingSize: '-3e+5',
    })
  })

  const market = { orderType: 5, price: '3.5', avgPrice: '3.7', cumulativeQuantity: '10' }

  it('have no price at the market, which MEXC protects by one that nobody asked for', () => {
    const sell = { ...market, quantity: '10', remainQuantity: '0', amount: '0', status: 2 }
    expect(parseOrder(sell)).toMatchObject({
      type: 'market',
      price: null,
      size: '10',
      remainingSize: '0',
      averagePrice: '3.7',
    })
  })

  it.each([
    ['open', { status: 1, amount: '40', quantity: '0', cumulativeQuantity: '0' }, null, null],
    ['open, with the size of its protective price', { status: 1, amount: '40', quantity: '10.8' }, null, null],
    ['open, without a word of its size', { status: 1, amount: '', quantity: '' }, null, null],
    ['filled in part', { status: 3, amount: '40', quantity: '0' }, null, null],
    ['ended with a part filled', { status: 5, amount: '40', quantity: '0' }, null, null],
    ['filled', { status: 2, amount: '40', quantity: '0' }, '10', '0'],
    ['by size', { status: 1, amount: '0', quantity: '12', remainQuantity: '2' }, '12', '2'],
  ])('that buy at the market, %s, have the size that is known', (_, changes, size, remainingSize) => {
    expect(parseOrder({ ...market, tradeType: 1, ...changes })).toMatchObject({ size, remainingSize })
  })
})

describe('own fills and balances', () => {
  const noFill: PrivateDealsV3Api = {
    price: '',
    quantity: '',
    amount: '',
    tradeType: 0,
    isMaker: false,
    isSelfTrade: false,
    tradeId: '',
    clientOrderId: '',
    orderId: '',
    feeAmount: '',
    feeCurrency: '',
    time: 0,
  }

  it('are taken unless the exchange says they were made', () => {
    const value = { ...noFill, price: '1', quantity: '2', tradeType: 1, tradeId: '3', orderId: '4' }
    expect(
      parse(parserWith(), 'spot@private.deals.v3.api.pb', {
        symbol: 'BTCUSDT',
        body: { $case: 'privateDeals', value },
      })[0]?.data,
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

  it('are fills of no known side where MEXC does not say which', () => {
    const value = { ...noFill, price: '1E-7', quantity: '2', tradeType: 3, tradeId: '3', orderId: '4' }
    expect(
      parse(parserWith(), 'spot@private.deals.v3.api.pb', {
        symbol: 'BTCUSDT',
        body: { $case: 'privateDeals', value },
      })[0]?.data,
    ).toMatchObject({ id: '3', side: null, price: '1E-7', size: '2' })
  })

  function parseBalance(changes: object): unknown {
    const value = { ...noBalance, vcoinName: 'USDT', ...changes }
    return parse(parserWith(), 'spot@private.account.v3.api.pb', { body: { $case: 'privateAccount', value } })[0]?.data
  }

  it('have no total where a part is missing', () => {
    const nothing = { change: null, freeChange: null, reason: null, time: null }
    expect(parseBalance({ balanceAmount: '1.50' })).toEqual([
      { asset: 'USDT', free: '1.50', locked: null, total: null, ...nothing },
    ])
    expect(parseBalance({ balanceAmount: 'much', frozenAmount: '1' })).toEqual([
      { asset: 'USDT', free: null, locked: '1', total: null, ...nothing },
    ])
  })

  it.each([
    ['-20', '20', '0'],
    ['-5.25', '0', '-5.25'],
    ['1e-8', '-0.000000000000000001', '0.000000009999999999'],
    ['3', '', null],
  ])('change by %s free and %s frozen, which is %s of the total', (balanceAmountChange, frozenAmountChange, change) => {
    expect(parseBalance({ balanceAmountChange, frozenAmountChange })).toMatchObject([
      { change, freeChange: balanceAmountChange },
    ])
  })
})

describe('times', () => {
  it('in microseconds are milliseconds with a fraction', () => {
    const channel = 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT'
    const value = {
      deals: [{ price: '1', quantity: '2', tradeType: 1, time: 1_790_000_000_123_456, tradeId: '4' }],
      eventType: '',
    }
    const content = { symbol: 'BTCUSDT', sendTime: 1_790_000_000_200_500, body: { $case: 'publicAggreDeals', value } }
    expect(parse(parserWith(), channel, content as PushContent)).toMatchObject([
      { exchangeTime: 1_790_000_000_200.5, data: [{ time: 1_790_000_000_123.456 }] },
    ])
  })

  it('of a candle that cannot be in seconds are an ERROR of it, as on Gate.io', () => {
    const push = candle('Min1')
    const late = { ...push, body: { ...push.body, value: { ...push.body?.value, windowStart: 1_790_000_000_000 } } }
    expect(parse(parserWith(), 'spot@public.kline.v3.api.pb@BTCUSDT@Min1', late as PushContent)).toMatchObject([
      { type: MessageType.Error, channel: 'candles' },
    ])
  })
})
