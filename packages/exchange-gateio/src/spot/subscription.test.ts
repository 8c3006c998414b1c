import { type CandleInterval, type Channel, type Instrument, parseInstrument, type Stream } from '@tapewire/core'
import { createEnv, type RequestContext } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import { btcUsdt, ethUsdt, streamsWith } from '../../test/support/frames.js'
import type { GateioSpotPublicOptions } from './options.js'
import { GateioSpotSubscription } from './subscription.js'

function subscription(options: GateioSpotPublicOptions = {}): GateioSpotSubscription {
  return new GateioSpotSubscription(streamsWith(options))
}

function context(): RequestContext {
  let requestId = 0
  return { ...createEnv({ clock: new ManualClock(1_767_225_600_999) }), nextRequestId: () => ++requestId }
}

function plan(
  strategy: GateioSpotSubscription,
  channels: readonly Channel[],
  instruments: readonly Instrument[],
): readonly Stream[] {
  return channels.flatMap((channel) => strategy.plan({ channel, instruments, candleIntervals: null }))
}

/** The requests as the server would read them. */
function requests(strategy: GateioSpotSubscription, streams: readonly Stream[]): unknown[] {
  return strategy
    .createSubscriptionMessages('subscribe', streams, context())
    .map((message) => JSON.parse(String(message.payload)))
}

describe('plan', () => {
  it('has the candles of the widths that a request names, and of the options where it names none', () => {
    const strategy = subscription({ candleIntervals: ['1d'] })
    const candlesOf = (candleIntervals: readonly CandleInterval[] | null): unknown[] =>
      strategy.plan({ channel: 'candles', instruments: [btcUsdt, ethUsdt], candleIntervals }).map(({ id }) => id)
    expect(candlesOf(null)).toEqual(['spot.candlesticks:BTC_USDT:1d', 'spot.candlesticks:ETH_USDT:1d'])
    expect(candlesOf(['1m', '1w', '1m'])).toEqual([
      'spot.candlesticks:BTC_USDT:1m',
      'spot.candlesticks:BTC_USDT:7d',
      'spot.candlesticks:ETH_USDT:1m',
      'spot.candlesticks:ETH_USDT:7d',
    ])
    expect(() => candlesOf(['1m', '1M'])).toThrow(
      expect.objectContaining({
        code: 'ERR_UNSUPPORTED_OPTION',
        shortMessage: 'gateio_spot has no candles of 1M.',
        hint: 'It has 10s, 1m, 5m, 15m, 30m, 1h, 4h, 8h, 1d, 1w.',
      }),
    )
  })

  it('gives every channel its wire stream', () => {
    const streams = plan(subscription(), ['orderbook', 'trades', 'book_ticker', 'ticker', 'candles'], [btcUsdt])
    expect(streams.map((stream) => stream.id)).toEqual([
      'spot.order_book_update:BTC_USDT:100ms',
      'spot.trades:BTC_USDT',
      'spot.book_ticker:BTC_USDT',
      'spot.tickers:BTC_USDT',
      'spot.candlesticks:BTC_USDT:1m',
    ])
    expect(streams[0]).toMatchObject({
      channel: 'orderbook',
      channels: ['orderbook'],
      instrument: btcUsdt,
      wireChannel: 'spot.order_book_update',
      wireSymbol: 'BTC_USDT',
      params: { interval: '100ms' },
      exclusive: null,
    })
  })

  it('follows the options', () => {
    const ids = (options: GateioSpotPublicOptions): string[] =>
      plan(subscription(options), ['orderbook', 'candles'], [btcUsdt]).map((stream) => stream.id)
    expect(ids({ orderbookInterval: '20ms', candleIntervals: ['10s', '1w'] })).toEqual([
      'spot.order_book_update:BTC_USDT:20ms',
      'spot.candlesticks:BTC_USDT:10s',
      'spot.candlesticks:BTC_USDT:7d',
    ])
    expect(ids({ orderbookChannel: 'obu' })[0]).toBe('spot.obu:BTC_USDT:400')
    expect(ids({ orderbookChannel: 'obu', orderbookDepth: 50 })[0]).toBe('spot.obu:BTC_USDT:50')
  })

  it('names a stream once, whatever is repeated', () => {
    const strategy = subscription({ orderbookChannel: 'obu' })
    const streams = plan(strategy, ['orderbook'], [btcUsdt, ethUsdt, btcUsdt])
    expect(streams.map((stream) => stream.id)).toEqual(['spot.obu:BTC_USDT:400', 'spot.obu:ETH_USDT:400'])
  })

  it('means the same objects by the same request', () => {
    const strategy = subscription({ candleIntervals: ['1m', '1h'] })
    const [minutes, hours] = plan(strategy, ['candles'], [btcUsdt])
    expect(minutes?.params).toEqual({ interval: '1m' })
    expect(hours?.params).toEqual({ interval: '1h' })
    const again = plan(strategy, ['candles'], [btcUsdt])
    expect(again[0]).toBe(minutes)
    expect(again[1]).toBe(hours)
  })

  it('refuses account channels and markets it cannot spell', () => {
    expect(() =>
      subscription().plan({ channel: 'orders', instruments: [btcUsdt], candleIntervals: null }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: These strategies of gateio_spot have no channel orders.  [ERR_UNSUPPORTED_CHANNEL]
      They have orderbook, trades, book_ticker, ticker, candles. Strategies made by private() have it.]
    `)
    for (const name of ['A_B/USDT', 'BTC/USDT:USDT']) {
      const odd = { channel: 'trades', instruments: [parseInstrument(name)], candleIntervals: null } as const
      expect(() => subscription().plan(odd)).toThrow(/ERR_INVALID_SYMBOL/)
    }
  })
})

describe('createSubscriptionMessages', () => {
  it('writes one request for a list, and one each where the exchange takes one', () => {
    const strategy = subscription()
    const streams = plan(strategy, ['trades', 'orderbook', 'ticker', 'candles'], [btcUsdt, ethUsdt])
    const time = 1_767_225_600
    const event = 'subscribe'
    expect(requests(strategy, streams)).toEqual([
      { time, id: 1, channel: 'spot.trades', event, payload: ['BTC_USDT', 'ETH_USDT'] },
      { time, id: 2, channel: 'spot.order_book_update', event, payload: ['BTC_USDT', '100ms'] },
      { time, id: 3, channel: 'spot.order_book_update', event, payload: ['ETH_USDT', '100ms'] },
      { time, id: 4, channel: 'spot.tickers', event, payload: ['BTC_USDT', 'ETH_USDT'] },
      { time, id: 5, channel: 'spot.candlesticks', event, payload: ['1m', 'BTC_USDT'] },
      { time, id: 6, channel: 'spot.candlesticks', event, payload: ['1m', 'ETH_USDT'] },
    ])
  })

  it('names the streams of spot.obu in one list', () => {
    const strategy = subscription({ orderbookChannel: 'obu', orderbookDepth: 50 })
    const streams = plan(strategy, ['orderbook'], [btcUsdt, ethUsdt])
    expect(requests(strategy, streams)).toMatchObject([
      { channel: 'spot.obu', payload: ['ob.BTC_USDT.50', 'ob.ETH_USDT.50'] },
    ])
  })

  it('unsubscribes with the same payload', () => {
    const strategy = subscription()
    const streams = plan(strategy, ['candles'], [btcUsdt])
    const [message] = strategy.createSubscriptionMessages('unsubscribe', streams, context())
    expect(message).toEqual({
      payload:
        '{"time":1767225600,"id":1,"channel":"spot.candlesticks","event":"unsubscribe","payload":["1m","BTC_USDT"]}',
      action: 'unsubscribe',
      requestId: 1,
      wireChannel: 'spot.candlesticks',
      streams,
    })
  })

  it('puts every stream in exactly one request of at most 100 markets', () => {
    const strategy = subscription()
    const instruments = Array.from({ length: 250 }, (_, index) => parseInstrument(`COIN${index}/USDT`))
    const streams = plan(strategy, ['trades', 'book_ticker'], instruments)
    const messages = strategy.createSubscriptionMessages('subscribe', streams, context())
    expect(messages.map((message) => [message.wireChannel, message.streams.length])).toEqual([
      ['spot.trades', 100],
      ['spot.trades', 100],
      ['spot.trades', 50],
      ['spot.book_ticker', 100],
      ['spot.book_ticker', 100],
      ['spot.book_ticker', 50],
    ])
    expect(messages.flatMap((message) => message.streams)).toEqual(streams)
  })

  it('has nothing to say about no streams', () => {
    expect(subscription().createSubscriptionMessages('subscribe', [], context())).toEqual([])
  })
})

describe('createRequest', () => {
  it('puts the id where Gate.io sends it back from', () => {
    const strategy = subscription()
    const ask = { channel: 'spot.trades', event: 'subscribe', payload: ['BTC_USDT'] }
    expect(JSON.parse(strategy.createRequest(ask, 7))).toEqual({ ...ask, id: 7 })
    const order = { channel: 'spot.order_place', event: 'api', payload: { req_param: { side: 'buy' } } }
    expect(JSON.parse(strategy.createRequest(order, 8))).toEqual({
      ...order,
      payload: { req_param: { side: 'buy' }, req_id: '8' },
    })
    expect(JSON.parse(strategy.createRequest({ channel: 'spot.login', event: 'api' }, 9))).toMatchObject({
      payload: { req_id: '9' },
    })
  })
})
