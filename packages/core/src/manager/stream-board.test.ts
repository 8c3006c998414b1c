import { describe, expect, test } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { type Instrument, tradingPair } from '../model/instrument.js'
import type { FeedMessage } from '../model/message.js'
import type { Stream } from '../strategy/subscription-strategy.js'
import { StreamBoard } from './stream-board.js'

const btc = tradingPair('BTC', 'USDT')
const eth = tradingPair('ETH', 'USDT')
const stream = (id: string, symbol: Instrument | null, channel = 'trades'): Stream =>
  ({ id, symbol, channel }) as Stream
const message = (symbol: Instrument | null, channel: string | null = 'trades'): FeedMessage =>
  ({ symbol, channel }) as FeedMessage

function build(): { board: StreamBoard; clock: ManualClock; history: string[] } {
  const clock = new ManualClock(1_000)
  const history: string[] = []
  const board = new StreamBoard(clock, ({ symbol, status }) => void history.push(`${symbol} ${status}`))
  return { board, clock, history }
}

describe('the stream board', () => {
  test('follows a stream from waiting to live, through loss and back', () => {
    const { board, clock, history } = build()
    const streams = [stream('a', btc)]
    board.add(streams)
    clock.advance(5)
    board.touch(message(btc))
    board.touch(message(btc))
    clock.advance(5)
    board.mark(streams, 'gapped', 'connection lost')
    board.mark(streams, 'syncing', 'waiting for the first message')
    board.touch(message(btc))
    expect(history).toEqual([
      'BTC/USDT syncing',
      'BTC/USDT live',
      'BTC/USDT gapped',
      'BTC/USDT syncing',
      'BTC/USDT live',
    ])
    expect(board.stateOf(btc, 'trades')).toEqual({
      symbol: btc,
      channel: 'trades',
      status: 'live',
      reason: 'delivering',
      since: 1_010,
    })
  })

  test('says nothing of what is not wanted', () => {
    const { board, history } = build()
    board.add([stream('a', btc)])
    board.touch(message(eth))
    board.touch(message(btc, 'ticker'))
    board.touch(message(btc, null))
    board.markOne(eth, 'trades', 'gapped', 'dropped')
    board.mark([stream('b', eth)], 'gapped', 'lost')
    expect([history, board.stateOf(eth, 'trades')]).toEqual([['BTC/USDT syncing'], null])
  })

  test('tells a change once', () => {
    const { board, history } = build()
    board.add([stream('a', btc)])
    board.markOne(btc, 'trades', 'gapped', 'a message was dropped')
    board.markOne(btc, 'trades', 'gapped', 'a message was dropped')
    expect(history).toEqual(['BTC/USDT syncing', 'BTC/USDT gapped'])
  })

  test('calls stale what pushes regularly and was not heard since, and nothing else', () => {
    const { board, history } = build()
    board.add([stream('a', btc, 'ticker'), stream('b', eth, 'ticker'), stream('c', btc, 'trades')])
    board.touch(message(btc, 'ticker'))
    board.touch(message(btc, 'trades'))
    board.look(1, 'nothing came')
    expect(history).toHaveLength(5)
    board.look(1, 'nothing came')
    expect(history.slice(3)).toEqual(['BTC/USDT live', 'BTC/USDT live', 'BTC/USDT stale'])
    board.touch(message(btc, 'ticker'))
    expect(history.at(-1)).toBe('BTC/USDT live')
  })

  test('takes any symbol’s message for an account-wide stream', () => {
    const { board } = build()
    board.add([stream('orders', null, 'orders')])
    board.touch(message(btc, 'orders'))
    expect(board.stateOf(null, 'orders')?.status).toBe('live')
  })

  test('keeps a symbol and channel until the last of its wire streams is gone', () => {
    const { board } = build()
    board.add([stream('a', btc), stream('b', btc)])
    board.add([stream('a', btc)])
    board.remove([stream('a', btc)])
    expect(board.states).toHaveLength(1)
    board.remove([stream('b', btc), stream('b', btc)])
    expect(board.states).toEqual([])
  })
})
