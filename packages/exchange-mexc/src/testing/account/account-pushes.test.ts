import { tradingPair } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { AccountSimulator, MarketSimulator } from '@tapewire/testkit'
import { describe, expect, it } from 'vitest'
import { decodePush } from '../../shared/push.js'
import { AccountPushes } from './account-pushes.js'

const pair = tradingPair('BTC', 'USDT')

/** An account, and the bodies of what MEXC pushes of it. */
function openAccount(): { readonly account: AccountSimulator; readonly bodies: (readonly [string, object])[] } {
  const clock = new ManualClock()
  const account = new AccountSimulator({ market: new MarketSimulator({ pairs: [pair], clock, levels: 20 }), clock })
  const pushes = new AccountPushes(clock)
  const bodies: (readonly [string, object])[] = []
  account.listen((event) => {
    const push = pushes.compose(event)
    if (push === null) return
    const { body } = decodePush(push.frame) as Exclude<ReturnType<typeof decodePush>, string>
    if (body !== undefined) bodies.push([body.$case, body.value])
  })
  return { account, bodies }
}

describe('an account of the emulation', () => {
  it('has of a market order the amount or the quantity that was asked for, and a protective price', () => {
    const { account, bodies } = openAccount()
    account.place({ pair, side: 'buy', type: 'market', quoteSize: '1000' })
    account.place({ pair, side: 'sell', type: 'market', size: '0.1' })
    const orders = bodies.flatMap(([name, body]) => (name === 'privateOrders' ? [body] : []))
    expect(orders).toMatchObject([
      { orderType: 5, tradeType: 1, status: 1, amount: '1000', quantity: '0', remainAmount: '1000' },
      { orderType: 5, tradeType: 1, status: 2, amount: '1000', quantity: '0' },
      { orderType: 5, tradeType: 2, status: 1, amount: '0', quantity: '0.1', remainQuantity: '0.1' },
      { orderType: 5, tradeType: 2, status: 2, amount: '0', quantity: '0.1', remainQuantity: '0' },
    ])
    for (const order of orders) expect(order).toHaveProperty('price', expect.stringMatching(/^\d+(\.\d+)?$/))
  })

  it('has a state in place of a status of an order that waits for its trigger price, and says nothing of its end', () => {
    const { account, bodies } = openAccount()
    const price = account.market.book(pair, 1).asks[0]?.[0] ?? ''
    const [order] = account.place({ pair, side: 'buy', type: 'stop', triggerPrice: price, price, size: '0.2' })
    expect(bodies).toMatchObject([
      [
        'privateOrders',
        { orderType: 100, status: 0, state: 0, triggerPrice: price, price, quantity: '0.2', amount: '' },
      ],
    ])
    if (order?.kind === 'order') account.cancel(order.id)
    expect(bodies).toHaveLength(1)
  })

  it('has the change of what is free and of what is frozen', () => {
    const { account, bodies } = openAccount()
    account.deposit('BTC', '2')
    account.place({ pair, side: 'sell', price: '900000', size: '0.5' })
    const balances = bodies.flatMap(([name, body]) => (name === 'privateAccount' ? [body] : []))
    expect(balances).toMatchObject([
      { vcoinName: 'BTC', balanceAmountChange: '2', frozenAmountChange: '0', type: 'DEPOSIT' },
      { vcoinName: 'BTC', balanceAmountChange: '-0.5', frozenAmountChange: '0.5', type: 'ENTRUST_PLACE' },
    ])
  })
})
