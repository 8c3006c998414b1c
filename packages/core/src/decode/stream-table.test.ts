import { describe, expect, test } from 'vitest'
import { streamOf } from '../../test/support/streams.js'
import { tradingPair } from '../model/instrument.js'
import type { Stream, StreamDescription } from '../model/stream.js'
import { Streams, StreamTable } from './stream-table.js'

const description = (id: string): StreamDescription => ({
  id,
  channels: ['trades'],
  instrument: tradingPair('BTC', 'USDT'),
  wireChannel: 'trades',
  wireSymbol: null,
})

describe('Streams', () => {
  test('gives the same object for the same id, whoever asks first', () => {
    const streams = new Streams()
    const planned = streams.planned(description('a'))
    const unasked = streams.unasked(description('b'))
    expect(streams.planned(description('a'))).toBe(planned)
    expect(streams.unasked(description('a'))).toBe(planned)
    expect(streams.planned(description('b'))).toBe(unasked)
    expect([streams.get('a'), streams.get('c')]).toEqual([planned, undefined])
    expect([...streams.all]).toEqual([planned, unasked])
  })

  test('makes no more streams for names that only messages bring than an exchange can list', () => {
    const streams = new Streams()
    let made = 0
    while (made < 100_000 && streams.unasked(description(`garbage ${made}`)) !== null) made += 1
    expect(made).toBe(20_000)
    // Those it has, and those that are planned, are still to be had.
    expect(streams.unasked(description('garbage 0'))).toBe(streams.get('garbage 0'))
    expect(streams.planned(description('a'))).toBe(streams.get('a'))
    expect(streams.unasked(description('a'))).toBe(streams.get('a'))
  })
})

describe('StreamTable', () => {
  function build(): { table: StreamTable; made: string[] } {
    const made: string[] = []
    const table = new StreamTable((name) => {
      made.push(name)
      return name.startsWith('?') ? null : streamOf(name)
    })
    return { table, made }
  }

  const at = (table: StreamTable, name: string): Stream | null => {
    const bytes = Buffer.from(`"s":"${name}","x"`)
    return table.at(bytes, 5, 5 + Buffer.byteLength(name))
  }

  test('finds what was learned, by its name and by its bytes, without reading it', () => {
    const { table, made } = build()
    const stream = streamOf('BTC_USDT')
    table.learn('BTC_USDT', stream)
    const bytes = Buffer.from('BTC_USDT')
    expect(table.of('BTC_USDT')).toBe(stream)
    expect(at(table, 'BTC_USDT')).toBe(stream)
    expect(table.names.get(bytes, 0, bytes.length)).toBe(stream)
    expect(made).toEqual([])
  })

  test('reads a name that it has not learned once', () => {
    const { table, made } = build()
    const stream = at(table, '龙虾_USDT')
    expect(stream?.id).toBe('龙虾_USDT')
    expect(at(table, '龙虾_USDT')).toBe(stream)
    expect(table.of('龙虾_USDT')).toBe(stream)
    expect(made).toEqual(['龙虾_USDT'])
  })

  test('has no stream for a name that cannot be read, and does not remember it', () => {
    const { table, made } = build()
    expect([at(table, '?'), table.of('?')]).toEqual([null, null])
    expect([made, table.names.size]).toEqual([['?', '?'], 0])
  })

  test('believes what it learned for certain rather than what it read before', () => {
    const { table } = build()
    at(table, 'BTC_USDT')
    const certain = streamOf('planned')
    table.learn('BTC_USDT', certain)
    expect([at(table, 'BTC_USDT'), table.of('BTC_USDT'), table.names.size]).toEqual([certain, certain, 1])
  })
})
