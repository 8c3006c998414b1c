import { type FeedMessage, MessageType, parseInstrument } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { LiveAccount } from './live-account.js'

const symbol = parseInstrument('BTC/USDT')

function order(id: string, status: string): FeedMessage {
  return { type: MessageType.Order, symbol, channel: 'orders', data: { id, status } } as unknown as FeedMessage
}

describe('LiveAccount', () => {
  test('keeps open orders, the one that changed last first, until they are done', () => {
    const account = new LiveAccount()
    for (const id of ['1', '2', '3']) account.receive(order(id, 'open'))
    account.receive(order('1', 'partially_filled'))
    account.receive(order('2', 'cancelled'))
    expect(account.openOrders.map(({ id, symbol }) => [id, symbol])).toEqual([
      ['1', 'BTC/USDT'],
      ['3', 'BTC/USDT'],
    ])
    account.receive(order('1', 'filled'))
    expect(account.openOrders.map(({ id }) => id)).toEqual(['3'])
  })

  test('keeps what each asset amounts to, by name', () => {
    const account = new LiveAccount()
    const balance = (asset: string, free: string): FeedMessage =>
      ({
        type: MessageType.Balance,
        symbol: null,
        channel: 'balances',
        data: [{ asset, free }],
      }) as unknown as FeedMessage
    for (const message of [balance('USDT', '10'), balance('BTC', '1'), balance('USDT', '9')]) account.receive(message)
    expect(account.balances).toEqual([
      { asset: 'BTC', free: '1' },
      { asset: 'USDT', free: '9' },
    ])
  })

  test('forgets the open order that changed longest ago, where there are more than any screen shows', () => {
    const account = new LiveAccount()
    for (let id = 0; id < 600; id += 1) account.receive(order(String(id), 'open'))
    expect(account.openOrders).toHaveLength(500)
    expect(account.openOrders.at(-1)?.id).toBe('100')
  })

  test('shows the latest fill first', () => {
    const account = new LiveAccount()
    for (const id of ['1', '2']) {
      account.receive({
        type: MessageType.Trade,
        symbol,
        channel: 'executions',
        data: { id },
      } as unknown as FeedMessage)
    }
    expect(account.executions.map(({ id }) => id)).toEqual(['2', '1'])
  })
})
