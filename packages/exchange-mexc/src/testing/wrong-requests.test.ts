import { createHmac } from 'node:crypto'
import { parseInstrument } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { createRandom, MarketSimulator } from '@tapewire/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { demoCredentials } from './authorize.js'
import { type MexcSpotVenue, mexcSpotVenue } from './venue.js'

function openVenue(): MexcSpotVenue {
  const clock = new ManualClock()
  const market = new MarketSimulator({ pairs: [parseInstrument('BTC/USDT')], clock })
  return mexcSpotVenue({ clock, market, random: createRandom(1) })
}

const now = new ManualClock().now()
const streams = [
  'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT',
  'spot@public.kline.v3.api.pb@BTCUSDT@Month1',
  'spot@public.miniTickers.v3.api.pb@24H',
  'spot@private.orders.v3.api.pb',
]
/** JSON, objects that cannot be made text among it. */
const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant({ toString: 1, valueOf: 1 }))
const frame = fc.record(
  {
    method: fc.oneof(fc.constantFrom('SUBSCRIPTION', 'UNSUBSCRIPTION', 'PING'), anything),
    params: fc.oneof(fc.array(fc.oneof(fc.constantFrom(...streams), anything), { maxLength: 3 }), anything),
    id: fc.oneof(fc.nat(), anything),
  },
  { requiredKeys: [] },
)

describe('the emulation of MEXC, asked for what makes no sense', () => {
  it('answers or ignores every frame, and goes on', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(frame, anything), { maxLength: 4 }), (frames) => {
        const sent: unknown[] = []
        let hasEnded = false
        const end = (): void => {
          hasEnded = true
        }
        const client = { send: (data: string | Uint8Array) => void sent.push(data), close: end, terminate: end }
        const url = new URL('http://venue.invalid/ws')
        const session = openVenue().accept(client, { method: 'GET', url, headers: {}, body: '' })
        if ('status' in session) throw new Error(`refused with ${session.status}`)
        for (const content of frames) session.onMessage(Buffer.from(JSON.stringify(content)), false)
        session.onMessage(Buffer.from('{"method":"PING"}'), false)
        expect(hasEnded).toBe(false)
        expect(sent.at(-1)).toBe('{"id":0,"code":0,"msg":"PONG"}')
      }),
    )
  })

  it('answers every REST request, signed or not, below 500, and shows no key or signature', () => {
    const names = [
      'symbol',
      'symbols',
      'limit',
      'interval',
      'startTime',
      'endTime',
      'orderId',
      'listenKey',
      'recvWindow',
    ]
    const value = fc.oneof(fc.constantFrom('BTCUSDT', '%', '%E0%A4%A', '-1', '0', 'NaN', '1e9', '1M'), fc.string())
    const parameter = fc.tuple(fc.constantFrom(...names), value).map((pair) => pair.join('='))
    const parameters = fc.array(parameter, { maxLength: 4 }).map((all) => all.join('&'))
    const open = ['time', 'depth', 'klines', 'trades', 'aggTrades', 'exchangeInfo', 'avgPrice', 'ticker/24hr']
    const owned = ['account', 'openOrders', 'myTrades', 'tradeFee', 'userDataStream']
    const path = fc.constantFrom(...open, ...owned)
    fc.assert(
      fc.property(path, parameters, parameters, fc.constantFrom('GET', 'POST', 'PUT'), (name, query, body, method) => {
        const url = new URL(`/api/v3/${name}?${query}&timestamp=${now}`, 'http://venue.invalid')
        const { apiKey, apiSecret } = demoCredentials
        const signature = createHmac('sha256', apiSecret)
          .update(url.search.slice(1) + body)
          .digest('hex')
        url.search += `&signature=${signature}`
        const headers = { 'x-mexc-apikey': apiKey }
        const response = openVenue().handle({ method, url, headers, body })
        expect(response.status).toBeLessThan(500)
        expect(response.body).not.toContain(apiKey)
        expect(response.body).not.toContain(signature)
      }),
    )
  })
})
