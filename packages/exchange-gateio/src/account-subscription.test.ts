import { inspect } from 'node:util'
import { type Credentials, ManualClock, type OutboundMessage, type SubscriptionContext } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { GateioAccountSubscription } from './account-subscription.js'
import { ServerTime } from './server-time.js'
import { signedText, signerOf } from './signature.js'
import { gateioSymbolTable } from './symbols.js'
import { btcUsdt, ethUsdt } from './test-support.js'

const demo = { apiKey: 'demo-key-0001', apiSecret: 'demo-secret-0001' }
const all = ['orders', 'executions', 'balances'] as const

function subscription(credentials: Credentials = demo): GateioAccountSubscription {
  const serverTime = new ServerTime('http://127.0.0.1:9', new ManualClock())
  return new GateioAccountSubscription(signerOf(credentials), serverTime, gateioSymbolTable())
}

function context(): SubscriptionContext {
  let requestId = 10
  return { nextRequestId: () => ++requestId, wallTime: () => 1_767_225_600_500 }
}

function read(messages: readonly OutboundMessage[]): unknown[] {
  return messages.map((message) => JSON.parse(String(message.payload)))
}

describe('plan', () => {
  it('means the whole account where no market is named', () => {
    const streams = subscription().plan({ symbols: [], channels: all })
    expect(streams).toEqual([
      {
        id: 'spot.orders:!all',
        channel: 'orders',
        symbol: null,
        wireChannel: 'spot.orders',
        wireSymbol: null,
        params: [],
      },
      {
        id: 'spot.usertrades:!all',
        channel: 'executions',
        symbol: null,
        wireChannel: 'spot.usertrades',
        wireSymbol: null,
        params: [],
      },
      {
        id: 'spot.balances:!all',
        channel: 'balances',
        symbol: null,
        wireChannel: 'spot.balances',
        wireSymbol: null,
        params: [],
      },
    ])
  })

  it('means the markets named, but always every balance', () => {
    const streams = subscription().plan({ symbols: [btcUsdt, ethUsdt], channels: all })
    expect(streams.map((stream) => stream.id)).toEqual([
      'spot.orders:BTC_USDT',
      'spot.orders:ETH_USDT',
      'spot.usertrades:BTC_USDT',
      'spot.usertrades:ETH_USDT',
      'spot.balances:!all',
    ])
  })

  it('refuses market data', () => {
    expect(() => subscription().plan({ symbols: [btcUsdt], channels: ['trades'] })).toThrow(/ERR_UNSUPPORTED_CHANNEL/)
  })
})

describe('createSubscriptionMessages', () => {
  it('signs each request with its own channel, event and time', () => {
    const strategy = subscription()
    const streams = strategy.plan({ symbols: [btcUsdt, ethUsdt], channels: all })
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
    const streams = strategy.plan({ symbols: [], channels: ['orders'] })
    const messages = strategy.createSubscriptionMessages('unsubscribe', streams, context())
    expect(read(messages as readonly OutboundMessage[])).toMatchObject([
      { event: 'unsubscribe', payload: ['!all'], auth: { SIGN: expect.stringMatching(/^e8d4a0434404736f/) } },
    ])
  })

  it('waits for a signing function that takes its time', async () => {
    const local = signerOf(demo).sign
    const vault = subscription({ apiKey: demo.apiKey, sign: async (text) => local(text) })
    const streams = vault.plan({ symbols: [], channels: all })
    const messages = vault.createSubscriptionMessages('subscribe', streams, context())
    expect(messages).toBeInstanceOf(Promise)
    expect(await messages).toEqual(subscription().createSubscriptionMessages('subscribe', streams, context()))
  })

  it('says that the signing function failed', async () => {
    const streams = subscription().plan({ symbols: [], channels: ['orders'] })
    const failing = subscription({ apiKey: 'key', sign: () => Promise.reject(new Error('vault sealed')) })
    await expect(failing.createSubscriptionMessages('subscribe', streams, context())).rejects.toThrow(
      'The signing function did not sign.  [ERR_AUTHENTICATION_FAILED]',
    )
    const throwing = subscription({
      apiKey: 'key',
      sign: () => {
        throw new Error('vault sealed')
      },
    })
    expect(() => throwing.createSubscriptionMessages('subscribe', streams, context())).toThrow(
      /ERR_AUTHENTICATION_FAILED/,
    )
    const wrong = subscription({ apiKey: 'key', sign: async () => 'not a signature' })
    await expect(wrong.createSubscriptionMessages('subscribe', streams, context())).rejects.toThrow(
      /ERR_INVALID_CREDENTIALS/,
    )
  })

  it('shows neither key nor secret when inspected', () => {
    const shown = inspect(subscription(), { depth: 10, showHidden: true })
    expect(shown).not.toContain(demo.apiSecret)
    expect(shown).not.toContain(demo.apiKey)
  })
})
