import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { streamOf, trackedOf } from '../../test/support/streams.js'
import { tradingPair } from './instrument.js'
import { createStream, stateOf } from './stream.js'

describe('a stream', () => {
  test('is shown in a line', () => {
    const stream = streamOf('trades:BTC')
    expect(inspect({ stream })).toBe('{ stream: Stream { trades:BTC, syncing, not subscribed } }')
  })

  test('is what its description says, with nothing said about it yet', () => {
    const instrument = tradingPair('ETH', 'USDT')
    const stream = createStream({
      id: 'candles:ETH:1m',
      channels: ['candles'],
      instrument,
      params: { interval: '1m' },
      wireChannel: 'candles.1m',
      wireSymbol: null,
      exclusive: 'candles:ETH',
    })
    expect(stream).toMatchObject({
      id: 'candles:ETH:1m',
      channel: 'candles',
      channels: ['candles'],
      params: { interval: '1m' },
      wireChannel: 'candles.1m',
      exclusive: 'candles:ETH',
      status: 'syncing',
      reason: 'not subscribed',
    })
    expect(stateOf(stream)).toEqual({
      stream,
      symbol: instrument,
      channel: 'candles',
      status: 'syncing',
      reason: 'not subscribed',
      since: 0,
    })
  })

  test('needs neither params nor an exclusive key', () => {
    expect(streamOf('a')).toMatchObject({ params: {}, exclusive: null })
  })

  test('has the message type of its main channel, the first', () => {
    const ticker = streamOf('t', { channels: ['ticker', 'book_ticker'] })
    expect([ticker.channel, trackedOf(ticker).type]).toEqual(['ticker', 4])
  })

  test('counts by its newest message only where that holds for each of its channels', () => {
    expect(trackedOf(streamOf('a', { channels: ['ticker', 'book_ticker'] })).onlyNewestCounts).toBe(true)
    expect(trackedOf(streamOf('b', { channels: ['ticker', 'trades'] })).onlyNewestCounts).toBe(false)
    expect(trackedOf(streamOf('c', { channels: ['orderbook'] })).onlyNewestCounts).toBe(false)
  })

  test('of many instruments does not count by its newest message, which may be of another', () => {
    expect(trackedOf(streamOf('all', { channels: ['ticker'], instrument: null })).onlyNewestCounts).toBe(false)
  })

  test('is its id to those who serialise what holds it', () => {
    expect(JSON.stringify({ stream: streamOf('spot.trades:BTC_USDT') })).toBe('{"stream":"spot.trades:BTC_USDT"}')
  })
})
