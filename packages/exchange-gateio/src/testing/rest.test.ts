import { describe, expect, it } from 'vitest'
import { openVenue, startSeconds } from '../../test/support/emulation.js'
import { btcUsdt } from '../../test/support/frames.js'

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
