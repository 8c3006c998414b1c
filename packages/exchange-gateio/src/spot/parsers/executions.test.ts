import { MessageType } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { btcUsdt, parseAs, parseOne, push, receivedAt, results, streamOf } from '../../../test/support/frames.js'

describe('spot.usertrades', () => {
  it('is one own fill', () => {
    expect(parseOne(push('spot.usertrades', [results.userTrade]))).toEqual({
      type: MessageType.Trade,
      stream: streamOf('spot.usertrades:!all'),
      symbol: btcUsdt,
      channel: 'executions',
      data: {
        id: '9455001299',
        orderId: '700100200300',
        clientId: 't-demo-1',
        side: 'sell',
        price: '90100',
        size: '0.001',
        quoteSize: null,
        fee: '0.0901',
        feeAsset: 'USDT',
        liquidity: 'maker',
        time: 1_767_225_606_759.12,
      },
      exchangeTime: 1_767_225_606_759.12,
      receivedAt,
      sequence: 9_455_001_299,
      raw: null,
    })
  })

  it.each([
    [{ fee: '0', gt_fee: '0.0031' }, '0.0031', 'GT'],
    [{ fee: '0', point_fee: '0.2' }, '0.2', 'POINT'],
    [{ fee: '0' }, '0', 'USDT'],
    [{ fee: '-0.01' }, '-0.01', 'USDT'],
    [{ fee: undefined, fee_currency: undefined, gt_fee: undefined, point_fee: undefined }, null, null],
  ])('with %j cost %j %j', (changes, fee, feeAsset) => {
    const message = parseAs(MessageType.Trade, push('spot.usertrades', [{ ...results.userTrade, ...changes }]))
    expect(message.data).toMatchObject({ fee, feeAsset })
  })

  it('does not guess the liquidity or the side', () => {
    const row = { ...results.userTrade, role: '', side: 'both' }
    const { data } = parseAs(MessageType.Trade, push('spot.usertrades', [row]))
    expect(data).toMatchObject({ id: '9455001299', liquidity: null, side: null, price: '90100', size: '0.001' })
  })

  it('keeps every digit of an amount and of an id, in quotes or without', () => {
    const frame = JSON.stringify(push('spot.usertrades', [results.userTrade]))
      .replace('"amount":"0.001"', '"amount":0.10000000000000000001')
      .replace('"id":9455001299', '"id":90071992547409931')
    expect(parseAs(MessageType.Trade, frame)).toMatchObject({
      data: { id: '90071992547409931', size: '0.10000000000000000001' },
      sequence: null,
    })
  })

  it('keeps ids and times to their last digit', () => {
    const row = { ...results.userTrade, id: 'ID', order_id: 'ORDER', create_time_ms: '1790000000123.456000' }
    const frame = JSON.stringify(push('spot.usertrades', [row]))
    const ids = frame.replace('"ID"', '9007199254740993').replace('"ORDER"', '9007199254740995')
    expect(parseAs(MessageType.Trade, ids)).toMatchObject({
      data: { id: '9007199254740993', orderId: '9007199254740995', time: 1_790_000_000_123.456 },
      exchangeTime: 1_790_000_000_123.456,
    })
  })

  it('has amounts in the notation in which they were sent', () => {
    const row = { ...results.userTrade, price: '1E-7', amount: '3e+5', fee: '-1.5e-9' }
    expect(parseAs(MessageType.Trade, push('spot.usertrades', [row])).data).toMatchObject({
      price: '1E-7',
      size: '3e+5',
      fee: '-1.5e-9',
    })
  })

  it.each([
    ['amount', 'much', 'amount'],
    ['price', undefined, 'price'],
    ['id', '', 'id'],
    ['order_id', null, 'order_id'],
  ])('is an ERROR where %s is %j, without which there is no fill', (field, value, named) => {
    expect(parseOne(push('spot.usertrades', [{ ...results.userTrade, [field]: value }]))).toMatchObject({
      type: MessageType.Error,
      stream: streamOf('spot.usertrades:!all'),
      data: { message: `spot.usertrades: ${named} is missing or cannot be read.` },
    })
  })
})
