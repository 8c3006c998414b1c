import { describe, expect, test } from 'vitest'
import { streamOf } from '../../test/support/streams.js'
import { StreamError } from '../errors/stream-error.js'
import { type Channel, channels } from '../model/channel.js'
import { tradingPair } from '../model/instrument.js'
import type { Stream } from '../model/stream.js'
import type { SubscriptionRequest, SubscriptionStrategy } from '../strategy/subscription-strategy.js'
import type { Want } from '../stream/stream-states.js'
import { planWants, requestedChannels } from './plan.js'

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
    const wants = planWants(strategy, ['BTC/USDT', btc, 'ETH/USDT'], ['trades', 'ticker'])
    expect(asked).toEqual([
      { channel: 'trades', instruments: [btc, eth] },
      { channel: 'ticker', instruments: [btc, eth] },
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
    const wants = planWants(strategy, [btc], ['ticker', 'book_ticker'])
    expect(textsOf(wants)).toEqual(['ticker ticker BTC/USDT', 'ticker book_ticker BTC/USDT'])
    expect(wants.every(({ stream }) => stream === ticker)).toBe(true)
  })

  test('wants a stream of many instruments for each that was named, and as it is where none was', () => {
    const orders = streamOf('orders', { channels: ['orders'], instrument: null })
    const { strategy } = planner(() => [orders])
    expect(textsOf(planWants(strategy, [btc, eth], ['orders']))).toEqual([
      'orders orders BTC/USDT',
      'orders orders ETH/USDT',
    ])
    expect(textsOf(planWants(strategy, [], ['orders']))).toEqual(['orders orders null'])
    expect(textsOf(planWants(strategy, undefined as never, ['orders']))).toEqual(['orders orders null'])
  })

  test('refuses what is no list of symbols, and what is no symbol, before the strategy is asked', () => {
    const { strategy, asked } = planner(() => [])
    const refused = expect.objectContaining({ code: 'ERR_INVALID_SYMBOL' })
    expect(() => planWants(strategy, 'BTC/USDT' as never, ['trades'])).toThrow(refused)
    expect(() => planWants(strategy, ['btcusdt'], ['trades'])).toThrow(refused)
    expect(asked).toEqual([])
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
    expect(() => planWants(strategy, [btc], ['trades' as Channel])).toThrow(
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
      planWants(
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
