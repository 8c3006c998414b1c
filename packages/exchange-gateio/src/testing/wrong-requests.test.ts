import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openVenue, startSeconds } from '../../test/support/emulation.js'
import { demoCredentials } from './authorize.js'

const channels = [
  'spot.ping',
  'spot.obu',
  'spot.order_book',
  'spot.candlesticks',
  'spot.orders',
  'spot.balances',
  'spot.login',
  'spot.order_place',
  'spot.order_cancel_ids',
  'spot.order_list',
]
const secret = 'not-for-anybody'
const secrets = { api_key: secret, signature: secret }
const orderFields = [
  'currency_pair',
  'side',
  'type',
  'price',
  'amount',
  'text',
  'time_in_force',
  'id',
  'status',
  'limit',
]
/** JSON, objects that cannot be made text among it. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constant({ toString: 1, valueOf: 1 }),
  fc.constant('BTC_USDT'),
)
const fieldsOf = (names: readonly string[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] })
const parameters = fc.oneof(anything, fieldsOf(orderFields), fc.array(fieldsOf(orderFields), { maxLength: 2 }))
const frame = fc.record(
  {
    time: anything,
    id: anything,
    channel: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...channels) }, { weight: 1, arbitrary: anything }),
    event: fc.oneof(fc.constantFrom('subscribe', 'unsubscribe', 'api'), anything),
    payload: fc.oneof(
      fc.array(anything, { maxLength: 3 }),
      fc
        .tuple(fieldsOf(['req_id', 'timestamp', 'req_header']), parameters)
        .map(([fields, req_param]) => ({ ...secrets, ...fields, req_param })),
      anything,
    ),
    auth: fc.oneof(fc.constant({ method: 'api_key', KEY: secret, SIGN: secret }), anything),
  },
  { requiredKeys: [] },
)

describe('the emulation of Gate.io, asked for what makes no sense', () => {
  it('answers or ignores every frame, shows no key or signature, and goes on', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 4 }), fc.boolean(), (frames, isLoggedIn) => {
        const client = openVenue().connect()
        if (isLoggedIn) client.ask(login)
        for (const content of frames) client.say(content)
        expect(client.ended).toBeNull()
        expect(client.takeTexts().join()).not.toContain(secret)
        expect(client.ask({ channel: 'spot.ping' })).toMatchObject([{ channel: 'spot.pong' }])
      }),
    )
  })

  const names = ['currency_pair', 'limit', 'interval', 'from', 'to', 'with_id', 'status']
  const value = fc.oneof(
    fc.constantFrom('BTC_USDT', '%', '%E0%A4%A', '-1', '0', 'NaN', '1e9', 'open', '1m'),
    fc.string(),
  )
  const query = fc
    .array(fc.tuple(fc.constantFrom(...names), value))
    .map((all) => all.map((one) => one.join('=')).join('&'))

  it('answers every REST request, signed or not, below 500', () => {
    const paths = ['/spot/time', '/spot/order_book', '/spot/trades', '/spot/candlesticks', '/spot/tickers']
    const owned = ['/spot/accounts', '/spot/orders', '/spot/my_trades', '/spot/open_orders', '/account/detail']
    const request = fc.record({ path: fc.constantFrom(...paths, ...owned, '/spot/orders/1'), query, body: fc.string() })
    fc.assert(
      fc.property(request, fc.constantFrom('GET', 'POST', 'DELETE'), (asked, method) => {
        const { venue } = openVenue()
        const url = new URL(`/api/v4${asked.path}?${asked.query}`, 'http://venue.invalid')
        const response = venue.handle({
          method,
          url,
          headers: signedHeaders(method, url, asked.body),
          body: asked.body,
        })
        expect(response.status).toBeLessThan(500)
        expect(response.body).not.toContain(apiKey)
      }),
    )
  })
})

const { apiKey, apiSecret } = demoCredentials
const login = {
  time: startSeconds,
  channel: 'spot.login',
  event: 'api',
  payload: {
    req_id: '1',
    api_key: apiKey,
    timestamp: String(startSeconds),
    signature: createHmac('sha512', apiSecret).update(`api\nspot.login\n\n${startSeconds}`).digest('hex'),
  },
}

/** Signed as far as the query can be: one that is no valid escape is signed as it is. */
function signedHeaders(method: string, url: URL, body: string): Record<string, string> {
  const hash = createHash('sha512').update(body).digest('hex')
  const query = readable(url.search.slice(1))
  const signed = [method, url.pathname, query, hash, startSeconds].join('\n')
  const sign = createHmac('sha512', apiSecret).update(signed).digest('hex')
  return { key: apiKey, timestamp: String(startSeconds), sign }
}

function readable(query: string): string {
  try {
    return decodeURIComponent(query)
  } catch {
    return query
  }
}
