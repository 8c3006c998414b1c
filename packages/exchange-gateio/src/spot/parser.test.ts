import { MessageType } from '@tapewire/core'
import { frameOf } from '@tapewire/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  btcUsdt,
  newParser,
  parseAs,
  parseOne,
  push,
  receivedAt,
  results,
  streamOf,
  streamsWith,
} from '../../test/support/frames.js'
import { GateioSpotParser } from './parser.js'

const parser = newParser()

describe('heartbeats and notices', () => {
  it.each([
    '{"time":1767225610,"time_ms":1767225610034,"conn_id":"a1c0ffee00112233","channel":"spot.pong","event":"","result":null,"requestId":"0f1e2d3c"}',
    '{"time":1767225610,"time_ms":1767225610034,"channel":"spot.pong","event":"","error":null,"result":null}',
  ])('reads a pong in the shape %s', (text) => {
    expect(parseOne(text)).toMatchObject({
      type: MessageType.Heartbeat,
      data: { kind: 'pong' },
      exchangeTime: 1_767_225_610_034,
    })
  })

  it('takes the upgrade notice as the announcement it is', () => {
    const notice = { type: 'upgrade', msg: 'The connection will soon be closed for a service upgrade.' }
    expect(parseOne(push('spot.system', notice))).toMatchObject({
      type: MessageType.Other,
      data: {
        wireChannel: 'spot.system',
        notice: 'upgrade',
        detail: 'The connection will soon be closed for a service upgrade.',
      },
    })
    expect(parseOne(push('spot.system', { type: 'news' }))).toMatchObject({ data: { notice: null, detail: 'news' } })
  })
})

describe('what is not normalised', () => {
  it.each([
    'spot.orders_v2',
    'spot.usertrades_v2',
    'spot.margin_balances',
    'spot.funding_balances',
    'spot.cross_balances',
    'spot.cross_loan',
    'spot.priceorders',
  ])('%s is OTHER', (channel) => {
    expect(parseOne(push(channel, {}))).toMatchObject({ type: MessageType.Other, data: { wireChannel: channel } })
  })

  it.each([
    push('spot.novelty', {}),
    { channel: 'spot.trades', event: 'all', result: null },
    { channel: 'spot.novelty', event: 'all', result: {} },
    { time: 1, result: {} },
    {},
  ])('%j is UNKNOWN', (frame) => {
    expect(parseOne(frame).type).toBe(MessageType.Unknown)
  })

  it.each(['futures.trades', 'options.trades'])('a push of %s is OTHER, for it is of another market', (channel) => {
    expect(parseOne(push(channel, results.trade))).toMatchObject({
      type: MessageType.Other,
      stream: null,
      data: { wireChannel: channel },
    })
  })

  it.each([
    ['says no event', { channel: 'spot.trades', result: results.trade }],
    ['says an event nobody knows', { channel: 'spot.trades', event: 'all', result: results.trade }],
  ])('what holds data of a stream and %s is an ERROR of that stream', (_, frame) => {
    expect(parseOne(frame)).toMatchObject({
      type: MessageType.Error,
      stream: { id: 'spot.trades:BTC_USDT' },
      symbol: btcUsdt,
      channel: 'trades',
      data: { wireChannel: 'spot.trades', failure: null },
    })
  })

  it('an update that names no channel is an ERROR of nobody', () => {
    expect(parseOne({ time: 1, event: 'update', result: results.trade })).toMatchObject({
      type: MessageType.Error,
      stream: null,
      data: { wireChannel: null, failure: null },
    })
  })

  it('ignores keys it does not know, in whatever order they come', () => {
    const { time, ...rest } = push('spot.trades', { novelty: [1], ...results.trade }) as { time: number }
    const reordered = { extra: { nested: true }, ...rest, time }
    expect(parseOne(reordered)).toEqual(parseOne(push('spot.trades', results.trade)))
  })
})

describe('frames that are not the protocol', () => {
  const tradeText = JSON.stringify(push('spot.trades', results.trade))
  const bookText = JSON.stringify(push('spot.order_book_update', results.orderBookUpdate))

  it.each([
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0x81, 0x7e, 0xff, 0x22, 0x7d]), 'The frame is not valid UTF-8.'],
    ['cut off', '{"time":1767225601,"chan', 'The frame is not valid JSON.'],
    ['empty', '', 'The frame is not valid JSON.'],
    ['a list', '[{"channel":"spot.trades"}]', 'The frame is JSON, but not an object.'],
    ['a number', '7', 'The frame is JSON, but not an object.'],
    ['null', 'null', 'The frame is JSON, but not an object.'],
    ['two objects of different channels', `${tradeText}${bookText}`, 'The frame is not valid JSON.'],
    ['of a channel that nobody has', tradeText.replace('trades', 'trade').slice(0, -1), 'The frame is not valid JSON.'],
    [
      'with the bytes of another inside',
      Buffer.from(tradeText.replace('sell', '\u0081~'), 'latin1'),
      'The frame is not valid UTF-8.',
    ],
  ])('%s: the connection counts as broken', (_, content, message) => {
    expect(parseOne(content)).toMatchObject({
      type: MessageType.Error,
      data: { code: 'ERR_MALFORMED_FRAME', message, failure: 'corrupt' },
    })
  })

  it.each([
    ['cut off behind its name', bookText.slice(0, bookText.indexOf('"U"')), 'spot.order_book_update:BTC_USDT:100ms'],
    ['with a number that is none', bookText.replace(/"u":\d+/, '"u":NaN'), 'spot.order_book_update:BTC_USDT:100ms'],
    ['twice in one', `${bookText}${bookText}`, 'spot.order_book_update:BTC_USDT:100ms'],
    ['cut off within its name', bookText.slice(0, bookText.indexOf('_USDT') + 3), null],
    ['with one of another market in it', bookText.slice(0, -1) + bookText.replace('BTC_USDT', 'ETH_USDT'), null],
  ])('a delta %s is an ERROR of its book, or else of its channel, and the connection goes on', (_, content, id) => {
    expect(parseOne(content)).toMatchObject({
      type: MessageType.Error,
      stream: id === null ? null : { id },
      symbol: id === null ? null : btcUsdt,
      channel: id === null ? null : 'orderbook',
      data: { code: 'ERR_MALFORMED_FRAME', wireChannel: 'spot.order_book_update', failure: null },
    })
  })

  it('reads a window of a larger buffer', () => {
    const text = JSON.stringify(push('spot.trades', results.trade))
    const bytes = Buffer.from(`##${text}##`)
    const frame = { bytes, start: 2, end: bytes.length - 2, isBinary: false, receivedAt: 5 }
    expect(parser.parse(frame)).toMatchObject({ type: MessageType.Trades, receivedAt: 5 })
  })
})

describe('fallbacks', () => {
  const publicPushes = [
    push('spot.trades', results.trade),
    push('spot.tickers', results.ticker),
    push('spot.candlesticks', results.candle),
    push('spot.book_ticker', results.bookTicker),
    push('spot.order_book', results.orderBook),
    push('spot.order_book_update', results.orderBookUpdate),
    push('spot.obu', results.obu),
  ]

  it('are none while pushes look as they always do', () => {
    const counting = newParser()
    for (const frame of publicPushes) counting.parse(frameOf(JSON.stringify(frame)))
    expect([...counting.fallbacks]).toEqual([])
  })

  it('count the pushes of each channel that look otherwise', () => {
    const counting = newParser()
    for (const frame of publicPushes) counting.parse(frameOf(JSON.stringify({ ...frame, news: 1 })))
    counting.parse(frameOf(JSON.stringify({ channel: 'spot.obu', result: results.obu })))
    counting.parse(frameOf(JSON.stringify(push('spot.candlesticks', { ...results.candle, n: '3d_BTC_USDT' }))))
    expect(Object.fromEntries(counting.fallbacks)).toEqual({
      'spot.trades': 1,
      'spot.tickers': 1,
      'spot.candlesticks': 1,
      'spot.book_ticker': 1,
      'spot.order_book': 1,
      'spot.order_book_update': 1,
      'spot.obu': 2,
    })
  })

  it('count nothing that has one decoder only', () => {
    const counting = newParser()
    for (const frame of [
      push('spot.orders', [results.order]),
      push('spot.trades_v2', results.trade),
      push('spot.novelty', {}),
      { time: 1, channel: 'spot.trades', event: 'subscribe', result: { status: 'success' } },
      { time: 1, channel: 'spot.pong', event: '', result: null },
    ]) {
      counting.parse(frameOf(JSON.stringify(frame)))
    }
    counting.parse(frameOf('{"time":1767225601,"time_ms":1767225601231,"channel":"spot.trades","event":"update","res'))
    expect([...counting.fallbacks]).toEqual([])
  })
})

describe('the trading API', () => {
  const header = { response_time: '1767225602000', status: '200', channel: 'spot.order_place', event: 'api' }

  it('replies to the request whose id it carries', () => {
    const reply = { request_id: '3', header, data: { result: { id: '700100200301' } } }
    expect(parseOne(reply)).toMatchObject({
      type: MessageType.Reply,
      data: { requestId: 3, ok: true, exchangeCode: null, reason: null, payload: reply },
      exchangeTime: 1_767_225_602_000,
    })
  })

  it('refuses in words, with its label for a code', () => {
    const errs = { label: 'TOO_MANY_REQUESTS', message: 'Request Rate limit Exceeded (211)' }
    expect(
      parseAs(MessageType.Reply, { request_id: '3', header: { ...header, status: '429' }, data: { errs } }).data,
    ).toMatchObject({
      requestId: 3,
      ok: false,
      exchangeCode: 'TOO_MANY_REQUESTS',
      reason: 'TOO_MANY_REQUESTS: Request Rate limit Exceeded (211)',
    })
    expect(parseAs(MessageType.Reply, { request_id: '3', header: { ...header, status: '400' } }).data).toMatchObject({
      ok: false,
      exchangeCode: '400',
      reason: 'no reason was given',
    })
  })

  it('has not replied yet when it says that it has the request', () => {
    const taken = { request_id: '3', ack: true, header, data: { result: { req_id: '3' } } }
    expect(parseOne(taken)).toMatchObject({ type: MessageType.Other, data: { wireChannel: 'spot.order_place' } })
    expect(parseOne({ ...taken, ack: false }).type).toBe(MessageType.Reply)
  })

  it.each([undefined, 'mine', '', 7, '1e3'])('replies to nobody we know where the id is %j', (request_id) => {
    expect(parseAs(MessageType.Reply, { request_id, header, data: {} }).data.requestId).toBeNull()
  })
})

describe('streams', () => {
  const streams = streamsWith({ candleIntervals: ['1m', '1h'] })
  const planned = {
    'spot.order_book_update:BTC_USDT:100ms': push('spot.order_book_update', results.orderBookUpdate),
    'spot.trades:BTC_USDT': push('spot.trades', results.trade),
    'spot.book_ticker:BTC_USDT': push('spot.book_ticker', results.bookTicker),
    'spot.tickers:BTC_USDT': push('spot.tickers', results.ticker),
    'spot.candlesticks:BTC_USDT:1m': push('spot.candlesticks', results.candle),
    'spot.candlesticks:BTC_USDT:1h': push('spot.candlesticks', { ...results.candle, n: '1h_BTC_USDT' }),
  }
  const ofParser = new GateioSpotParser(streams)
  const all = (['orderbook', 'trades', 'book_ticker', 'ticker', 'candles'] as const).flatMap((channel) =>
    streams.plan({ channel, instruments: [btcUsdt], candleIntervals: null }),
  )

  it.each(Object.entries(planned))('%s is the planned one, scanned, loaded and peeked at', (id, frame) => {
    const stream = all.find((candidate) => candidate.id === id)
    expect(stream).toBeDefined()
    const text = JSON.stringify(frame)
    expect(parseOne(text, ofParser).stream).toBe(stream)
    expect(parseOne(` ${text}`, ofParser).stream).toBe(stream)
    expect(ofParser.peek(frameOf(text))).toBe(stream)
  })

  it('that nobody planned are made as they come, and are those that planning gives later', () => {
    const late = streamsWith()
    const lateParser = new GateioSpotParser(late)
    const { stream } = parseOne(push('spot.order_book_update', results.orderBookUpdate), lateParser)
    expect(late.plan({ channel: 'orderbook', instruments: [btcUsdt], candleIntervals: null })).toEqual([stream])
    expect(late.plan({ channel: 'orderbook', instruments: [btcUsdt], candleIntervals: null })[0]).toBe(stream)
  })

  it('of an account are the market’s where it was asked for alone, and the account’s otherwise', () => {
    const account = streamsWith()
    const accountParser = new GateioSpotParser(account)
    const [ofMarket] = account.plan({ channel: 'orders', instruments: [btcUsdt], candleIntervals: null })
    const rows = [results.order, { ...results.order, currency_pair: 'ETH_USDT' }]
    const frame = frameOf(JSON.stringify(push('spot.orders', rows)), receivedAt)
    expect(accountParser.parse(frame)).toMatchObject([
      { stream: ofMarket, symbol: btcUsdt },
      { stream: streamOf('spot.orders:!all'), symbol: { name: 'ETH/USDT' } },
    ])
  })
})

describe('peek', () => {
  it.each([
    [false, push('spot.orders', [results.order])],
    [false, push('spot.trades', results.trade)],
    [false, push('spot.obu', results.obu)],
    [false, { channel: 'spot.obu', result: results.obu }],
    [true, { time: 1, id: 9, channel: 'spot.obu', event: 'subscribe', payload: ['ob.BTC_USDT.50'], result: {} }],
    [true, { time: 1, channel: 'spot.trades', event: 'subscribe', result: { status: 'success' } }],
    [true, { time: 1, channel: 'spot.pong', event: '', result: null }],
    [true, { request_id: '1', header: { status: '200' } }],
  ])('tells control traffic: %s for %j', (expected, frame) => {
    expect(parser.peek(frameOf(JSON.stringify(frame))) === 'control').toBe(expected)
  })

  it('agrees, wherever the event stands, with a search of the whole frame', () => {
    const channel = fc.constantFrom(
      'spot.trades',
      'spot.obu',
      'spot.order_book_update',
      'spot.pong',
      'spot.a_name_nobody_knows',
    )
    const event = fc.constantFrom(
      '"event":"update"',
      '"event":"subscribe"',
      '"event":"unsubscribe"',
      '"event":""',
      '"event":"updates"',
    )
    const frame = fc
      .record({
        time: fc.constantFrom('"time":1767225600,"time_ms":1767225600123,', '"time":1767225600,', '"time":7,', ''),
        ids: fc.constantFrom('', '"id":7,"conn_id":"a1c0ffee00112233",'),
        channel,
        event: fc.option(event),
        rest: fc.constantFrom(
          '"result":{"s":"ob.BTC_USDT.50"}}',
          '"result":{"status":"success"}}',
          '"payload":["ob.BTC_USDT.50"]}',
          '',
        ),
        length: fc.option(fc.nat({ max: 150 })),
      })
      .map((part) => {
        const text = `{${part.time}${part.ids}"channel":"${part.channel}",${part.event === null ? '' : `${part.event},`}${part.rest}`
        return part.length === null ? text : text.slice(0, part.length)
      })
    fc.assert(
      fc.property(frame, (text) => {
        const isPush = text.includes('"event":"update"') || text.includes('"s":"ob.')
        expect(parser.peek(frameOf(text)) === 'control').toBe(!isPush)
        const bytes = Buffer.from(`{"event":"update"}${text}"event":"update"`)
        const start = '{"event":"update"}'.length
        const amid = { bytes, start, end: start + text.length, isBinary: false, receivedAt: 0 }
        expect(parser.peek(amid) === 'control').toBe(!isPush)
      }),
      { numRuns: 2_000 },
    )
  })

  it('looks at its window only', () => {
    const bytes = Buffer.from('{"event":""}{"event":"update"}')
    expect(parser.peek({ bytes, start: 0, end: 12, isBinary: false, receivedAt: 0 }) === 'control').toBe(true)
    expect(parser.peek({ bytes, start: 12, end: bytes.length, isBinary: false, receivedAt: 0 }) === 'control').toBe(
      false,
    )
  })

  it('finds no stream behind its window, nor one that cannot be read', () => {
    const text = JSON.stringify(push('spot.tickers', results.ticker))
    const bytes = Buffer.from(text)
    const end = text.indexOf('"currency_pair"')
    expect(parser.peek({ bytes, start: 0, end, isBinary: false, receivedAt: 0 })).toBeNull()
    expect(parser.peek({ bytes, start: 0, end: end + 20, isBinary: false, receivedAt: 0 })).toBeNull()
    expect(parser.peek(frameOf(text.replace('BTC_USDT', 'BTCUSDT')))).toBeNull()
    expect(parser.peek(frameOf(text))).toMatchObject({ id: 'spot.tickers:BTC_USDT' })
  })
})

describe('the times of a push', () => {
  const at = 1_790_000_000_123.456
  const written: readonly [string, unknown][] = [
    ['milliseconds', at],
    ['text', `${at}`],
    ['text with zeros', '1790000000123.456000'],
    ['microseconds', 1_790_000_000_123_456],
    ['microseconds as text', '1790000000123456'],
  ]

  it.each(written)('keep their fraction as %s', (_notation, time) => {
    const withTime = (channel: string, result: object): number | null =>
      parseOne({ ...push(channel, { ...result, t: time, create_time_ms: time }), time_ms: time }).exchangeTime
    expect(withTime('spot.tickers', results.ticker)).toBe(at)
    expect(withTime('spot.trades', results.trade)).toBe(at)
    expect(withTime('spot.book_ticker', results.bookTicker)).toBe(at)
    for (const [channel, result] of [
      ['spot.order_book', results.orderBook],
      ['spot.order_book_update', results.orderBookUpdate],
      ['spot.obu', results.obu],
    ] as const) {
      expect(withTime(channel, result)).toBe(at)
    }
  })

  it.each([1_790_000_000.5, '1790000000.5', '1790000000.500000'])('may be in seconds with a fraction: %j', (time) => {
    const seconds = { time, time_ms: undefined }
    expect(parseOne({ ...push('spot.tickers', results.ticker), ...seconds }).exchangeTime).toBe(1_790_000_000_500)
    const trade = { ...results.trade, create_time: time, create_time_ms: undefined }
    expect(parseAs(MessageType.Trades, push('spot.trades', trade)).data).toMatchObject([{ time: 1_790_000_000_500 }])
  })

  it.each([null, 'soon', {}, -1, '', true])('that cannot be read, as %j, cost nothing else of it', (time) => {
    for (const [channel, result] of [
      ['spot.trades', { ...results.trade, create_time: time, create_time_ms: time }],
      ['spot.order_book_update', { ...results.orderBookUpdate, t: time }],
      ['spot.book_ticker', { ...results.bookTicker, t: time }],
    ] as const) {
      expect(parseOne({ ...push(channel, result), time, time_ms: time })).toMatchObject({
        type: expect.toSatisfy((type: number) => type > 0),
        exchangeTime: null,
      })
    }
  })
})
