import { describe, expect, test } from 'vitest'
import type { Channel } from '../model/channel.js'
import { assertChannel } from './assert-channel.js'
import type { ChannelSupport } from './exchange-definition.js'

const support = (channel: Channel): ChannelSupport => ({ channel, wireChannel: channel, evidence: 'documented' })
const market = {
  exchange: 'acme_spot',
  scope: 'public',
  channels: ['trades', 'ticker', 'orders'].map((name) => support(name as Channel)),
} as const
const account = { ...market, scope: 'private' } as const

describe('what strategies can be asked for', () => {
  test('is every channel of theirs', () => {
    expect(() => assertChannel('ticker', market)).not.toThrow()
    expect(() => assertChannel('orders', account)).not.toThrow()
  })

  test('is not what the other strategies of the exchange have, which the hint says', () => {
    expect(() => assertChannel('orders', market)).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: These strategies of acme_spot have no channel orders.  [ERR_UNSUPPORTED_CHANNEL]
      They have trades, ticker. Strategies made by private() have it.]
    `)
    expect(() => assertChannel('trades', account)).toThrow('They have orders. Strategies made by public() have it.')
  })

  test('is not what the exchange does not have at all, nor does the hint name other channels of core', () => {
    expect(() => assertChannel('candles', market)).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: These strategies of acme_spot have no channel candles.  [ERR_UNSUPPORTED_CHANNEL]
      They have trades, ticker.]
    `)
    expect(() => assertChannel('toString' as Channel, market)).toThrow('have no channel toString')
  })
})
