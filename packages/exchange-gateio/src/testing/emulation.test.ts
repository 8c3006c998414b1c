import { MessageType } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { parseAs, parseOne, push, results } from '../../test/support/frames.js'
import { gateioSpotEmulation } from './emulation.js'

const { acknowledge, isControl } = gateioSpotEmulation

describe('acknowledge', () => {
  it.each(['subscribe', 'unsubscribe'] as const)('accepts any %s, and echoes its id', (event) => {
    const request = JSON.stringify({ time: 1, id: 42, channel: 'spot.trades', event, payload: ['BTC_USDT'] })
    const [reply] = acknowledge(request, 1_767_225_600_123)
    expect(parseAs(MessageType.SubscriptionConfirm, reply as string)).toMatchObject({
      exchangeTime: 1_767_225_600_123,
      data: { action: event, requestId: 42, wireChannel: 'spot.trades', others: 'accepted' },
    })
    expect(acknowledge(Buffer.from(request), 1_767_225_600_123)).toEqual([reply])
  })

  it('shows nothing of a payload that is no list', () => {
    const payload = { api_key: 'the-key', signature: 'the-signature' }
    expect(acknowledge(JSON.stringify({ channel: 'spot.login', event: 'subscribe', payload }), 0).join()).not.toMatch(
      /the-/,
    )
  })

  it('answers a ping with a pong', () => {
    const [reply] = acknowledge('{"time":1,"channel":"spot.ping"}', 0)
    expect(parseOne(reply as string).type).toBe(MessageType.Heartbeat)
  })

  it.each(['{"channel":"spot.login","event":"api"}', 'nonsense', ''])('has no answer to %j', (message) => {
    expect(acknowledge(message, 0)).toEqual([])
  })
})

describe('isControl', () => {
  it('tells replies from pushes, as text and as bytes', () => {
    const [reply] = acknowledge('{"channel":"spot.trades","event":"subscribe"}', 0)
    const trade = JSON.stringify(push('spot.trades', results.trade))
    const looksLikeControl = (content: string | Buffer): boolean => isControl({ content })
    expect([reply as string, trade].map(looksLikeControl)).toEqual([true, false])
    expect([Buffer.from(reply as string), Buffer.from(trade)].map(looksLikeControl)).toEqual([true, false])
  })
})
