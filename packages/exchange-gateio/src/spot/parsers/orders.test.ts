import { MessageType } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import {
  btcUsdt,
  ethUsdt,
  parseAll,
  parseAs,
  parseOne,
  push,
  receivedAt,
  results,
  streamOf,
} from '../../../test/support/frames.js'

function order(changes: object): ReturnType<typeof parseAs<typeof MessageType.Order>> {
  return parseAs(MessageType.Order, push('spot.orders', [{ ...results.order, ...changes }]))
}

describe('spot.orders', () => {
  it('is the state of one order, amounts exactly as they were sent', () => {
    expect(parseOne(push('spot.orders', [results.order]))).toEqual({
      type: MessageType.Order,
      stream: streamOf('spot.orders:!all'),
      symbol: btcUsdt,
      channel: 'orders',
      data: {
        id: '700100200300',
        clientId: 't-demo-1',
        side: 'sell',
        type: 'limit',
        timeInForce: 'gtc',
        status: 'open',
        price: '90100',
        triggerPrice: null,
        size: '0.001',
        filledSize: '0',
        remainingSize: '0.001',
        averagePrice: null,
        createdAt: 1_767_225_605_311,
        updatedAt: 1_767_225_605_311,
      },
      exchangeTime: 1_767_225_605_311,
      receivedAt,
      sequence: null,
      raw: null,
    })
  })

  const filledSome = { filled_amount: '0.0004', filled_total: '36.04', left: '0.0006', avg_deal_price: '90100' }
  const filledAll = { ...filledSome, filled_amount: '0.001', left: '0.000' }
  it.each([
    ['open', 'put', 'open', {}],
    ['partially_filled', 'update', 'open', filledSome],
    ['partially_filled', 'put', 'open', filledSome],
    ['filled', 'finish', 'filled', filledAll],
    ['cancelled', 'finish', 'cancelled', {}],
    ['partially_cancelled', 'finish', 'cancelled', filledSome],
    ['cancelled', 'finish', 'ioc', {}],
    ['partially_cancelled', 'finish', 'ioc', filledSome],
    ['cancelled', 'finish', 'fok', {}],
    ['cancelled', 'finish', 'poc', {}],
    ['cancelled', 'finish', 'stp', {}],
    ['partially_cancelled', 'finish', 'stp', filledSome],
    ['cancelled', 'finish', 'small', {}],
    ['partially_cancelled', 'finish', 'depth_not_enough', filledSome],
    ['cancelled', 'finish', 'trader_not_enough', {}],
    ['cancelled', 'finish', 'liquidate_cancelled', {}],
    ['cancelled', 'finish', 'a_word_of_tomorrow', {}],
    ['partially_cancelled', 'finish', 'a_word_of_tomorrow', filledSome],
    ['filled', 'finish', 'a_word_of_tomorrow', filledAll],
    ['filled', undefined, 'a_word_of_tomorrow', filledAll],
    ['open', 'amended', 'open', {}],
    ['filled', 'closed', 'filled', filledAll],
    [null, 'amended', '-', {}],
    [null, undefined, undefined, {}],
    ['filled', 'finish', '-', filledAll],
    ['filled', 'finish', undefined, filledAll],
    ['partially_cancelled', 'finish', undefined, filledSome],
    ['cancelled', 'finish', undefined, {}],
  ])('is %s after %s as %s with %j', (status, event, finishedAs, changes) => {
    expect(order({ event, finish_as: finishedAs, ...changes }).data.status).toBe(status)
  })

  it('tells fills from filled_total where filled_amount is not sent', () => {
    const data = order({ event: 'update', filled_amount: undefined, filled_total: '36.04', left: '0.0006' }).data
    expect(data).toMatchObject({ status: 'partially_filled', filledSize: null, remainingSize: '0.0006' })
  })

  it('knows the size of a market buy, which the exchange counts in quote currency, once it is filled, be it with dust left', () => {
    const marketBuy = {
      type: 'market',
      side: 'buy',
      amount: '2',
      left: '0.0000000155494',
      price: '0',
      filled_amount: '0.00002219',
      filled_total: '1.9999999844506',
      avg_deal_price: '90130.68',
      time_in_force: 'ioc',
      event: 'finish',
      finish_as: 'filled',
    }
    expect(order(marketBuy).data).toMatchObject({
      type: 'market',
      status: 'filled',
      timeInForce: 'ioc',
      price: null,
      size: '0.00002219',
      remainingSize: '0',
      filledSize: '0.00002219',
      averagePrice: '90130.68',
    })
    for (const unfinished of [{ event: 'put', finish_as: 'open' }, { finish_as: 'cancelled' }]) {
      expect(order({ ...marketBuy, ...unfinished }).data).toMatchObject({ size: null, remainingSize: null })
    }
    expect(order({ type: 'market', side: 'sell' }).data).toMatchObject({ size: '0.001', remainingSize: '0.001' })
  })

  it.each([
    ['filled', '0.0000000155494'],
    ['filled', '0.019'],
    ['partially_cancelled', '1.2'],
  ])('calls a market buy of a time before finish_as %s, of whose 2 USDT %s are left', (status, left) => {
    const { filled_amount: _, ...older } = results.order
    const row = { ...older, type: 'market', side: 'buy', amount: '2', price: '0', left, filled_total: '0.8' }
    const rows = [{ ...row, event: 'finish', finish_as: undefined }]
    expect(parseAs(MessageType.Order, push('spot.orders', rows)).data).toMatchObject({ status, filledSize: null })
  })

  it.each([
    ['limit_repay', 'limit'],
    ['market_borrow_repay', 'market'],
    ['iceberg', null],
    [undefined, null],
  ])('reads the type %j as %j', (wireType, type) => {
    expect(order({ type: wireType }).data.type).toBe(type)
  })

  it('calls poc post-only, and an unknown time in force nothing', () => {
    expect(order({ time_in_force: 'poc' }).data.timeInForce).toBe('post_only')
    expect(order({ time_in_force: 'gtd' }).data.timeInForce).toBeNull()
  })

  it('has a client id only where the client gave one', () => {
    expect(order({ text: 'apiv4-ws' }).data.clientId).toBeNull()
    expect(order({ text: undefined }).data.clientId).toBeNull()
  })

  it('keeps every digit of an amount', () => {
    const amount = '123456789012345678.123456789012345678'
    expect(order({ amount }).data.size).toBe(amount)
  })

  it('keeps an order whatever else of it cannot be read', () => {
    const words = { side: 'both', type: 'iceberg', time_in_force: 'gtd', event: 'amended', finish_as: undefined }
    const wrong = {
      amount: 'much',
      price: {},
      left: null,
      filled_amount: 'x',
      avg_deal_price: [],
      text: 7,
      update_time: {},
    }
    const row = { ...results.order, ...words, ...wrong, update_time_ms: 'soon', create_time_ms: null }
    expect(parseOne(push('spot.orders', [row]))).toMatchObject({
      type: MessageType.Order,
      symbol: btcUsdt,
      data: {
        id: '700100200300',
        clientId: null,
        side: null,
        type: null,
        timeInForce: null,
        status: null,
        price: null,
        triggerPrice: null,
        size: null,
        filledSize: null,
        remainingSize: null,
        averagePrice: null,
        createdAt: 1_767_225_605_000,
        updatedAt: null,
      },
    })
  })

  it('reads ids and amounts without quotes to their last digit, and as they were written', () => {
    const frame = JSON.stringify(push('spot.orders', [{ ...results.order, id: 'ID', amount: 'AMOUNT', left: '1E-7' }]))
    const { data } = parseAs(MessageType.Order, frame.replace('"ID"', '9007199254740993').replace('"AMOUNT"', '1.50'))
    expect(data).toMatchObject({ id: '9007199254740993', size: '1.50', remainingSize: '1E-7' })
  })

  it('makes a message of each row, and an ERROR of one that cannot be read', () => {
    const rows = [results.order, { ...results.order, id: '' }, { ...results.order, currency_pair: 'ETH_USDT' }]
    const messages = parseAll(push('spot.orders', rows))
    expect(messages.map((message) => message.type)).toEqual([MessageType.Order, MessageType.Error, MessageType.Order])
    expect(messages.map((message) => message.symbol)).toEqual([btcUsdt, null, ethUsdt])
    expect(messages[1]?.data).toMatchObject({ message: 'spot.orders: id is missing or cannot be read.' })
  })

  it('is OTHER when it holds no rows, and an ERROR when it holds no list', () => {
    expect(parseOne(push('spot.orders', [])).type).toBe(MessageType.Other)
    expect(parseOne(push('spot.orders', null)).type).toBe(MessageType.Error)
    expect(parseOne(push('spot.orders', [7])).type).toBe(MessageType.Error)
  })
})
