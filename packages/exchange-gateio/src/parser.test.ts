import { frameOf, MessageType } from '@tapewire/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GateioParser } from './parser.js'
import { gateioSymbolTable } from './symbols.js'
import { parseAs, parseOne, push, results } from './test-support.js'

const parser = new GateioParser(gateioSymbolTable())

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

  it('replies of the trading API are OTHER, with their failure in words', () => {
    const reply = {
      request_id: '3',
      header: { response_time: '1767225602000', status: '429', channel: 'spot.order_place', event: 'api' },
      data: { errs: { label: 'TOO_MANY_REQUESTS', message: 'Request Rate limit Exceeded (211)' } },
    }
    expect(parseOne(reply)).toMatchObject({
      type: MessageType.Other,
      data: {
        wireChannel: 'spot.order_place',
        detail: 'trading API reply with status 429: TOO_MANY_REQUESTS: Request Rate limit Exceeded (211)',
      },
    })
    const login = { request_id: '1', header: { status: '200', channel: 'spot.login', event: 'api' }, data: {} }
    expect(parseAs(MessageType.Other, login).data.detail).toBe('trading API reply with status 200')
  })

  it.each([
    push('spot.novelty', {}),
    push('futures.trades', []),
    { channel: 'spot.trades', result: results.trade },
    { channel: 'spot.trades', event: 'all', result: results.trade },
    { time: 1, event: 'update', result: {} },
    {},
  ])('%j is UNKNOWN', (frame) => {
    expect(parseOne(frame).type).toBe(MessageType.Unknown)
  })

  it('ignores keys it does not know, in whatever order they come', () => {
    const { time, ...rest } = push('spot.trades', { novelty: [1], ...results.trade }) as { time: number }
    const reordered = { extra: { nested: true }, ...rest, time }
    expect(parseOne(reordered)).toEqual(parseOne(push('spot.trades', results.trade)))
  })
})

describe('frames that are not the protocol', () => {
  it.each([
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0x81, 0x7e, 0xff, 0x22, 0x7d]), 'The frame is not valid UTF-8.'],
    ['cut off', '{"time":1767225601,"chan', 'The frame is not valid JSON.'],
    ['empty', '', 'The frame is not valid JSON.'],
    ['a list', '[{"channel":"spot.trades"}]', 'The frame is JSON, but not an object.'],
    ['a number', '7', 'The frame is JSON, but not an object.'],
    ['null', 'null', 'The frame is JSON, but not an object.'],
  ])('%s: the connection counts as broken', (_, content, message) => {
    expect(parseOne(content)).toMatchObject({
      type: MessageType.Error,
      data: { code: 'ERR_MALFORMED_FRAME', message, failure: 'corrupt' },
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
    const counting = new GateioParser(gateioSymbolTable())
    for (const frame of publicPushes) counting.parse(frameOf(JSON.stringify(frame)))
    expect([...counting.fallbacks]).toEqual([])
  })

  it('count the pushes of each channel that look otherwise', () => {
    const counting = new GateioParser(gateioSymbolTable())
    for (const frame of publicPushes) counting.parse(frameOf(JSON.stringify({ ...frame, news: 1 })))
    counting.parse(frameOf(JSON.stringify({ channel: 'spot.obu', result: results.obu })))
    counting.parse(frameOf(JSON.stringify(push('spot.candlesticks', { ...results.candle, n: '3d_BTC_USDT' }))))
    expect(Object.fromEntries(counting.fallbacks)).toEqual({
      'spot.trades': 1,
      'spot.tickers': 1,
      'spot.candlesticks': 2,
      'spot.book_ticker': 1,
      'spot.order_book': 1,
      'spot.order_book_update': 1,
      'spot.obu': 2,
    })
  })

  it('count nothing that has one decoder only', () => {
    const counting = new GateioParser(gateioSymbolTable())
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

describe('isControl', () => {
  it.each([
    [false, push('spot.trades', results.trade)],
    [false, push('spot.obu', results.obu)],
    [false, { channel: 'spot.obu', result: results.obu }],
    [true, { time: 1, id: 9, channel: 'spot.obu', event: 'subscribe', payload: ['ob.BTC_USDT.50'], result: {} }],
    [true, { time: 1, channel: 'spot.trades', event: 'subscribe', result: { status: 'success' } }],
    [true, { time: 1, channel: 'spot.pong', event: '', result: null }],
    [true, { request_id: '1', header: { status: '200' } }],
  ])('is %s for %j', (expected, frame) => {
    expect(parser.isControl(frameOf(JSON.stringify(frame)))).toBe(expected)
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
        expect(parser.isControl(frameOf(text))).toBe(!isPush)
        const bytes = Buffer.from(`{"event":"update"}${text}"event":"update"`)
        const start = '{"event":"update"}'.length
        expect(parser.isControl({ bytes, start, end: start + text.length, isBinary: false, receivedAt: 0 })).toBe(
          !isPush,
        )
      }),
      { numRuns: 2_000 },
    )
  })

  it('looks at its window only', () => {
    const bytes = Buffer.from('{"event":""}{"event":"update"}')
    expect(parser.isControl({ bytes, start: 0, end: 12, isBinary: false, receivedAt: 0 })).toBe(true)
    expect(parser.isControl({ bytes, start: 12, end: bytes.length, isBinary: false, receivedAt: 0 })).toBe(false)
  })
})
