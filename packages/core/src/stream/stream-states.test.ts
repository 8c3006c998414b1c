import { describe, expect, test } from 'vitest'
import { streamOf, trackedOf } from '../../test/support/streams.js'
import { ManualClock } from '../clock/manual-clock.js'
import { type Channel, traitsOf } from '../model/channel.js'
import { type Instrument, tradingPair } from '../model/instrument.js'
import type { FeedMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { CandleInterval } from '../model/payloads.js'
import type { Stream, StreamDescription } from '../model/stream.js'
import { StreamStates, type Want } from './stream-states.js'

const btc = tradingPair('BTC', 'USDT')
const eth = tradingPair('ETH', 'USDT')

const messageOn = (stream: Stream | null, type: number = MessageType.Trades): FeedMessage =>
  ({ stream, type }) as unknown as FeedMessage
const wantOf = (stream: Stream, channel: Channel = stream.channel, instrument = stream.instrument): Want => ({
  stream,
  channel,
  instrument,
})
const bitsOf = (...of: Channel[]): number => of.reduce((bits, channel) => bits | (1 << traitsOf(channel).type), 0)
/** A stream of this channel alone. */
const only = (channel: Channel, parts: Partial<StreamDescription> = {}): Stream =>
  streamOf(channel, { channels: [channel], ...parts })

class Bench {
  readonly clock = new ManualClock(1_000)
  /** What was told: `ticker live`. */
  readonly history: string[] = []
  /** Of which nothing is wanted any more. */
  readonly forgotten: string[] = []
  readonly states: StreamStates

  constructor(parts: { readonly hasBooks?: boolean } = {}) {
    this.states = new StreamStates({
      clock: this.clock,
      onChange: ({ stream, status }) => void this.history.push(`${stream.id} ${status}`),
      isBook: ({ channel }) => parts.hasBooks === true && channel === 'orderbook',
      onForgotten: ({ id }) => void this.forgotten.push(id),
    })
  }

  /** Wants each for its main channel. */
  want(...streams: Stream[]): void {
    this.states.want(streams.map((stream) => wantOf(stream)))
  }

  /** A message arrives on each. */
  touch(...streams: Stream[]): void {
    for (const stream of streams) this.states.touch(messageOn(stream))
  }
}

describe('the state of a stream', () => {
  test('goes from waiting to live, through loss and back', () => {
    const { states, clock, history } = new Bench()
    const stream = streamOf('a')
    states.want([wantOf(stream)])
    clock.advance(5)
    states.touch(messageOn(stream))
    states.touch(messageOn(stream))
    clock.advance(5)
    states.mark([stream], 'gapped', 'connection lost')
    states.mark([stream], 'syncing', 'waiting for the first message')
    states.touch(messageOn(stream))
    expect(history).toEqual(['a syncing', 'a live', 'a gapped', 'a syncing', 'a live'])
    expect(stream).toMatchObject({ status: 'live', reason: 'delivering', since: 1_010 })
  })

  test('is live by data alone, not by an error or a notice about it', () => {
    const { states, history } = new Bench()
    const stream = streamOf('a')
    states.want([wantOf(stream)])
    for (const type of [MessageType.Error, MessageType.Other]) states.touch(messageOn(stream, type))
    states.touch(messageOn(stream))
    states.mark([stream], 'gapped', 'it is wrong')
    for (const type of [MessageType.Error, MessageType.Other]) states.touch(messageOn(stream, type))
    expect(history).toEqual(['a syncing', 'a live', 'a gapped'])
    states.touch(messageOn(stream))
    expect(stream.status).toBe('live')
  })

  test('says nothing of what is not wanted', () => {
    const bench = new Bench()
    const stranger = streamOf('b')
    bench.want(streamOf('a'))
    bench.touch(stranger)
    bench.states.touch(messageOn(null))
    bench.states.mark([stranger], 'gapped', 'lost')
    expect(bench.history).toEqual(['a syncing'])
    expect(stranger).toMatchObject({ status: 'syncing', reason: 'not subscribed', since: 0 })
  })

  test('is told of what is wanted of an instrument: all, a channel, or candles of some intervals', () => {
    const { states } = new Bench()
    const minutes = streamOf('1m', { channels: ['candles'], params: { interval: '1m' } })
    const hours = streamOf('1h', { channels: ['candles'], params: { interval: '1h' } })
    const trades = streamOf('trades')
    const ticker = streamOf('ticker', { channels: ['ticker', 'book_ticker'] })
    const other = streamOf('other', { instrument: eth })
    const orders = streamOf('orders', { channels: ['orders'], instrument: null })
    const ofOrders = { stream: orders, channel: 'orders', instrument: null } as const
    states.want([
      ...[minutes, hours, trades, other].map((stream) => wantOf(stream)),
      { stream: ticker, channel: 'book_ticker', instrument: btc },
      ofOrders,
    ])
    const idsOf = (
      instrument: Instrument | null,
      channels: readonly Channel[] | null,
      candleIntervals: readonly CandleInterval[] | null = null,
    ): string[] =>
      states
        .wantsOf([{ instrument, channels, candleIntervals }])
        .map(({ stream, channel }) => `${stream.id} ${channel}`)
    expect(idsOf(btc, null)).toEqual(['1m candles', '1h candles', 'trades trades', 'ticker book_ticker'])
    expect(idsOf(btc, ['candles'])).toEqual(['1m candles', '1h candles'])
    expect(idsOf(btc, ['candles', 'trades', 'ticker'], ['1h'])).toEqual(['1h candles', 'trades trades'])
    expect(idsOf(btc, ['orders'])).toEqual([])
    expect(states.wantsOf([{ instrument: null, channels: null, candleIntervals: null }])).toEqual([ofOrders])
  })

  test('is told once a change', () => {
    const bench = new Bench()
    const stream = streamOf('a')
    bench.want(stream)
    bench.want(stream)
    bench.states.mark([stream], 'gapped', 'a message was dropped')
    bench.states.mark([stream, stream], 'gapped', 'a message was dropped')
    bench.states.mark([stream], 'gapped', 'connection lost')
    expect(bench.history).toEqual(['a syncing', 'a gapped', 'a gapped'])
    expect(stream.reason).toBe('connection lost')
  })

  test('is one for candles of a minute and another for those of an hour', () => {
    const bench = new Bench()
    const minute = only('candles', { id: '1m', params: { interval: '1m' } })
    const hour = only('candles', { id: '1h', params: { interval: '1h' } })
    bench.want(minute, hour)
    bench.touch(minute)
    bench.states.mark([hour], 'gapped', 'lost')
    expect([minute.status, hour.status]).toEqual(['live', 'gapped'])
    expect(bench.states.find(btc, 'candles', { interval: '1m' })).toBe(minute)
    expect(bench.states.find(btc, 'candles', { interval: '1h' })).toBe(hour)
    expect(bench.states.find(btc, 'candles', { interval: '1d' })).toBeNull()
  })

  test('is left to its book where it has one', () => {
    const bench = new Bench({ hasBooks: true })
    const book = only('orderbook')
    bench.want(book)
    bench.touch(book)
    bench.states.mark([book], 'gapped', 'connection lost')
    expect(book).toMatchObject({ status: 'syncing', reason: 'not subscribed', since: 0 })
    bench.states.forget([book])
    expect(bench.history).toEqual([])
  })

  test('is that of any stream for an order book nobody keeps', () => {
    const bench = new Bench({ hasBooks: false })
    const book = only('orderbook')
    bench.want(book)
    bench.touch(book)
    expect(bench.history).toEqual(['orderbook syncing', 'orderbook live'])
  })

  test('is that of nothing once nothing of it is wanted, and begins anew when it is again', () => {
    const bench = new Bench()
    const stream = streamOf('a')
    bench.want(stream)
    bench.touch(stream)
    bench.clock.advance(5)
    bench.states.unwant([wantOf(stream)])
    expect(stream).toMatchObject({ status: 'syncing', reason: 'not subscribed', since: 1_005 })
    expect(bench.forgotten).toEqual(['a'])
    // What is still on its way when it ends is no sign of life.
    bench.touch(stream)
    bench.want(stream)
    expect(bench.history).toEqual(['a syncing', 'a live', 'a syncing'])
    expect(stream.reason).toBe('waiting for the first message')
  })
})

describe('what is wanted', () => {
  test('keeps a stream of many instruments until the last of them is taken back', () => {
    const { states } = new Bench()
    const orders = only('orders', { instrument: null })
    const forBtc = wantOf(orders, 'orders', btc)
    const forEth = wantOf(orders, 'orders', eth)
    states.want([forBtc, forEth])
    states.want([forBtc])
    expect(states.unwant([forBtc])).toEqual([])
    expect(states.unwant([forBtc])).toEqual([])
    expect([states.has(orders), states.find(eth, 'orders'), states.find(btc, 'orders')]).toEqual([true, orders, null])
    expect(states.unwant([forEth])).toEqual([orders])
    expect([states.has(orders), states.wanted]).toEqual([false, []])
  })

  test('of a stream of many instruments is what was named, or all of it where nothing was', () => {
    const { states } = new Bench()
    const tickers = streamOf('tickers', { channels: ['ticker', 'book_ticker'], instrument: null })
    /** The instruments that are delivered, of each channel. */
    const heard = (): Record<string, string> => {
      const { muted, named } = trackedOf(tickers)
      const isHeard = (channel: Channel, symbol: Instrument): boolean =>
        (muted & bitsOf(channel)) === 0 || named.get(channel)?.has(symbol) === true
      const of = (channel: Channel): string => [btc, eth].filter((one) => isHeard(channel, one)).join(' ')
      return { ticker: of('ticker'), quote: of('book_ticker') }
    }
    const all = wantOf(tickers, 'ticker', null)
    const steps: [() => unknown, string, string][] = [
      [() => states.want([wantOf(tickers, 'ticker', btc)]), 'BTC/USDT', ''],
      [() => states.want([wantOf(tickers, 'ticker', eth)]), 'BTC/USDT ETH/USDT', ''],
      [() => states.want([wantOf(tickers, 'book_ticker', eth)]), 'BTC/USDT ETH/USDT', 'ETH/USDT'],
      [() => states.unwant([wantOf(tickers, 'ticker', eth)]), 'BTC/USDT', 'ETH/USDT'],
      [() => states.want([all]), 'BTC/USDT ETH/USDT', 'ETH/USDT'],
      [() => states.unwant([all]), 'BTC/USDT', 'ETH/USDT'],
      [() => states.unwant([wantOf(tickers, 'ticker', btc)]), '', 'ETH/USDT'],
    ]
    for (const [step, ticker, quote] of steps) {
      step()
      expect(heard()).toEqual({ ticker, quote })
    }
    states.forget([tickers])
    expect([trackedOf(tickers).muted, trackedOf(tickers).named.size]).toEqual([0, 0])
  })

  test('of a channel that is not about instruments is all of it, whatever was named', () => {
    const { states } = new Bench()
    const balances = only('balances', { instrument: null })
    states.want([wantOf(balances, 'balances', btc)])
    expect([trackedOf(balances).wanted, trackedOf(balances).muted]).toEqual([bitsOf('balances'), 0])
  })

  test('is not taken back by what was never wanted, nor twice', () => {
    const { states } = new Bench()
    const orders = only('orders', { instrument: null })
    states.want([wantOf(orders)])
    expect(states.unwant([wantOf(streamOf('b')), wantOf(orders, 'orders', btc)])).toEqual([])
    expect(states.unwant([wantOf(orders), wantOf(orders)])).toEqual([orders])
    expect(states.unwant([wantOf(orders)])).toEqual([])
  })

  test('of a ticker that holds the quote mutes what of it is not wanted, and ends with the last channel', () => {
    const { states } = new Bench()
    const ticker = streamOf('ticker', { channels: ['ticker', 'book_ticker'] })
    const { wanted, muted } = trackedOf(ticker)
    expect([wanted, muted]).toEqual([0, 0])
    const steps: [() => unknown, Channel[], Channel[]][] = [
      [() => states.want([wantOf(ticker, 'book_ticker')]), ['book_ticker'], ['ticker']],
      [() => states.want([wantOf(ticker, 'ticker')]), ['ticker', 'book_ticker'], []],
      [() => states.unwant([wantOf(ticker, 'book_ticker')]), ['ticker'], ['book_ticker']],
      [() => states.unwant([wantOf(ticker, 'ticker')]), [], []],
    ]
    for (const [step, wantedNow, mutedNow] of steps) {
      step()
      expect([trackedOf(ticker).wanted, trackedOf(ticker).muted]).toEqual([bitsOf(...wantedNow), bitsOf(...mutedNow)])
    }
    expect(states.wanted).toEqual([])
  })

  test('ends what came before it was given back, and before it is wanted again', () => {
    const { states, clock } = new Bench()
    const stream = only('trades')
    const endedAt = (): number => trackedOf(stream).endedAt
    states.want([wantOf(stream)])
    expect(endedAt()).toBe(-1)
    clock.advance(5)
    states.unwant([wantOf(stream)])
    expect(endedAt()).toBe(1_005)
    clock.advance(5)
    states.want([wantOf(stream)])
    expect(endedAt()).toBe(1_010)
  })

  test('ends nothing of what came where it is forgotten and nobody has given it back', () => {
    const { states, clock } = new Bench()
    const stream = only('trades')
    states.want([wantOf(stream)])
    states.unwant([wantOf(stream)])
    states.want([wantOf(stream)])
    clock.advance(5)
    states.forget([stream])
    states.want([wantOf(stream)])
    expect(trackedOf(stream).endedAt).toBe(1_000)
  })

  test('mutes nothing any more of what is forgotten', () => {
    const { states } = new Bench()
    const ticker = streamOf('ticker', { channels: ['ticker', 'book_ticker'] })
    states.want([wantOf(ticker, 'ticker')])
    states.forget([ticker, streamOf('never wanted')])
    expect([trackedOf(ticker).wanted, trackedOf(ticker).muted, states.has(ticker)]).toEqual([0, 0, false])
  })

  test('is live as a whole by whatever channel comes first', () => {
    const bench = new Bench()
    const ticker = streamOf('ticker', { channels: ['ticker', 'book_ticker'] })
    bench.states.want([wantOf(ticker, 'ticker'), wantOf(ticker, 'book_ticker')])
    bench.touch(ticker)
    expect(bench.history).toEqual(['ticker syncing', 'ticker live'])
  })
})

describe('find', () => {
  test('gives the stream that is wanted for a channel of an instrument', () => {
    const { states } = new Bench()
    const ticker = streamOf('ticker', { channels: ['ticker', 'book_ticker'] })
    const trades = streamOf('trades')
    states.want([wantOf(ticker, 'book_ticker'), wantOf(trades)])
    expect(states.find(btc, 'book_ticker')).toBe(ticker)
    expect(states.find(btc, 'trades')).toBe(trades)
    // The ticker comes along, and nobody asked for it.
    expect([states.find(btc, 'ticker'), states.find(eth, 'trades'), states.find(null, 'trades')]).toEqual([
      null,
      null,
      null,
    ])
  })

  test('gives an instrument’s own stream before one of many', () => {
    const { states } = new Bench()
    const all = streamOf('all', { instrument: null })
    const own = streamOf('own')
    states.want([wantOf(all), wantOf(own)])
    expect([states.find(btc, 'trades'), states.find(eth, 'trades'), states.find(null, 'trades')]).toEqual([
      own,
      all,
      all,
    ])
  })

  test('gives an account’s stream for any instrument, where none was named', () => {
    const { states } = new Bench()
    const orders = only('orders', { instrument: null })
    states.want([wantOf(orders)])
    expect([states.find(btc, 'orders'), states.find(null, 'orders')]).toEqual([orders, orders])
  })
})
