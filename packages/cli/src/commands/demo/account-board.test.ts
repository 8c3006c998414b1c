import { type FeedMessage, MessageType, parseInstrument } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { AccountBoard } from './account-board.js'

const symbol = parseInstrument('BTC/USDT')

function order(id: string, status: string): FeedMessage {
  return { type: MessageType.Order, symbol, channel: 'orders', data: { id, status } } as unknown as FeedMessage
}

describe('AccountBoard', () => {
  test('keeps open orders, the one that changed last first, until they are done', () => {
    const board = new AccountBoard()
    for (const id of ['1', '2', '3']) board.receive(order(id, 'open'))
    board.receive(order('1', 'partially_filled'))
    board.receive(order('2', 'cancelled'))
    expect(board.openOrders.map(({ id, symbol }) => [id, symbol])).toEqual([
      ['1', 'BTC/USDT'],
      ['3', 'BTC/USDT'],
    ])
    board.receive(order('1', 'filled'))
    expect(board.openOrders.map(({ id }) => id)).toEqual(['3'])
  })

  test('keeps what each asset amounts to, by name', () => {
    const board = new AccountBoard()
    const balance = (asset: string, free: string): FeedMessage =>
      ({
        type: MessageType.Balance,
        symbol: null,
        channel: 'balances',
        data: [{ asset, free }],
      }) as unknown as FeedMessage
    for (const message of [balance('USDT', '10'), balance('BTC', '1'), balance('USDT', '9')]) board.receive(message)
    expect(board.balances).toEqual([
      { asset: 'BTC', free: '1' },
      { asset: 'USDT', free: '9' },
    ])
  })

  test('shows the latest fill first', () => {
    const board = new AccountBoard()
    for (const id of ['1', '2']) {
      board.receive({ type: MessageType.Trade, symbol, channel: 'executions', data: { id } } as unknown as FeedMessage)
    }
    expect(board.executions.map(({ id }) => id)).toEqual(['2', '1'])
  })
})
