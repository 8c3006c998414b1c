import { type DataMessage, type OrderData, toInstrument } from '@tapewire/core'
import { createStream, dataMessage } from '@tapewire/core/adapter'
import { describe, expect, it } from 'vitest'
import { OrderStates } from './order-states.js'

const stream = createStream({ id: 'o', channels: ['orders'], instrument: null, wireChannel: 'o', wireSymbol: null })

function order(changes: Partial<OrderData>): DataMessage {
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
  return dataMessage<'orders'>(stream, toInstrument('BTC/USDT'), data, null, 7, null)
}

describe('a state of an order from a relay that another has followed', () => {
  it.each([
    [
      'the order has ended',
      { status: 'filled', filledSize: '2' },
      { status: 'partially_filled', filledSize: '1' },
      false,
    ],
    ['the order was filled further', { filledSize: '1.5' }, { filledSize: '1' }, false],
    ['it is the last one again', { filledSize: '1' }, { filledSize: '1.0' }, false],
    ['it ends the order', { filledSize: '1' }, { status: 'cancelled', filledSize: '1' }, true],
    ['it is filled further', { filledSize: '1' }, { filledSize: '1.5' }, true],
    ['it was amended later', { price: '100', updatedAt: 1 }, { price: '101', updatedAt: 2 }, true],
    ['it was amended before', { price: '101', updatedAt: 2 }, { price: '100', updatedAt: 1 }, false],
  ] as const)('is told as it should be where %s', (_, last, late, isTold) => {
    const states = new OrderStates()
    expect(states.admit(order(last), false)).toBe(true)
    expect(states.admit(order(late), true)).toBe(isTold)
  })

  it('is told where nothing is known of the order', () => {
    expect(new OrderStates().admit(order({}), true)).toBe(true)
  })

  it('is left out after one that was left out as well', () => {
    const states = new OrderStates()
    states.admit(order({ status: 'filled', filledSize: '2' }), false)
    expect(states.admit(order({ filledSize: '1' }), true)).toBe(false)
    expect(states.admit(order({ filledSize: '1.5' }), true)).toBe(false)
  })

  it('of the relay itself is told whatever it is', () => {
    const states = new OrderStates()
    states.admit(order({ filledSize: '1' }), false)
    expect(states.admit(order({ filledSize: '0' }), false)).toBe(true)
  })
})
