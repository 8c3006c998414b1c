import { MessageType, parseInstrument } from '@tapewire/core'
import { describe, expect, it } from 'vitest'

import { parseAs, parseOne, streamsWith } from '../../../test/support/frames.js'
import { GateioSpotParser } from '../parser.js'

function acknowledgement(frame: object): ReturnType<typeof parseAs<typeof MessageType.SubscriptionConfirm>>['data'] {
  return parseAs(MessageType.SubscriptionConfirm, frame).data
}

const accepted = { accepted: [], rejected: [], others: 'accepted' }

describe('acknowledgements', () => {
  it('of 2026 echo the request’s id', () => {
    const frame = {
      time: 1_767_225_600,
      time_ms: 1_767_225_600_123,
      id: 7,
      conn_id: 'a1c0ffee00112233',
      trace_id: '0f1e2d3c4b5a6978',
      channel: 'spot.trades',
      event: 'subscribe',
      payload: ['BTC_USDT', 'ETH_USDT'],
      result: { status: 'success' },
      requestId: '0f1e2d3c4b5a6978',
    }
    expect(parseOne(frame)).toMatchObject({
      type: MessageType.SubscriptionConfirm,
      exchangeTime: 1_767_225_600_123,
      data: { action: 'subscribe', requestId: 7, wireChannel: 'spot.trades', ...accepted },
    })
  })

  it('of 2021 name the channel only', () => {
    const frame = { time: 1_619_093_532, channel: 'spot.tickers', event: 'subscribe', result: { status: 'success' } }
    expect(parseOne(frame)).toMatchObject({
      exchangeTime: 1_619_093_532_000,
      data: { action: 'subscribe', requestId: null, wireChannel: 'spot.tickers', ...accepted },
    })
  })

  it('take an error of null for success, and time_ms 0 for no time', () => {
    const frame = {
      time: 1_684_930_163,
      time_ms: 0,
      channel: 'spot.trades',
      event: 'unsubscribe',
      error: null,
      result: { status: 'success' },
    }
    expect(parseOne(frame).exchangeTime).toBe(1_684_930_163_000)
    expect(acknowledgement(frame)).toMatchObject({ action: 'unsubscribe', ...accepted })
    expect(acknowledgement({ ...frame, result: null })).toMatchObject(accepted)
  })
})

describe('refusals', () => {
  const refused = { time: 1_767_225_600, id: 8, channel: 'spot.order_book_update', event: 'subscribe' }

  it.each([{ status: 'fail' }, { status: 'failed' }, null])(
    'with a result of %j carry the exchange’s words',
    (result) => {
      const error = { code: 2, message: 'unknown currency pair: NOPE_USDT' }
      expect(acknowledgement({ ...refused, error, result })).toEqual({
        action: 'subscribe',
        requestId: 8,
        wireChannel: 'spot.order_book_update',
        accepted: [],
        rejected: [],
        others: { exchangeCode: '2', reason: 'unknown currency pair: NOPE_USDT' },
      })
    },
  )

  it.each(['failed', 'FAIL', 'error'])('are told from a result of %j where no error is given', (status) => {
    expect(acknowledgement({ ...refused, result: { status } }).others).toEqual({
      exchangeCode: null,
      reason: 'the exchange refused it without a reason',
    })
  })

  it('belong to their request also where its id comes back as text', () => {
    expect(acknowledgement({ ...refused, id: '8', error: { code: 2, message: 'no' } }).requestId).toBe(8)
  })

  it.each([
    [
      { code: 4, message: '{"label":"INVALID_KEY","message":"Invalid key provided"}\n' },
      '4',
      'INVALID_KEY: Invalid key provided',
    ],
    [{ code: '4', message: ' trimmed \n' }, '4', 'trimmed'],
    [{ code: 1, message: '{not json' }, '1', '{not json'],
    [{ code: 3 }, '3', 'no reason was given'],
    [{ label: 'SERVER_ERROR', message: 'try later' }, null, 'SERVER_ERROR: try later'],
    [{ message: { deep: 1 } }, null, '{"deep":1}'],
    ['plain words', null, 'plain words'],
    ['', null, 'no reason was given'],
    [17, null, '17'],
  ])('read the error %j', (error, exchangeCode, reason) => {
    expect(acknowledgement({ ...refused, error, result: null }).others).toMatchObject({ exchangeCode, reason })
  })

  it.each([
    [2, undefined],
    [4, 'ERR_AUTHENTICATION_FAILED'],
  ])('with code %j are about who asked: %j', (code, expected) => {
    const { others } = acknowledgement({ ...refused, error: { code, message: 'no' } })
    expect(others).toEqual({ exchangeCode: String(code), reason: 'no', ...(expected && { code: expected }) })
  })

  it('cut a reason that does not end', () => {
    const { others } = acknowledgement({ ...refused, error: { code: 2, message: 'x'.repeat(5_000) } })
    expect(others).toEqual({ exchangeCode: '2', reason: `${'x'.repeat(300)}…` })
  })

  it('tell a clock that is wrong from a key that is', () => {
    const message = '{"label":"REQUEST_EXPIRED","message":"gap between request time and server time exceeds 60"}'
    const { others } = acknowledgement({ ...refused, channel: 'spot.orders', error: { code: 4, message } })
    expect(others).toMatchObject({ code: 'ERR_CLOCK_SKEW' })
  })

  describe('of a request for several streams', () => {
    const streams = streamsWith({ orderbookChannel: 'obu', orderbookDepth: 50 })
    const instruments = ['BTC/USDT', 'NOPE/USDT', 'ETH/USDT'].map(parseInstrument)
    for (const channel of ['orderbook', 'trades', 'candles', 'orders'] as const)
      streams.plan({ channel, instruments, candleIntervals: null })
    const parser = new GateioSpotParser(streams)
    const answer = (channel: string, error: object | string, parts: object = {}): unknown =>
      parseOne({ ...refused, channel, error, ...parts }, parser).data
    const argument = (message: string): object => ({ code: 2, message })

    it.each([
      ['spot.trades', 'unknown currency pair: NOPE_USDT', 'spot.trades:NOPE_USDT'],
      ['spot.trades', 'Alert sub ob.BTC_USDT.50', 'spot.trades:BTC_USDT'],
      ['spot.orders', 'currency pair "NOPE_USDT" is invalid.', 'spot.orders:NOPE_USDT'],
      ['spot.obu', 'unknown currency pair: BTC_USDT', 'spot.obu:BTC_USDT:50'],
    ])('on %s because of %j name the stream %s, and the others are asked for again', (channel, reason, streamId) => {
      expect(answer(channel, argument(reason))).toMatchObject({
        accepted: [],
        rejected: [{ streamId, exchangeCode: '2', reason }],
        others: 'again',
      })
    })

    it.each(['Alert sub ob.BTC_USDT.50', 'Alert sub of BTC_USDT'])(
      'of a book stream that is there already (%s) accept it, and the others are asked for again',
      (reason) => {
        expect(answer('spot.obu', argument(reason))).toMatchObject({
          accepted: ['spot.obu:BTC_USDT:50'],
          rejected: [],
          others: 'again',
        })
      },
    )

    it.each([
      { code: 3, message: 'server error' },
      { code: 2, message: 'request timeout' },
      { label: 'TOO_MANY_REQUESTS', message: 'Request Rate limit Exceeded' },
    ])('for the moment ($code $label $message) are of all, and may be asked for again later', (error) => {
      expect(answer('spot.trades', error)).toMatchObject({ rejected: [], others: { retryable: true } })
    })

    it.each([argument('unknown currency pair: NOPE_USDT'), { code: 4, message: 'server error' }])(
      'for good ($code $message) are not',
      (error) => {
        expect(JSON.stringify(answer('spot.trades', error))).not.toContain('retryable')
      },
    )

    it('may name several', () => {
      const reason = 'NOPE_USDT,ETH_USDT not found'
      expect(answer('spot.trades', argument(reason))).toMatchObject({
        rejected: [
          { streamId: 'spot.trades:NOPE_USDT', reason },
          { streamId: 'spot.trades:ETH_USDT', reason },
        ],
        others: 'again',
      })
    })

    it('name whoever they name with any code, or none', () => {
      const named = { rejected: [{ streamId: 'spot.trades:NOPE_USDT' }], others: 'again' }
      for (const error of ['NOPE_USDT?', { message: 'NOPE_USDT' }, { code: 3, message: 'no NOPE_USDT here' }]) {
        expect(answer('spot.trades', error)).toMatchObject(named)
      }
    })

    it.each([
      ['spot.trades', argument('try again')],
      ['spot.obu', argument('unknown currency pair')],
      ['spot.orders', 'one of them is unknown'],
      ['spot.trades', argument('unknown currency pair: NEVER_USDT')],
    ])('on %s because of %j name none of them, and are asked for in halves', (channel, error) => {
      expect(answer(channel, error)).toMatchObject({ rejected: [], others: { split: { reason: expect.any(String) } } })
    })

    it.each([
      ['a text in a text', argument('{"label":"INVALID_CURRENCY_PAIR","detail":"NOPE_USDT"}')],
      ['one with escapes', argument('["\\u004eOPE_USDT"]')],
      ['the name of a field', { code: 2, message: { NOPE_USDT: 'unknown' } }],
      ['another field', { code: 2, message: 'unknown currency pair', param: 'NOPE_USDT' }],
      ['a text that is cut when it is shown', argument(`${'no market of ours '.repeat(30)}NOPE_USDT`)],
    ])('name whoever stands in %s', (_where, error) => {
      expect(answer('spot.trades', error)).toMatchObject({
        rejected: [{ streamId: 'spot.trades:NOPE_USDT' }],
        others: 'again',
      })
    })

    it('that repeat a list longer than what is shown of a reason blame nobody for being at its beginning', () => {
      const many = Array.from({ length: 100 }, (_, index) => `COIN${index}`)
      const ofMany = streamsWith()
      ofMany.plan({
        channel: 'trades',
        instruments: many.map((base) => parseInstrument(`${base}/USDT`)),
        candleIntervals: null,
      })
      const echo = `invalid: [${many.map((base) => `${base}_USDT`).join()}]`
      const error = argument(echo)
      expect(parseOne({ ...refused, channel: 'spot.trades', error }, new GateioSpotParser(ofMany)).data).toMatchObject({
        rejected: [],
        others: { split: { reason: `${echo.slice(0, 300)}…` } },
      })
    })

    it('that give no reason are asked for in halves too', () => {
      const others = { split: { exchangeCode: null, reason: 'the exchange refused it without a reason' } }
      expect(answer('spot.trades', '', { error: null, result: { status: 'fail' } })).toMatchObject({ others })
    })

    it.each([
      ['an unknown channel', 'spot.obu', argument('Unknown channel spot.obu')],
      ['the form of the request', 'spot.trades', { code: 1, message: 'invalid request body' }],
      ['the server', 'spot.trades', { code: 3, message: 'try later' }],
      ['a server that says so in words', 'spot.trades', 'Internal server error'],
      ['a server that says so by a label', 'spot.trades', { label: 'SERVER_ERROR', message: 'try later' }],
      ['their number', 'spot.trades', { label: 'TOO_MANY_REQUESTS', message: 'slow down' }],
      ['who asks', 'spot.orders', { code: 4, message: '{"label":"INVALID_KEY","message":"BTC_USDT"}' }],
      ['the time', 'spot.orders', argument('REQUEST_EXPIRED: gap between request time and server time')],
      ['the one market of a request', 'spot.candlesticks', argument('unknown currency pair: NOPE_USDT')],
    ])('that are about %s are about all', (_what, channel, error) => {
      expect(answer(channel, error)).toMatchObject({ rejected: [], others: { reason: expect.any(String) } })
    })

    it('look for names among what the answer says was asked for, and take an echo of all of it for none', () => {
      const payload = ['BTC_USDT', 'NOPE_USDT']
      expect(answer('spot.trades', argument('NOPE_USDT is unlike ETH_USDT'), { payload })).toMatchObject({
        rejected: [{ streamId: 'spot.trades:NOPE_USDT' }],
        others: 'again',
      })
      const echo = 'bad payload: [BTC_USDT NOPE_USDT]'
      expect(answer('spot.trades', argument(echo), { payload })).toMatchObject({
        rejected: [],
        others: { split: { exchangeCode: '2', reason: echo } },
      })
      expect(answer('spot.obu', argument('ob.BTC_USDT.50'), { payload: ['ob.BTC_USDT.50'] })).toMatchObject({
        rejected: [{ streamId: 'spot.obu:BTC_USDT:50' }],
        others: 'again',
      })
    })
  })

  it('outside an acknowledgement are ERROR messages', () => {
    expect(
      parseOne({ time: 1, channel: '', event: '', error: { code: 1, message: 'request message need json scheme' } }),
    ).toMatchObject({
      type: MessageType.Error,
      data: { code: '1', message: 'request message need json scheme', wireChannel: null, failure: null },
    })
    expect(parseOne({ channel: 'spot.trades', event: 'update', error: 'broken' })).toMatchObject({
      type: MessageType.Error,
      data: { code: 'ERR_EXCHANGE_ERROR', message: 'broken', wireChannel: 'spot.trades' },
    })
  })
})
