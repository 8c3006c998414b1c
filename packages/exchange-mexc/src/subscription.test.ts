import { type Channel, parseInstrument, type Stream, tradingPair, WebSocketStrategySet } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { type MexcPublicOptions, mexcSpot } from './index.js'

const btc = parseInstrument('BTC/USDT')
const lobster = parseInstrument('龙虾/USDT')

function plan(channels: readonly Channel[], options?: MexcPublicOptions): readonly Stream[] {
  return mexcSpot.public(options).subscriptionStrategy.plan({ symbols: [btc], channels })
}

function context(): { nextRequestId(): number; wallTime(): number } {
  let id = 0
  return { nextRequestId: () => ++id, wallTime: () => 0 }
}

const account = mexcSpot.private({ apiKey: 'key', apiSecret: 'secret' })

describe('planned streams', () => {
  it.each<[Channel, MexcPublicOptions, string]>([
    ['orderbook', {}, 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT'],
    ['orderbook', { interval: '10ms' }, 'spot@public.aggre.depth.v3.api.pb@10ms@BTCUSDT'],
    ['orderbook', { orderbookChannel: 'limit.depth' }, 'spot@public.limit.depth.v3.api.pb@BTCUSDT@20'],
    ['orderbook', { orderbookChannel: 'limit.depth', depth: 5 }, 'spot@public.limit.depth.v3.api.pb@BTCUSDT@5'],
    ['trades', {}, 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT'],
    ['book_ticker', { interval: '10ms' }, 'spot@public.aggre.bookTicker.v3.api.pb@10ms@BTCUSDT'],
    ['book_ticker', { bookTickerChannel: 'bookTicker.batch' }, 'spot@public.bookTicker.batch.v3.api.pb@BTCUSDT'],
    ['ticker', {}, 'spot@public.miniTicker.v3.api.pb@BTCUSDT@24H'],
    ['ticker', { timezone: 'UTC+5:30' }, 'spot@public.miniTicker.v3.api.pb@BTCUSDT@UTC+5:30'],
    ['ticker', { tickerChannel: 'miniTickers' }, 'spot@public.miniTickers.v3.api.pb@24H'],
    ['candles', {}, 'spot@public.kline.v3.api.pb@BTCUSDT@Min1'],
    ['candles', { candleIntervals: ['1M'] }, 'spot@public.kline.v3.api.pb@BTCUSDT@Month1'],
  ])('%s with %j is %s', (channel, options, id) => {
    expect(plan([channel], options).map((stream) => stream.id)).toEqual([id])
  })

  it('has a stream for each candle width', () => {
    expect(plan(['candles'], { candleIntervals: ['1h', '1w'] }).map(({ params }) => params)).toEqual([
      ['Min60'],
      ['Week1'],
    ])
  })

  it('names its parts', () => {
    expect(plan(['trades'])).toEqual([
      {
        id: 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT',
        channel: 'trades',
        symbol: btc,
        wireChannel: 'spot@public.aggre.deals.v3.api.pb',
        wireSymbol: 'BTCUSDT',
        params: ['100ms'],
      },
    ])
  })

  it('has each stream once', () => {
    const { subscriptionStrategy } = mexcSpot.public({ tickerChannel: 'miniTickers' })
    expect(
      subscriptionStrategy.plan({ symbols: [btc, btc, lobster], channels: ['ticker', 'trades', 'ticker'] }),
    ).toHaveLength(3)
  })

  it('has one stream for each account channel, whatever the pairs', () => {
    const request = { symbols: [], channels: ['orders', 'executions', 'balances'] as const }
    expect(account.subscriptionStrategy.plan(request).map(({ id, symbol }) => [id, symbol])).toEqual([
      ['spot@private.orders.v3.api.pb', null],
      ['spot@private.deals.v3.api.pb', null],
      ['spot@private.account.v3.api.pb', null],
    ])
  })

  it('refuses channels of the other side, and says where they are', () => {
    expect(() => plan(['orders'])).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: These strategies of mexc_spot have no channel orders.  [ERR_UNSUPPORTED_CHANNEL]
      They have orderbook, trades, book_ticker, ticker, candles. Strategies made by mexcSpot.private() have it.]
    `)
    expect(() =>
      account.subscriptionStrategy.plan({ symbols: [btc], channels: ['trades'] }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: These strategies of mexc_spot have no channel trades.  [ERR_UNSUPPORTED_CHANNEL]
      They have orders, executions, balances. Strategies made by mexcSpot.public() have it.]
    `)
  })
})

describe('subscription messages', () => {
  const { subscriptionStrategy } = mexcSpot.public()

  it('are what MEXC reads', async () => {
    const streams = subscriptionStrategy.plan({ symbols: [btc, lobster], channels: ['trades'] })
    const [message, ...more] = await subscriptionStrategy.createSubscriptionMessages('subscribe', streams, context())
    expect(more).toEqual([])
    expect(message).toMatchObject({ action: 'subscribe', requestId: 1, streams })
    expect(message?.payload).toBe(
      '{"method":"SUBSCRIPTION","params":["spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT","spot@public.aggre.deals.v3.api.pb@100ms@龙虾USDT"],"id":1}',
    )
    const [undo] = await subscriptionStrategy.createSubscriptionMessages('unsubscribe', streams.slice(0, 1), context())
    expect(undo?.payload).toBe(
      '{"method":"UNSUBSCRIPTION","params":["spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT"],"id":1}',
    )
  })

  it('carry 30 streams at most and stay near 1.7 KB, each stream in exactly one', async () => {
    const symbols = Array.from({ length: 100 }, (_, index) =>
      tradingPair(`COIN${index}${'龙'.repeat(index % 9)}`, 'USDT'),
    )
    const streams = subscriptionStrategy.plan({ symbols, channels: ['trades', 'book_ticker'] })
    const messages = await subscriptionStrategy.createSubscriptionMessages('subscribe', streams, context())
    expect(messages.flatMap((message) => message.streams)).toEqual(streams)
    for (const message of messages) {
      expect(message.streams.length).toBeLessThanOrEqual(30)
      expect(Buffer.byteLength(message.payload as string)).toBeLessThanOrEqual(1_760)
    }
    expect(new Set(messages.map(({ requestId }) => requestId)).size).toBe(messages.length)
  })

  it('are none for no streams', async () => {
    expect(await subscriptionStrategy.createSubscriptionMessages('subscribe', [], context())).toEqual([])
  })
})

describe('definition', () => {
  it('makes strategy sets', () => {
    expect(mexcSpot.public()).toBeInstanceOf(WebSocketStrategySet)
    expect(account.limits).toBe(mexcSpot.limits)
  })
})
