import { MessageType } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { parseAll, parseAs, parseOne, push, receivedAt, results, streamOf } from '../../../test/support/frames.js'

describe('spot.balances', () => {
  it('is all assets of a push in one message', () => {
    const gt = { ...results.balance, currency: 'GT', timestamp_ms: '1767225606766', change_type: 'trade-fee-deduct' }
    expect(parseOne(push('spot.balances', [results.balance, gt]))).toEqual({
      type: MessageType.Balance,
      stream: streamOf('spot.balances:!all'),
      symbol: null,
      channel: 'balances',
      data: [
        {
          asset: 'USDT',
          free: '1090.0099',
          locked: '0',
          total: '1090.0099',
          change: '90.0099',
          freeChange: '90.0099',
          reason: 'order-match',
          time: 1_767_225_606_765,
        },
        {
          asset: 'GT',
          free: '1090.0099',
          locked: '0',
          total: '1090.0099',
          change: '90.0099',
          freeChange: '90.0099',
          reason: 'trade-fee-deduct',
          time: 1_767_225_606_766,
        },
      ],
      exchangeTime: 1_767_225_606_766,
      receivedAt,
      sequence: null,
      raw: null,
    })
  })

  it('tells the reason in lower case, as on every exchange', () => {
    const row = { ...results.balance, change_type: 'Order-Match' }
    expect(parseAs(MessageType.Balance, push('spot.balances', [row])).data).toMatchObject([{ reason: 'order-match' }])
  })

  it('tells the change of the total, as Gate.io sends it, and that of what is free', () => {
    const changes = (change: unknown, freeze_change: unknown): unknown => {
      const [balance] = parseAs(
        MessageType.Balance,
        push('spot.balances', [{ ...results.balance, change, freeze_change }]),
      ).data
      return [balance?.change, balance?.freeChange]
    }
    expect(changes('0', '20')).toEqual(['0', '-20'])
    expect(changes('-5.25', '-5.25')).toEqual(['-5.25', '0'])
    expect(changes('1e-8', '-0.000000000000000001')).toEqual(['1e-8', '0.000000010000000001'])
    expect(changes('-123456789012345678901234.5', '0.25')).toEqual([
      '-123456789012345678901234.5',
      '-123456789012345678901234.75',
    ])
    expect(changes('3', undefined)).toEqual(['3', null])
    expect(changes(undefined, '3')).toEqual([null, null])
  })

  it('has null for what cannot be read of a row, and tells the rest', () => {
    const row = { ...results.balance, total: 'much', freeze: null, timestamp_ms: {}, change_type: 7 }
    expect(parseAs(MessageType.Balance, push('spot.balances', [row])).data).toMatchObject([
      { asset: 'USDT', free: '1090.0099', locked: null, total: null, reason: null, time: 1_767_225_606_000 },
    ])
  })

  it('keeps the readable rows when one cannot be read', () => {
    const messages = parseAll(push('spot.balances', [{ ...results.balance, currency: '' }, results.balance]))
    expect(messages.map((message) => message.type)).toEqual([MessageType.Balance, MessageType.Error])
    expect(parseOne(push('spot.balances', [{}])).type).toBe(MessageType.Error)
    expect(parseOne(push('spot.balances', [])).type).toBe(MessageType.Other)
  })
})
