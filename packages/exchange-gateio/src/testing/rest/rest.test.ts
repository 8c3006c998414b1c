import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Harness, openVenue, startSeconds } from '../../../test/support/emulation.js'
import { btcUsdt } from '../../../test/support/frames.js'
import { demoCredentials } from '../authorize.js'

describe('REST of the emulation', () => {
  it.each(['', '/api/v4'])('tells the time under %j', (prefix) => {
    expect(openVenue().get(`${prefix}/spot/time`)).toMatchObject({
      status: 200,
      body: { server_time: startSeconds * 1000 },
      headers: { 'X-Gate-RateLimit-Limit': '200', 'X-Gate-RateLimit-Requests-Remain': '199' },
    })
  })

  it('lists its markets', () => {
    expect(openVenue().get('/spot/currency_pairs').body).toMatchObject([
      { id: 'BTC_USDT', base: 'BTC', quote: 'USDT', precision: 1, amount_precision: 5, trade_status: 'tradable' },
      { id: 'ETH_USDT' },
    ])
  })

  it('gives a book with its id only where asked for it', () => {
    const { get, market } = openVenue()
    const { lastId, bids, asks } = market.book(btcUsdt, 100)
    const book = get('/spot/order_book?currency_pair=BTC_USDT&limit=100&interval=0&with_id=true').body
    expect(book).toMatchObject({ id: lastId, bids, asks, current: startSeconds * 1000 })
    const short = get('/spot/order_book?currency_pair=BTC_USDT').body
    expect(short).not.toHaveProperty('id')
    expect(short).toMatchObject({ bids: bids.slice(0, 10) })
  })

  it('gives old books on demand, as often as told', () => {
    const { get, market, step, venue } = openVenue()
    const path = '/spot/order_book?currency_pair=BTC_USDT&with_id=true'
    const { lastId } = market.book(btcUsdt, 1)
    venue.control.staleSnapshots(2)
    step(10)
    const ids = [1, 2, 3].map(() => (get(path).body as { id: number }).id)
    expect(ids).toEqual([lastId, lastId, market.book(btcUsdt, 1).lastId])
  })

  it.each([
    ['/spot/order_book?currency_pair=NOPE_USDT', 400, 'INVALID_CURRENCY_PAIR'],
    ['/spot/order_book?currency_pair=BTC_USDT&limit=1001', 400, 'INVALID_PARAM_VALUE'],
    ['/spot/nothing', 404, 'NOT_FOUND'],
  ])('answers %s with %i %s', (path, status, label) => {
    expect(openVenue().get(path)).toMatchObject({ status, body: { label, message: expect.any(String) } })
  })

  it('refuses other methods', () => {
    const url = new URL('http://venue.invalid/spot/time')
    expect(openVenue().venue.handle({ method: 'POST', url, headers: {}, body: '' }).status).toBe(405)
  })

  it('limits an endpoint to 200 requests in 10 s', () => {
    const { clock, get } = openVenue()
    const statuses = Array.from({ length: 201 }, () => get('/spot/time').status)
    expect(statuses.indexOf(429)).toBe(200)
    expect(get('/spot/time').body).toEqual({ label: 'TOO_MANY_REQUESTS', message: expect.any(String) })
    expect(get('/spot/currency_pairs').status).toBe(200)
    clock.advance(10_000)
    expect(get('/spot/time').status).toBe(200)
  })
})

describe('REST about the markets of the emulation', () => {
  it('tells what clients load before they start', () => {
    const { get } = openVenue()
    expect(get('/spot/currencies').body).toMatchObject([
      { currency: 'BTC', delisted: false },
      { currency: 'USDT' },
      { currency: 'ETH' },
    ])
    expect(get('/spot/currency_pairs/ETH_USDT').body).toMatchObject({ id: 'ETH_USDT', trade_status: 'tradable' })
    expect(get('/margin/currency_pairs').body).toEqual([])
  })

  it('gives statistics of all markets, or of one', () => {
    const { get, step, market } = openVenue()
    step(100)
    const { last, high, baseVolume } = market.statistics(btcUsdt)
    const one = get('/spot/tickers?currency_pair=BTC_USDT').body
    expect(one).toMatchObject([{ currency_pair: 'BTC_USDT', last, high_24h: high, base_volume: baseVolume }])
    expect(get('/spot/tickers').body).toMatchObject([{ currency_pair: 'BTC_USDT' }, { currency_pair: 'ETH_USDT' }])
  })

  it('gives the latest trades, newest first, with ids and times as text', () => {
    const { get, step, market } = openVenue()
    step(200)
    const { id, side, time } = market.lastTrade(btcUsdt)
    const trades = get('/spot/trades?currency_pair=BTC_USDT&limit=5').body as { readonly id: string }[]
    expect(trades[0]).toMatchObject({
      id: String(id),
      side,
      create_time_ms: `${time}.000000`,
      currency_pair: 'BTC_USDT',
    })
    expect(trades.map((trade) => Number(trade.id))).toEqual([id, id - 1, id - 2, id - 3, id - 4])
  })

  it('gives candles oldest first, the running one last', () => {
    const { get, step, market } = openVenue()
    step(2_500)
    const rows = get('/spot/candlesticks?currency_pair=BTC_USDT&interval=10s').body as readonly (readonly string[])[]
    const [closed, running] = [market.closedCandles(btcUsdt, 10_000), market.candle(btcUsdt, 10_000)]
    const row = ({ openTime, quoteVolume, close, high, low, open, baseVolume }: typeof running): string[] => [
      String(openTime / 1000),
      quoteVolume,
      close,
      high,
      low,
      open,
      baseVolume,
    ]
    expect(closed.length).toBeGreaterThan(1)
    expect(rows).toEqual([...closed.map((candle) => [...row(candle), 'true']), [...row(running), 'false']])
    const from = running.openTime / 1000
    expect(get(`/spot/candlesticks?currency_pair=BTC_USDT&interval=10s&from=${from}`).body).toHaveLength(1)
    expect(get('/spot/candlesticks?currency_pair=BTC_USDT&interval=2m').status).toBe(400)
  })

  it('gives as many candles as were asked for, where the market has lived so long', () => {
    const { clock, get, step } = openVenue()
    const lengthOf = (query: string): number =>
      (get(`/spot/candlesticks?currency_pair=BTC_USDT&interval=1m${query}`).body as readonly unknown[]).length
    step(10)
    clock.advance(150 * 60_000)
    expect([lengthOf(''), lengthOf('&limit=3'), lengthOf('&limit=1000')]).toEqual([100, 3, 151])
  })

  it('gives a thousand trades at most', () => {
    const { get, market } = openVenue()
    const first = market.lastTrade(btcUsdt).id
    while (market.lastTrade(btcUsdt).id < first + 1_100) market.step(btcUsdt)
    expect(get('/spot/trades?currency_pair=BTC_USDT&limit=1000').body).toHaveLength(1_000)
  })
})

describe('the trades of the emulation', () => {
  const idsOf = (body: unknown): number[] => (body as { readonly id: string }[]).map(({ id }) => Number(id))

  it('can be asked for page by page, newest first, and by time in seconds', () => {
    const { get, step, market } = openVenue()
    step(2_000)
    const trades = market.recentTrades(btcUsdt).toReversed()
    const ids = trades.map(({ id }) => id)
    const page = (number: number): number[] =>
      idsOf(get(`/spot/trades?currency_pair=BTC_USDT&limit=10&page=${number}`).body)
    expect(page(1)).toEqual(ids.slice(0, 10))
    expect(page(3)).toEqual(ids.slice(20, 30))
    const [from, to] = [startSeconds + 5, startSeconds + 9]
    const between = trades.filter(({ time }) => time >= from * 1_000 && time <= to * 1_000)
    expect(between.length).toBeGreaterThan(5)
    expect(idsOf(get(`/spot/trades?currency_pair=BTC_USDT&limit=1000&from=${from}&to=${to}`).body)).toEqual(
      between.map(({ id }) => id),
    )
    expect(get('/spot/trades?currency_pair=BTC_USDT&limit=1000&page=102')).toMatchObject({ status: 400 })
  })

  it('can be asked for from one of them on, forwards and backwards', () => {
    const { get, step, market } = openVenue()
    step(500)
    const ids = market.recentTrades(btcUsdt).map(({ id }) => id)
    const middle = ids[20] as number
    const path = `/spot/trades?currency_pair=BTC_USDT&limit=1000&last_id=${middle}`
    expect(idsOf(get(path).body).toReversed()).toEqual(ids.slice(21))
    expect(idsOf(get(`${path}&reverse=true`).body).toReversed()).toEqual(ids.slice(0, 20))
  })
})

/** A signed request. */
function ask(
  { venue }: Harness,
  method: string,
  path: string,
  { body = '', time = startSeconds, key = demoCredentials.apiKey, secret = demoCredentials.apiSecret } = {},
): { readonly status: number; readonly body: unknown } {
  const url = new URL(`/api/v4${path}`, 'http://venue.invalid')
  const hash = createHash('sha512').update(body).digest('hex')
  const signed = [method, url.pathname, decodeURIComponent(url.search.slice(1)), hash, time].join('\n')
  const sign = createHmac('sha512', secret).update(signed).digest('hex')
  const reply = venue.handle({ method, url, headers: { key, timestamp: String(time), sign }, body })
  return { status: reply.status, body: JSON.parse(reply.body) }
}

describe('REST about the account of the emulation', () => {
  it('is signed as the documentation has it', () => {
    const harness = openVenue()
    const url = new URL('http://venue.invalid/api/v4/spot/orders?currency_pair=BTC_USDT&status=open')
    const sign =
      'e2742ce721a794e0c8b28c22b7bbcc3435f141dfadd23864396547c0cf884a7a18a8226c7039617a13419a1c2bfdf150f09b1b0ea9afb26db0843e8696e59079'
    const headers = { key: demoCredentials.apiKey, timestamp: '1767225600', sign }
    expect(harness.venue.handle({ method: 'GET', url, headers, body: '' })).toMatchObject({ status: 200, body: '[]' })
  })

  it.each([
    ['a time 61 s old', { time: startSeconds - 61, key: 'other' }, 403, 'REQUEST_EXPIRED'],
    ['a foreign key', { key: 'other' }, 401, 'INVALID_KEY'],
    ['another secret', { secret: 'other' }, 401, 'INVALID_SIGNATURE'],
  ])('is refused for %s', (_, how, status, label) => {
    expect(ask(openVenue(), 'GET', '/spot/accounts', how)).toMatchObject({ status, body: { label } })
  })

  it('is refused without a signature', () => {
    expect(openVenue().get('/spot/accounts')).toMatchObject({ status: 400, body: { label: 'MISSING_REQUIRED_HEADER' } })
  })

  it('tells balances, open orders and fills', () => {
    const harness = openVenue()
    const { account } = harness.venue
    for (let step = 0; step < 60; step++) account.step()
    const balances = account.balances().map(({ asset, free, locked }) => ({ currency: asset, available: free, locked }))
    expect(ask(harness, 'GET', '/spot/accounts').body).toMatchObject(balances)
    expect(ask(harness, 'GET', '/spot/accounts?currency=USDT').body).toHaveLength(1)
    const open = ask(harness, 'GET', '/spot/open_orders').body as {
      readonly total: number
      readonly orders: { readonly id: string }[]
    }[]
    const ids = open.flatMap(({ orders }) => orders.map(({ id }) => id))
    expect(ids.sort()).toEqual(account.openOrders().map(({ id }) => id))
    const fills = ask(harness, 'GET', '/spot/my_trades?currency_pair=BTC_USDT&limit=3').body as Record<
      string,
      unknown
    >[]
    expect(fills).toHaveLength(3)
    expect(fills[0]).toMatchObject({ id: expect.any(String), currency_pair: 'BTC_USDT', order_id: expect.any(String) })
    expect(ask(harness, 'GET', '/account/detail').body).toMatchObject({ user_id: 1_000_001, key: { mode: 1 } })
  })

  it('gives fills and orders page by page, and orders that ended by the time of their end', () => {
    const harness = openVenue()
    const { account } = harness.venue
    for (let step = 0; step < 200; step++) {
      harness.clock.advance(100)
      account.step()
    }
    const ask200 = (path: string): { readonly id: string; readonly update_time: string }[] =>
      ask(harness, 'GET', path, { time: startSeconds + 20 }).body as never
    const all = ask200('/spot/my_trades?limit=1000').map(({ id }) => id)
    expect(all.length).toBeGreaterThan(20)
    expect(ask200('/spot/my_trades?limit=10&page=2').map(({ id }) => id)).toEqual(all.slice(10, 20))
    const ended = ask200('/spot/orders?status=finished&limit=1000')
    const since = ask200(`/spot/orders?status=finished&limit=1000&from=${startSeconds + 10}`)
    expect(since).toEqual(ended.filter(({ update_time }) => Number(update_time) >= startSeconds + 10))
    expect(since.length).toBeLessThan(ended.length)
    const open = ask(harness, 'GET', '/spot/open_orders?limit=1&page=2', { time: startSeconds + 20 }).body
    for (const { orders } of open as { readonly orders: readonly object[] }[]) expect(orders).toHaveLength(1)
    expect(ask(harness, 'GET', '/spot/open_orders?limit=101', { time: startSeconds + 20 })).toMatchObject({
      status: 400,
    })
    expect(ask(harness, 'GET', '/spot/my_trades?page=0', { time: startSeconds + 20 })).toMatchObject({ status: 400 })
  })

  it('places, finds and cancels orders', () => {
    const harness = openVenue()
    const body = JSON.stringify({
      currency_pair: 'BTC_USDT',
      side: 'buy',
      amount: '0.001',
      price: '50000',
      text: 't-demo-1',
    })
    const placed = ask(harness, 'POST', '/spot/orders', { body })
    const { id } = placed.body as { readonly id: string }
    expect(placed).toMatchObject({ status: 201, body: { text: 't-demo-1', status: 'open', left: '0.001' } })
    expect(ask(harness, 'GET', `/spot/orders/${id}?currency_pair=BTC_USDT`)).toMatchObject({
      status: 200,
      body: { id },
    })
    expect(ask(harness, 'GET', '/spot/orders?currency_pair=BTC_USDT&status=open').body).toMatchObject([{ id }])
    expect(ask(harness, 'DELETE', `/spot/orders/${id}?currency_pair=BTC_USDT`).body).toMatchObject({
      status: 'cancelled',
    })
    expect(ask(harness, 'DELETE', `/spot/orders/${id}?currency_pair=BTC_USDT`)).toMatchObject({
      status: 404,
      body: { label: 'ORDER_NOT_FOUND' },
    })
    expect(ask(harness, 'GET', '/spot/orders?currency_pair=BTC_USDT&status=finished').body).toMatchObject([{ id }])
    expect(ask(harness, 'POST', '/spot/orders', { body: 'not json' })).toMatchObject({ status: 400 })
    expect(ask(harness, 'GET', '/spot/orders?status=any')).toMatchObject({ status: 400 })
    expect(ask(harness, 'GET', '/wallet/fee')).toMatchObject({ status: 404 })
  })

  it.each([
    ['/spot/orders?status=finished&currency_pair=NOPE_USDT', 'INVALID_CURRENCY_PAIR'],
    ['/spot/orders?status=open', 'INVALID_CURRENCY_PAIR'],
    ['/spot/my_trades?currency_pair=NOPE_USDT', 'INVALID_CURRENCY_PAIR'],
    ['/spot/my_trades?limit=0', 'INVALID_PARAM_VALUE'],
    ['/spot/orders?status=finished&limit=many', 'INVALID_PARAM_VALUE'],
  ])('refuses %s with %s', (path, label) => {
    expect(ask(openVenue(), 'GET', path)).toMatchObject({ status: 400, body: { label } })
  })

  it('is refused on demand', () => {
    const harness = openVenue()
    harness.venue.control.refuseSigned('REQUEST_EXPIRED')
    expect(ask(harness, 'GET', '/spot/accounts')).toMatchObject({ status: 403, body: { label: 'REQUEST_EXPIRED' } })
  })
})
