import { type FeedMessage, MessageType, parseInstrument } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { ShownAccount } from './shown-account.js'

const symbol = parseInstrument('BTC/USDT')

function order(id: string, status: string): FeedMessage {
  return { type: MessageType.Order, symbol, channel: 'orders', data: { id, status } } as unknown as FeedMessage
}

describe('ShownAccount', () => {
  test('keeps open orders, the one that changed last first, until they are done', () => {
    const shown = new ShownAccount()
    for (const id of ['1', '2', '3']) shown.receive(order(id, 'open'))
    shown.receive(order('1', 'partially_filled'))
    shown.receive(order('2', 'cancelled'))
    expect(shown.openOrders.map(({ id, symbol }) => [id, symbol])).toEqual([
      ['1', 'BTC/USDT'],
      ['3', 'BTC/USDT'],
    ])
    shown.receive(order('1', 'filled'))
    expect(shown.openOrders.map(({ id }) => id)).toEqual(['3'])
  })

  test('keeps what each asset amounts to, by name', () => {
    const shown = new ShownAccount()
    const balance = (asset: string, free: string): FeedMessage =>
      ({
        type: MessageType.Balance,
        symbol: null,
        channel: 'balances',
        data: [{ asset, free }],
      }) as unknown as FeedMessage
    for (const message of [balance('USDT', '10'), balance('BTC', '1'), balance('USDT', '9')]) shown.receive(message)
    expect(shown.balances).toEqual([
      { asset: 'BTC', free: '1' },
      { asset: 'USDT', free: '9' },
    ])
  })

  test('shows the latest fill first', () => {
    const shown = new ShownAccount()
    for (const id of ['1', '2']) {
      shown.receive({ type: MessageType.Trade, symbol, channel: 'executions', data: { id } } as unknown as FeedMessage)
    }
    expect(shown.executions.map(({ id }) => id)).toEqual(['2', '1'])
  })
})
