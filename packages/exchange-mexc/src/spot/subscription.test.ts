import {
  type CandleInterval,
  type Channel,
  parseInstrument,
  type Stream,
  tradingPair,
  WebSocketStrategySet,
} from '@tapewire/core'
import { createEnv, type RequestContext } from '@tapewire/core/adapter'
import { describe, expect, it } from 'vitest'
import { type MexcSpotPublicOptions, mexcSpot } from '../index.js'

const btc = parseInstrument('BTC/USDT')
const lobster = parseInstrument('龙虾/USDT')

function plan(channel: Channel, options?: MexcSpotPublicOptions): readonly Stream[] {
  return mexcSpot.public(options).subscriptionStrategy.plan({ channel, instruments: [btc], candleIntervals: null })
}

function context(): RequestContext {
  let id = 0
  return { ...createEnv(), nextRequestId: () => ++id }
}

const account = mexcSpot.private({ apiKey: 'key', apiSecret: 'secret' })

describe('planned streams', () => {
  it.each<[Channel, MexcSpotPublicOptions, string]>([
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
    expect(plan(channel, options).map((stream) => stream.id)).toEqual([id])
  })

  it('are the candles of the widths that a request names, and of the options where it names none', () => {
    const { subscriptionStrategy } = mexcSpot.public({ candleIntervals: ['1d'] })
    const candlesOf = (candleIntervals: readonly CandleInterval[] | null): unknown[] =>
      subscriptionStrategy.plan({ channel: 'candles', instruments: [btc], candleIntervals }).map(({ id }) => id)
    expect(candlesOf(null)).toEqual(['spot@public.kline.v3.api.pb@BTCUSDT@Day1'])
    expect(candlesOf(['1m', '1M', '1m'])).toEqual([
      'spot@public.kline.v3.api.pb@BTCUSDT@Min1',
      'spot@public.kline.v3.api.pb@BTCUSDT@Month1',
    ])
    expect(() => candlesOf(['10s'])).toThrow(
      expect.objectContaining({
        code: 'ERR_UNSUPPORTED_OPTION',
        shortMessage: 'mexc_spot has no candles of 10s.',
        hint: 'It has 1m, 5m, 15m, 30m, 1h, 4h, 8h, 1d, 1w, 1M.',
      }),
    )
  })

  it('has a stream for each candle width, told apart by its interval', () => {
    expect(plan('candles', { candleIntervals: ['1h', '1w'] }).map(({ id, params }) => [id, params])).toEqual([
      ['spot@public.kline.v3.api.pb@BTCUSDT@Min60', { interval: '1h' }],
      ['spot@public.kline.v3.api.pb@BTCUSDT@Week1', { interval: '1w' }],
    ])
  })

  it('names its parts', () => {
    expect(plan('trades')).toMatchObject([
      {
        id: 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT',
        channels: ['trades'],
        instrument: btc,
        params: { interval: '100ms' },
        wireChannel: 'spot@public.aggre.deals.v3.api.pb',
        wireSymbol: 'BTCUSDT',
        exclusive: null,
      },
    ])
  })

  it('has each stream once, and as the same object whenever it is asked for', () => {
    const { subscriptionStrategy } = mexcSpot.public({ tickerChannel: 'miniTickers' })
    const instruments = [btc, btc, lobster]
    const trades = subscriptionStrategy.plan({ channel: 'trades', instruments, candleIntervals: null })
    expect(trades).toHaveLength(2)
    expect(subscriptionStrategy.plan({ channel: 'trades', instruments: [lobster], candleIntervals: null })[0]).toBe(
      trades[1],
    )
    expect(subscriptionStrategy.plan({ channel: 'ticker', instruments, candleIntervals: null })).toHaveLength(1)
  })

  it('has one stream for each account channel, whatever the instruments', () => {
    const channels = ['orders', 'executions', 'balances'] as const
    const planned = channels.flatMap((channel) =>
      account.subscriptionStrategy.plan({ channel, instruments: [btc, lobster], candleIntervals: null }),
    )
    expect(planned.map(({ id, channel, instrument }) => [id, channel, instrument])).toEqual([
      ['spot@private.orders.v3.api.pb', 'orders', null],
      ['spot@private.deals.v3.api.pb', 'executions', null],
      ['spot@private.account.v3.api.pb', 'balances', null],
    ])
  })

  const alike = [tradingPair('AB', 'USDT'), tradingPair('A', 'BUSDT')] as const

  it.each([
    ['in one request', [alike], ['trades']],
    ['in two', [[alike[0]], [alike[1]]], ['trades', 'trades']],
    ['in two, for other channels', [[alike[0]], [alike[1]]], ['orderbook', 'ticker']],
  ] as const)('refuse an instrument that is spelt as another, asked for %s', (_, requests, channels) => {
    const { subscriptionStrategy } = mexcSpot.public()
    const plan = (): void => {
      for (const [index, instruments] of requests.entries()) {
        subscriptionStrategy.plan({ channel: channels[index] as 'trades', instruments, candleIntervals: null })
      }
    }
    expect(plan).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_SYMBOL',
        shortMessage: 'The exchange spells A/BUSDT as it spells AB/USDT: ABUSDT.',
      }),
    )
  })

  it('of the account refuse it too, though one stream is for all instruments', () => {
    const { subscriptionStrategy } = mexcSpot.private({ apiKey: 'key', apiSecret: 'secret' })
    subscriptionStrategy.plan({ channel: 'orders', instruments: [alike[0]], candleIntervals: null })
    expect(() =>
      subscriptionStrategy.plan({ channel: 'executions', instruments: [alike[1]], candleIntervals: null }),
    ).toThrow('The exchange spells A/BUSDT as it spells AB/USDT')
  })

  it('go on with the instrument that was asked for first, after the other was refused', () => {
    const { subscriptionStrategy } = mexcSpot.public()
    const [stream] = subscriptionStrategy.plan({ channel: 'trades', instruments: [alike[1]], candleIntervals: null })
    expect(() =>
      subscriptionStrategy.plan({ channel: 'trades', instruments: [alike[0]], candleIntervals: null }),
    ).toThrow(/spells/)
    expect(subscriptionStrategy.plan({ channel: 'trades', instruments: [alike[1]], candleIntervals: null })).toEqual([
      stream,
    ])
    expect(stream?.instrument).toBe(alike[1])
  })

  it('refuses channels of the other side, and says where they are', () => {
    expect(() => plan('orders')).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: These strategies of mexc_spot have no channel orders.  [ERR_UNSUPPORTED_CHANNEL]
      They have orderbook, trades, book_ticker, ticker, candles. Strategies made by private() have it.]
    `)
    expect(() =>
      account.subscriptionStrategy.plan({ channel: 'trades', instruments: [btc], candleIntervals: null }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: These strategies of mexc_spot have no channel trades.  [ERR_UNSUPPORTED_CHANNEL]
      They have orders, executions, balances. Strategies made by public() have it.]
    `)
  })
})

describe('subscription messages', () => {
  const { subscriptionStrategy } = mexcSpot.public()

  it('are what MEXC reads', async () => {
    const streams = subscriptionStrategy.plan({ channel: 'trades', instruments: [btc, lobster], candleIntervals: null })
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
    const instruments = Array.from({ length: 100 }, (_, index) =>
      tradingPair(`COIN${index}${'龙'.repeat(index % 9)}`, 'USDT'),
    )
    const streams = (['trades', 'book_ticker'] as const).flatMap((channel) =>
      subscriptionStrategy.plan({ channel, instruments, candleIntervals: null }),
    )
    const messages = await subscriptionStrategy.createSubscriptionMessages('subscribe', streams, context())
    expect(messages.flatMap((message) => message.streams)).toEqual(streams)
    for (const message of messages) {
      expect(message.streams.length).toBeLessThanOrEqual(30)
      expect(Buffer.byteLength(message.payload as string)).toBeLessThanOrEqual(1_760)
    }
    expect(new Set(messages.map(({ requestId }) => requestId)).size).toBe(messages.length)
  })

  it('of a user’s own carry the id', () => {
    expect(subscriptionStrategy.createRequest?.({ method: 'PING' }, 9)).toBe('{"method":"PING","id":9}')
    expect(account.subscriptionStrategy.createRequest?.({ method: 'PING' }, 9)).toBe('{"method":"PING","id":9}')
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
