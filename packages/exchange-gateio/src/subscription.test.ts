import { parseInstrument, type Stream, type SubscriptionContext } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { type GateioPublicOptions, resolvePublicOptions } from './options.js'
import { GateioPublicSubscription } from './subscription.js'
import { gateioSymbolTable } from './symbols.js'
import { btcUsdt, ethUsdt } from './test-support.js'

function subscription(options: GateioPublicOptions = {}): GateioPublicSubscription {
  return new GateioPublicSubscription(resolvePublicOptions(options), gateioSymbolTable())
}

function context(): SubscriptionContext {
  let requestId = 0
  return { nextRequestId: () => ++requestId, wallTime: () => 1_767_225_600_999 }
}

/** The requests as the server would read them. */
function requests(strategy: GateioPublicSubscription, streams: readonly Stream[]): unknown[] {
  return strategy
    .createSubscriptionMessages('subscribe', streams, context())
    .map((message) => JSON.parse(String(message.payload)))
}

describe('plan', () => {
  it('gives every channel its wire stream', () => {
    const streams = subscription().plan({
      symbols: [btcUsdt],
      channels: ['orderbook', 'trades', 'book_ticker', 'ticker', 'candles'],
    })
    expect(streams.map((stream) => stream.id)).toEqual([
      'spot.order_book_update:BTC_USDT:100ms',
      'spot.trades:BTC_USDT',
      'spot.book_ticker:BTC_USDT',
      'spot.tickers:BTC_USDT',
      'spot.candlesticks:BTC_USDT:1m',
    ])
    expect(streams[0]).toEqual({
      id: 'spot.order_book_update:BTC_USDT:100ms',
      channel: 'orderbook',
      symbol: btcUsdt,
      wireChannel: 'spot.order_book_update',
      wireSymbol: 'BTC_USDT',
      params: ['100ms'],
    })
  })

  it('follows the options', () => {
    const ids = (options: GateioPublicOptions): string[] =>
      subscription(options)
        .plan({ symbols: [btcUsdt], channels: ['orderbook', 'candles'] })
        .map((stream) => stream.id)
    expect(ids({ orderbookInterval: '20ms', candleIntervals: ['10s', '1w'] })).toEqual([
      'spot.order_book_update:BTC_USDT:20ms',
      'spot.candlesticks:BTC_USDT:10s',
      'spot.candlesticks:BTC_USDT:7d',
    ])
    expect(ids({ orderbookChannel: 'obu' })[0]).toBe('spot.obu:BTC_USDT:400')
    expect(ids({ orderbookChannel: 'obu', orderbookDepth: 50 })[0]).toBe('spot.obu:BTC_USDT:50')
  })

  it('names a stream once, whatever is repeated', () => {
    const streams = subscription({ orderbookChannel: 'obu' }).plan({
      symbols: [btcUsdt, ethUsdt, btcUsdt],
      channels: ['orderbook', 'orderbook'],
    })
    expect(streams.map((stream) => stream.id)).toEqual(['spot.obu:BTC_USDT:400', 'spot.obu:ETH_USDT:400'])
  })

  it('refuses account channels and markets it cannot spell', () => {
    expect(() => subscription().plan({ symbols: [btcUsdt], channels: ['orders'] })).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: gateio_spot has no public channel orders.  [ERR_UNSUPPORTED_CHANNEL]
      Use gateioSpot.private() for the account; market data has orderbook, trades, book_ticker, ticker, candles.]
    `)
    const odd = { symbols: [parseInstrument('A_B/USDT')], channels: ['trades'] as const }
    expect(() => subscription().plan(odd)).toThrow(/ERR_INVALID_SYMBOL/)
  })
})

describe('createSubscriptionMessages', () => {
  it('writes one request for a list, and one each where the exchange takes one', () => {
    const strategy = subscription()
    const streams = strategy.plan({
      symbols: [btcUsdt, ethUsdt],
      channels: ['trades', 'orderbook', 'ticker', 'candles'],
    })
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
    const streams = strategy.plan({ symbols: [btcUsdt, ethUsdt], channels: ['orderbook'] })
    expect(requests(strategy, streams)).toMatchObject([
      { channel: 'spot.obu', payload: ['ob.BTC_USDT.50', 'ob.ETH_USDT.50'] },
    ])
  })

  it('unsubscribes with the same payload', () => {
    const strategy = subscription()
    const streams = strategy.plan({ symbols: [btcUsdt], channels: ['candles'] })
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
    const symbols = Array.from({ length: 250 }, (_, index) => parseInstrument(`COIN${index}/USDT`))
    const streams = strategy.plan({ symbols, channels: ['trades', 'book_ticker'] })
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
