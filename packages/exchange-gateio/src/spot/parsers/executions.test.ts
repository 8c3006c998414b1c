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
        time: 1_767_225_606_759,
      },
      exchangeTime: 1_767_225_606_759,
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

  it('does not guess the liquidity', () => {
    const message = parseAs(MessageType.Trade, push('spot.usertrades', [{ ...results.userTrade, role: '' }]))
    expect(message.data.liquidity).toBeNull()
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

  it('is an ERROR where an amount is none', () => {
    expect(parseOne(push('spot.usertrades', [{ ...results.userTrade, amount: 'much' }]))).toMatchObject({
      type: MessageType.Error,
      stream: streamOf('spot.usertrades:!all'),
      data: { message: 'spot.usertrades: amount is "much", not an exact amount.' },
    })
  })
})
