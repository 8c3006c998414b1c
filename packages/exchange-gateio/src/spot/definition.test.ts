import { readFileSync } from 'node:fs'
import { MessageType, WebSocketStrategySet } from '@tapewire/core'
import { frameOf } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import { btcUsdt, push, results } from '../../test/support/frames.js'
import { exchanges, gateioSpot } from '../index.js'

const demo = { apiKey: 'demo-key-0001', apiSecret: 'demo-secret-0001' }

describe('gateioSpot', () => {
  it('is what the package exports for discovery', () => {
    expect(exchanges).toEqual([gateioSpot])
    expect(gateioSpot.name).toBe('gateio_spot')
  })

  it('has a stream for every channel it claims, on the wire channel it names', () => {
    const market = gateioSpot.public().subscriptionStrategy
    const account = gateioSpot.private(demo).subscriptionStrategy
    for (const { channel, wireChannel } of gateioSpot.channels) {
      const isPrivate = ['orders', 'executions', 'balances'].includes(channel)
      const [stream] = (isPrivate ? account : market).plan({ channel, instruments: [btcUsdt], candleIntervals: null })
      expect(stream).toMatchObject({ channel, wireChannel })
    }
  })

  it('has the coverage that the README shows', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const rows = [...readme.matchAll(/^\| `(\w+)` \| `(spot\.\w+)` \| (\w+) \|$/gm)]
    const shown = rows.map(([, channel, wireChannel, evidence]) => ({ channel, wireChannel, evidence }))
    expect(shown).toEqual(gateioSpot.channels)
  })

  it('makes strategies that know each other’s streams', () => {
    const strategies = gateioSpot.public({ url: 'ws://127.0.0.1:9000/' })
    expect(strategies).toBeInstanceOf(WebSocketStrategySet)
    expect(strategies.exchange).toBe('gateio_spot')
    const [stream] = strategies.subscriptionStrategy.plan({
      channel: 'trades',
      instruments: [btcUsdt],
      candleIntervals: null,
    })
    const frame = frameOf(JSON.stringify(push('spot.trades', results.trade)))
    const message = strategies.messageParser.parse(frame)
    expect(message).toMatchObject({ type: MessageType.Trades, symbol: btcUsdt })
    expect(message).toHaveProperty('stream', stream)
  })

  it('checks what it is given when it is given', () => {
    expect(() => gateioSpot.public({ orderbookChanel: 'obu' } as object)).toThrow(/did you mean orderbookChannel\?/)
    expect(() => gateioSpot.private({ apiKey: '', apiSecret: '' })).toThrow(/ERR_INVALID_CREDENTIALS/)
    expect(() => gateioSpot.private(demo, { orderbookDepth: 50 } as object)).toThrow(/ERR_UNSUPPORTED_OPTION/)
  })
})
