import { MessageType } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { parseAs, parseOne, push, results } from '../test-support.js'
import { acknowledgeGateio, isGateioControl } from './index.js'

describe('acknowledgeGateio', () => {
  it.each(['subscribe', 'unsubscribe'] as const)('accepts any %s, and echoes its id', (event) => {
    const request = JSON.stringify({ time: 1, id: 42, channel: 'spot.trades', event, payload: ['BTC_USDT'] })
    const [reply] = acknowledgeGateio(request, 1_767_225_600_123)
    expect(parseAs(MessageType.SubscriptionConfirm, reply as string)).toMatchObject({
      exchangeTime: 1_767_225_600_123,
      data: { action: event, requestId: 42, wireChannel: 'spot.trades', accepted: 'all' },
    })
    expect(acknowledgeGateio(Buffer.from(request), 1_767_225_600_123)).toEqual([reply])
  })

  it('answers a ping with a pong', () => {
    const [reply] = acknowledgeGateio('{"time":1,"channel":"spot.ping"}')
    expect(parseOne(reply as string).type).toBe(MessageType.Heartbeat)
  })

  it.each(['{"channel":"spot.login","event":"api"}', 'nonsense', ''])('has no answer to %j', (message) => {
    expect(acknowledgeGateio(message)).toEqual([])
  })
})

describe('isGateioControl', () => {
  it('tells replies from pushes, as text and as bytes', () => {
    const [reply] = acknowledgeGateio('{"channel":"spot.trades","event":"subscribe"}')
    const trade = JSON.stringify(push('spot.trades', results.trade))
    expect([reply as string, trade].map(isGateioControl)).toEqual([true, false])
    expect([Buffer.from(reply as string), Buffer.from(trade)].map(isGateioControl)).toEqual([true, false])
  })
})
