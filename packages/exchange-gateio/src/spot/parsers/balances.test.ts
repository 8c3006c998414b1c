import { MessageType } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { parseAll, parseOne, push, receivedAt, results, streamOf } from '../../../test/support/frames.js'

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
          reason: 'order-match',
          time: 1_767_225_606_765,
        },
        {
          asset: 'GT',
          free: '1090.0099',
          locked: '0',
          total: '1090.0099',
          change: '90.0099',
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

  it('keeps the readable rows when one cannot be read', () => {
    const messages = parseAll(push('spot.balances', [{ ...results.balance, currency: '' }, results.balance]))
    expect(messages.map((message) => message.type)).toEqual([MessageType.Balance, MessageType.Error])
    expect(parseOne(push('spot.balances', [{}])).type).toBe(MessageType.Error)
    expect(parseOne(push('spot.balances', [])).type).toBe(MessageType.Other)
  })
})
