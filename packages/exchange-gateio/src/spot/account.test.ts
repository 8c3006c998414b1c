import { inspect } from 'node:util'
import type { Credentials, Instrument, PrivateChannel, Stream } from '@tapewire/core'
import { createEnv, type OutboundMessage, type RequestContext } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import { btcUsdt, ethUsdt, streamsWith } from '../../test/support/frames.js'
import { ServerTime } from '../shared/rest.js'
import { signedText, signerOf } from '../shared/signature.js'
import { GateioSpotAccountSubscription } from './account.js'

const demo = { apiKey: 'demo-key-0001', apiSecret: 'demo-secret-0001' }
const all = ['orders', 'executions', 'balances'] as const

function subscription(credentials: Credentials = demo): GateioSpotAccountSubscription {
  return new GateioSpotAccountSubscription(signerOf(credentials), new ServerTime('http://127.0.0.1:9'), streamsWith())
}

function context(): RequestContext {
  let requestId = 10
  return { ...createEnv({ clock: new ManualClock(1_767_225_600_500) }), nextRequestId: () => ++requestId }
}

function plan(
  strategy: GateioSpotAccountSubscription,
  channels: readonly PrivateChannel[],
  instruments: readonly Instrument[],
): readonly Stream[] {
  return channels.flatMap((channel) => strategy.plan({ channel, instruments, candleIntervals: null }))
}

function read(messages: readonly OutboundMessage[]): unknown[] {
  return messages.map((message) => JSON.parse(String(message.payload)))
}

describe('plan', () => {
  it('means the whole account where no market is named', () => {
    const streams = plan(subscription(), all, [])
    expect(streams).toMatchObject([
      { id: 'spot.orders:!all', channel: 'orders', instrument: null, wireChannel: 'spot.orders', wireSymbol: null },
      { id: 'spot.usertrades:!all', channel: 'executions', instrument: null, wireChannel: 'spot.usertrades' },
      { id: 'spot.balances:!all', channel: 'balances', instrument: null, wireChannel: 'spot.balances' },
    ])
  })

  it('means the markets named, but always every balance', () => {
    const streams = plan(subscription(), all, [btcUsdt, ethUsdt])
    expect(streams.map((stream) => stream.id)).toEqual([
      'spot.orders:BTC_USDT',
      'spot.orders:ETH_USDT',
      'spot.usertrades:BTC_USDT',
      'spot.usertrades:ETH_USDT',
      'spot.balances:!all',
    ])
  })

  it('refuses market data', () => {
    expect(() => subscription().plan({ channel: 'trades', instruments: [btcUsdt], candleIntervals: null })).toThrow(
      /ERR_UNSUPPORTED_CHANNEL/,
    )
  })
})

describe('createSubscriptionMessages', () => {
  it('signs each request with its own channel, event and time', () => {
    const strategy = subscription()
    const streams = plan(strategy, all, [btcUsdt, ethUsdt])
    const messages = strategy.createSubscriptionMessages('subscribe', streams, context())
    const sign = signerOf(demo).sign
    const time = 1_767_225_600
    const auth = (channel: string): object => ({
      method: 'api_key',
      KEY: 'demo-key-0001',
      SIGN: sign(signedText(channel, 'subscribe', time)),
    })
    const event = 'subscribe'
    const payload = ['BTC_USDT', 'ETH_USDT']
    expect(read(messages as readonly OutboundMessage[])).toEqual([
      { time, id: 11, channel: 'spot.orders', event, payload, auth: auth('spot.orders') },
      { time, id: 12, channel: 'spot.usertrades', event, payload, auth: auth('spot.usertrades') },
      { time, id: 13, channel: 'spot.balances', event, auth: auth('spot.balances') },
    ])
  })

  it('asks for the whole account by !all, and signs an unsubscribe as one', () => {
    const strategy = subscription()
    const streams = plan(strategy, ['orders'], [])
    const messages = strategy.createSubscriptionMessages('unsubscribe', streams, context())
    expect(read(messages as readonly OutboundMessage[])).toMatchObject([
      { event: 'unsubscribe', payload: ['!all'], auth: { SIGN: expect.stringMatching(/^e8d4a0434404736f/) } },
    ])
  })

  it('waits for a signing function that takes its time', async () => {
    const local = signerOf(demo).sign
    const vault = subscription({ apiKey: demo.apiKey, sign: async (text) => local(text) })
    const streams = plan(vault, all, [])
    const messages = vault.createSubscriptionMessages('subscribe', streams, context())
    expect(messages).toBeInstanceOf(Promise)
    expect(await messages).toEqual(subscription().createSubscriptionMessages('subscribe', streams, context()))
  })

  it('says that the signing function failed', async () => {
    const streams = plan(subscription(), ['orders'], [])
    const failing = subscription({ apiKey: 'key', sign: () => Promise.reject(new Error('vault sealed')) })
    await expect(failing.createSubscriptionMessages('subscribe', streams, context())).rejects.toThrow(
      'The signing function did not sign.  [ERR_SIGNING_FAILED]',
    )
    const throwing = subscription({
      apiKey: 'key',
      sign: () => {
        throw new Error('vault sealed')
      },
    })
    expect(() => throwing.createSubscriptionMessages('subscribe', streams, context())).toThrow(/ERR_SIGNING_FAILED/)
    const wrong = subscription({ apiKey: 'key', sign: async () => 'not a signature' })
    await expect(wrong.createSubscriptionMessages('subscribe', streams, context())).rejects.toThrow(
      'The signing function returned no signature.  [ERR_SIGNING_FAILED]',
    )
  })

  it('shows neither key nor secret when inspected', () => {
    const shown = inspect(subscription(), { depth: 10, showHidden: true })
    expect(shown).not.toContain(demo.apiSecret)
    expect(shown).not.toContain(demo.apiKey)
  })
})
