import { describe, expect, test } from 'vitest'
import { streamOf } from '../../test/support/streams.js'
import { StreamError } from '../errors/stream-error.js'
import { type Channel, channels } from '../model/channel.js'
import { tradingPair } from '../model/instrument.js'
import type { CandleInterval } from '../model/payloads.js'
import type { Stream } from '../model/stream.js'
import type { SubscriptionRequest, SubscriptionStrategy } from '../strategy/subscription-strategy.js'
import type { Want } from '../stream/stream-states.js'
import { planWants, readAsks, readRequest, requestedChannels, type SymbolEntry } from './plan.js'

const btc = tradingPair('BTC', 'USDT')
const eth = tradingPair('ETH', 'USDT')

/** A strategy that plans what it is told to, and notes what it was asked. */
function planner(plan: (request: SubscriptionRequest) => unknown): {
  strategy: SubscriptionStrategy
  asked: SubscriptionRequest[]
} {
  const asked: SubscriptionRequest[] = []
  const strategy: SubscriptionStrategy = {
    plan: (request) => {
      asked.push(request)
      return plan(request) as readonly Stream[]
    },
    createSubscriptionMessages: () => [],
  }
  return { strategy, asked }
}

/** What is wanted of these symbols where each is asked the same, but for those that say otherwise. */
const wantsOf = (
  strategy: SubscriptionStrategy,
  symbols: readonly SymbolEntry[] | undefined,
  asked: readonly Channel[],
  candleIntervals: readonly CandleInterval[] | null = null,
): readonly Want[] => planWants(strategy, readAsks(symbols, { channels: asked, candleIntervals }))

const textsOf = (wants: readonly Want[]): string[] =>
  wants.map(({ stream, channel, instrument }) => `${stream.id} ${channel} ${instrument}`)

describe('requestedChannels', () => {
  test('gives each channel once, in the order named', () => {
    expect(requestedChannels(['trades', 'orderbook', 'trades'])).toEqual(['trades', 'orderbook'])
  })

  test.each([['trades'], [{ trades: true }], [7]])('refuses %j, which is no list', (requested) => {
    expect(() => requestedChannels(requested as never)).toThrow(
      expect.objectContaining({
        code: 'ERR_UNKNOWN_CHANNEL',
        shortMessage: 'The channels are not a list.',
        hint: expect.stringContaining("Pass ['trades']."),
      }),
    )
  })

  test.each([[undefined], [null], [[]]])('refuses %j', (requested) => {
    expect(() => requestedChannels(requested as never)).toThrow(
      expect.objectContaining({ code: 'ERR_UNKNOWN_CHANNEL', shortMessage: 'No channel was named.' }),
    )
  })

  test('says what a misspelled one may mean', () => {
    expect(() => requestedChannels(['order_book'])).toThrow(
      expect.objectContaining({
        code: 'ERR_UNKNOWN_CHANNEL',
        shortMessage: 'There is no channel "order_book".',
        hint: `Did you mean orderbook? Channels: ${channels.join(', ')}.`,
      }),
    )
    expect(() => requestedChannels([7 as never])).toThrow(expect.objectContaining({ code: 'ERR_UNKNOWN_CHANNEL' }))
  })
})

describe('planWants', () => {
  test('asks once for each channel, with each instrument once, and wants each stream for its own', () => {
    const { strategy, asked } = planner(({ channel, instruments }) =>
      instruments.map((instrument) => streamOf(`${channel}:${instrument.base}`, { channels: [channel], instrument })),
    )
    const wants = wantsOf(strategy, ['BTC/USDT', btc, 'ETH/USDT'], ['trades', 'ticker'])
    expect(asked).toEqual([
      { channel: 'trades', instruments: [btc, eth], candleIntervals: null },
      { channel: 'ticker', instruments: [btc, eth], candleIntervals: null },
    ])
    expect(textsOf(wants)).toEqual([
      'trades:BTC trades BTC/USDT',
      'trades:ETH trades ETH/USDT',
      'ticker:BTC ticker BTC/USDT',
      'ticker:ETH ticker ETH/USDT',
    ])
  })

  test('wants several channels of one stream, where it feeds them', () => {
    const ticker = streamOf('ticker', { channels: ['ticker', 'book_ticker'] })
    const { strategy } = planner(() => [ticker])
    const wants = wantsOf(strategy, [btc], ['ticker', 'book_ticker'])
    expect(textsOf(wants)).toEqual(['ticker ticker BTC/USDT', 'ticker book_ticker BTC/USDT'])
    expect(wants.every(({ stream }) => stream === ticker)).toBe(true)
  })

  test('wants a stream of many instruments for each that was named, and as it is where none was', () => {
    const orders = streamOf('orders', { channels: ['orders'], instrument: null })
    const { strategy } = planner(() => [orders])
    expect(textsOf(wantsOf(strategy, [btc, eth], ['orders']))).toEqual([
      'orders orders BTC/USDT',
      'orders orders ETH/USDT',
    ])
    expect(textsOf(wantsOf(strategy, [], ['orders']))).toEqual(['orders orders null'])
    expect(textsOf(wantsOf(strategy, undefined, ['orders']))).toEqual(['orders orders null'])
  })

  /** Candles as streams of their widths, `1m` where none is named; everything else as one stream. */
  const candlePlanner = () =>
    planner(({ channel, instruments, candleIntervals }) =>
      instruments.flatMap((instrument) =>
        (channel === 'candles' ? (candleIntervals ?? ['1m']) : ['']).map((interval) =>
          streamOf(`${channel}${interval}:${instrument.base}`, {
            channels: [channel],
            instrument,
            params: { interval },
          }),
        ),
      ),
    )

  test('asks for each symbol what it says itself, and the others what all are asked', () => {
    const { strategy, asked } = candlePlanner()
    const symbols: SymbolEntry[] = [
      'BTC/USDT',
      { symbol: eth, channels: ['candles'], candleIntervals: ['1m', '1h', '1m'] },
      { symbol: 'SOL/USDT' },
      { symbol: 'XRP/USDT', channels: ['ticker', 'candles'] },
    ]
    const wants = wantsOf(strategy, symbols, ['trades', 'candles'])
    const sol = tradingPair('SOL', 'USDT')
    const xrp = tradingPair('XRP', 'USDT')
    expect(asked).toEqual([
      { channel: 'trades', instruments: [btc, sol], candleIntervals: null },
      { channel: 'candles', instruments: [btc, sol, xrp], candleIntervals: null },
      { channel: 'candles', instruments: [eth], candleIntervals: ['1m', '1h'] },
      { channel: 'ticker', instruments: [xrp], candleIntervals: null },
    ])
    expect(textsOf(wants)).toEqual([
      'trades:BTC trades BTC/USDT',
      'trades:SOL trades SOL/USDT',
      'candles1m:BTC candles BTC/USDT',
      'candles1m:SOL candles SOL/USDT',
      'candles1m:XRP candles XRP/USDT',
      'candles1m:ETH candles ETH/USDT',
      'candles1h:ETH candles ETH/USDT',
      'ticker:XRP ticker XRP/USDT',
    ])
  })

  test('asks for candles of the widths of the request where a symbol names none', () => {
    const { strategy, asked } = candlePlanner()
    wantsOf(strategy, [btc, { symbol: eth, channels: ['candles'], candleIntervals: ['1d'] }], ['candles'], ['1h'])
    expect(asked.map(({ candleIntervals }) => candleIntervals)).toEqual([['1h'], ['1d']])
  })

  test('asks for all that a symbol is named with, where it is named more than once', () => {
    const { strategy } = candlePlanner()
    const wants = wantsOf(strategy, [btc, { symbol: btc, channels: ['candles'], candleIntervals: ['1h'] }], ['trades'])
    expect(textsOf(wants)).toEqual(['trades:BTC trades BTC/USDT', 'candles1h:BTC candles BTC/USDT'])
  })

  test('refuses candle intervals that are no list, and those that nothing would be done with', () => {
    const refused = (intervals: unknown, named: readonly Channel[] = ['candles']) =>
      expect(() =>
        readAsks([{ symbol: btc, channels: named, candleIntervals: intervals as never }], {
          channels: null,
          candleIntervals: null,
        }),
      ).toThrow(expect.objectContaining({ code: 'ERR_INVALID_CONFIG' }))
    refused([])
    refused('1m')
    refused([60])
    refused(['1m'], ['trades'])
    expect(() => readRequest({ symbols: [btc], channels: ['trades'], candleIntervals: ['1m'] })).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_CONFIG',
        shortMessage: 'Candle intervals were named, and the channel candles was not.',
      }),
    )
  })

  test('needs no channels for all where each symbol names its own', () => {
    expect(readRequest({ symbols: [{ symbol: btc, channels: ['trades'] }] }).asks).toEqual([
      { instrument: btc, channels: ['trades'], candleIntervals: null },
    ])
    const { strategy } = candlePlanner()
    expect(() => planWants(strategy, readRequest({ symbols: [btc] }).asks)).toThrow(
      expect.objectContaining({ code: 'ERR_UNKNOWN_CHANNEL' }),
    )
  })

  test('takes no candles of other widths for those that were asked for', () => {
    const { strategy } = planner(() => [streamOf('minutes', { channels: ['candles'], params: { interval: '1m' } })])
    const symbols: SymbolEntry[] = [{ symbol: btc, channels: ['candles'], candleIntervals: ['1h'] }]
    expect(() => wantsOf(strategy, symbols, ['candles'])).toThrow(
      expect.objectContaining({
        code: 'ERR_UNSUPPORTED_OPTION',
        shortMessage: 'The exchange’s adapter plans no candles of 1h.',
      }),
    )
    expect(() => wantsOf(strategy, [btc], ['candles'])).not.toThrow()
  })

  test('refuses what is no list of symbols, and what is no symbol, before the strategy is asked', () => {
    const { strategy, asked } = planner(() => [])
    const refused = expect.objectContaining({ code: 'ERR_INVALID_SYMBOL' })
    expect(() => wantsOf(strategy, 'BTC/USDT' as never, ['trades'])).toThrow(refused)
    expect(() => wantsOf(strategy, ['btcusdt'], ['trades'])).toThrow(refused)
    expect(asked).toEqual([])
  })

  const misspelt: readonly [object, string][] = [
    [
      { symbol: 'BTC/USDT', chanels: ['trades'] },
      'A symbol of the request is not valid: chanels is not an option (did you mean channels?).',
    ],
    [
      { symbol: 'BTC/USDT', intervals: ['1m'], channels: ['candles'], depth: 5 },
      'A symbol of the request is not valid: intervals is not an option; depth is not an option.',
    ],
    [
      { symbl: 'BTC/USDT', channels: ['trades'] },
      'A symbol of the request is not valid: symbol is missing; symbl is not an option (did you mean symbol?).',
    ],
    [
      { name: 'BTC/USDT', channels: ['candles'] },
      'A symbol of the request is not valid: symbol is missing; name is not an option.',
    ],
  ]
  test.each(misspelt)('refuses %j, whose wish nobody would hear', (entry, shortMessage) => {
    const { strategy, asked } = planner(() => [])
    expect(() => wantsOf(strategy, [entry as SymbolEntry], ['trades', 'candles'])).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_CONFIG', shortMessage }),
    )
    expect(asked).toEqual([])
  })

  test('takes an instrument that came as plain data', () => {
    const { strategy } = planner(({ instruments: [instrument] }) => [streamOf(`trades:${instrument?.name}`)])
    const plain: object = { ...btc }
    expect(textsOf(wantsOf(strategy, [plain as SymbolEntry], ['trades']))).toHaveLength(1)
  })

  const foreign: readonly [string, unknown][] = [
    ['no list', undefined],
    ['text', 'trades'],
    ['nothing', [undefined]],
    ['null', [null]],
    ['a look-alike', [{ ...streamOf('a') }]],
    ['an id', ['trades:BTC']],
    ['a stream of another channel', [streamOf('a'), streamOf('b', { channels: ['ticker'] })]],
  ]
  test.each(foreign)('takes a plan that holds %s for the adapter’s fault', (_what, plan) => {
    const { strategy } = planner(() => plan)
    expect(() => wantsOf(strategy, [btc], ['trades' as Channel])).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_STRATEGY',
        shortMessage: 'The plan for trades holds something that does not carry it.',
      }),
    )
  })

  test('lets through what the strategy throws, and tells a mistake in its code as one', () => {
    const refusal = new StreamError('ERR_INVALID_SYMBOL', 'There is no such pair.')
    const mistake = new TypeError('undefined has no base')
    const planThrowing = (thrown: Error) => () =>
      wantsOf(
        planner(() => {
          throw thrown
        }).strategy,
        [btc],
        ['trades'],
      )
    expect(planThrowing(refusal)).toThrow(refusal)
    expect(planThrowing(mistake)).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_STRATEGY',
        shortMessage: 'The adapter failed in plan().',
        cause: mistake,
      }),
    )
  })
})
