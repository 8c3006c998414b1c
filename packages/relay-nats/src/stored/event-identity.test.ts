import { type BalanceData, type DataMessage, type ExecutionData, type OrderData, toInstrument } from '@tapewire/core'
import { createStream, dataMessage } from '@tapewire/core/adapter'
import { describe, expect, it } from 'vitest'
import { EventIdentity } from './event-identity.js'

const subject = 'tapewire.acme_spot.orders.main'
const instrument = toInstrument('BTC/USDT')

function streamOf(channel: 'orders' | 'executions' | 'balances') {
  return createStream({ id: channel, channels: [channel], instrument: null, wireChannel: channel, wireSymbol: null })
}

function order(changes: Partial<OrderData> = {}, exchangeTime: number | null = 5): DataMessage {
  const data: OrderData = {
    id: '1',
    clientId: null,
    side: 'buy',
    type: 'limit',
    timeInForce: 'gtc',
    status: 'open',
    price: '100',
    triggerPrice: null,
    size: '2',
    filledSize: '0',
    remainingSize: '2',
    averagePrice: null,
    createdAt: 1,
    updatedAt: 1,
    ...changes,
  }
  return dataMessage<'orders'>(streamOf('orders'), instrument, data, exchangeTime, 7, null)
}

function execution(changes: Partial<ExecutionData> = {}): DataMessage {
  const data: ExecutionData = {
    id: '9',
    orderId: '1',
    clientId: null,
    side: 'buy',
    price: '100',
    size: '1',
    quoteSize: null,
    fee: null,
    feeAsset: null,
    liquidity: null,
    time: 3,
    ...changes,
  }
  return dataMessage<'executions'>(streamOf('executions'), instrument, data, null, 7, null)
}

function balances(changes: Partial<BalanceData> = {}, exchangeTime: number | null = 5): DataMessage {
  const row: BalanceData = {
    asset: 'USDT',
    free: '9',
    locked: '1',
    total: '10',
    change: '0',
    freeChange: '-1',
    reason: null,
    time: 5,
    ...changes,
  }
  return dataMessage<'balances'>(streamOf('balances'), null, [row], exchangeTime, 7, null)
}

const ours = (): EventIdentity => new EventIdentity(subject)
const theirs = (): EventIdentity => new EventIdentity(subject)

describe('what an event of an account is known by', () => {
  it('is the same from two relays, whatever the number there and when it was received', () => {
    for (const message of [order(), execution(), balances()]) {
      expect(ours().of(message, 'our 1')).toBe(theirs().of({ ...message, receivedAt: 99 }, 'their 4'))
    }
  })

  it('is another one for another account', () => {
    const other = new EventIdentity('tapewire.acme_spot.orders.second')
    for (const message of [order(), execution(), balances()])
      expect(ours().of(message, 'our 1')).not.toBe(other.of(message, 'our 1'))
  })

  it.each([
    ['the order has changed in what it is', order(), order({ status: 'cancelled' })],
    ['the order is filled further', order({ filledSize: '1' }), order({ filledSize: '1.5' })],
    ['the order is as it was before an amendment, later', order({ updatedAt: 2 }), order({ updatedAt: 4 })],
    ['the execution has another id', execution(), execution({ id: '10' })],
    ['the execution is of the order on the other side of a trade', execution(), execution({ orderId: '2' })],
    ['the balance is the same at another time', balances(), balances({ time: 6 })],
  ])('is another one where %s', (_, one, another) => {
    const identity = ours()
    expect(identity.of(one, 'our 1')).not.toBe(identity.of(another, 'our 2'))
  })

  it.each([
    ['an amount is written with zeros at its end', order({ size: '2' }), order({ size: '2.00' })],
    ['an order was fetched instead of pushed', order({}, 5), order({}, null)],
    ['an execution was fetched instead of pushed', execution(), { ...execution(), backfilled: true as const }],
    ['an execution says more', execution(), execution({ fee: '0.1' })],
  ])('is the same where %s', (_, one, another) => {
    const identity = ours()
    expect(identity.of(one, 'our 1')).toBe(identity.of(another as DataMessage, 'our 2'))
  })

  it('tells the same balances said twice of one moment apart, as the other relay does', () => {
    const [one, other] = [ours(), theirs()]
    const first = one.of(balances(), 'our 1')
    const second = one.of(balances(), 'our 2')
    expect(second).not.toBe(first)
    expect([other.of(balances(), 'our 7'), other.of(balances(), 'our 8')]).toEqual([first, second])
  })

  it('is this relay’s own where the exchange does not date what may come again', () => {
    const undated = balances({ time: null }, null)
    expect(ours().of(undated, 'our 1')).not.toBe(theirs().of(undated, 'their 1'))
    expect(ours().of(undated, 'our 1')).toBe(ours().of(undated, 'our 1'))
    expect(ours().of(undated, 'our 1')).not.toBe(ours().of(undated, 'our 2'))
    const order1 = order({ updatedAt: null }, null)
    expect(ours().of(order1, 'our 1')).not.toBe(theirs().of(order1, 'their 1'))
  })

  it('is short, and of letters that a header may hold', () => {
    for (const message of [order(), execution(), balances()]) expect(ours().of(message, 'our 1')).toMatch(/^[\w-]{22}$/)
  })
})
