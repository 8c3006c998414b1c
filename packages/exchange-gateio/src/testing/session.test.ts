import { describe, expect, it } from 'vitest'
import { openVenue, startSeconds, subscribe } from '../../test/support/emulation.js'
import { btcUsdt, ethUsdt } from '../../test/support/frames.js'
import { signedText, signerOf } from '../shared/signature.js'
import { demoCredentials } from './authorize.js'

describe('acknowledgements of the emulation', () => {
  it('have the shape of 2026, and echo an id only if one was sent', () => {
    const client = openVenue().connect()
    const [acknowledged] = client.ask(subscribe('spot.trades', ['BTC_USDT', 'ETH_USDT'], 7))
    expect(acknowledged).toEqual({
      time: startSeconds,
      time_ms: startSeconds * 1000,
      id: 7,
      conn_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      trace_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      channel: 'spot.trades',
      event: 'subscribe',
      payload: ['BTC_USDT', 'ETH_USDT'],
      result: { status: 'success' },
      requestId: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
    const [anonymous] = client.ask({ channel: 'spot.tickers', event: 'subscribe', payload: ['BTC_USDT'] })
    expect(anonymous).not.toHaveProperty('id')
    expect(anonymous?.result).toEqual({ status: 'success' })
  })

  it.each([
    ['spot.trades', ['BTC_USDT', 'NOPE_USDT'], 'unknown currency pair: NOPE_USDT'],
    ['spot.trades', ['btc_usdt'], 'unknown currency pair: btc_usdt'],
    ['spot.order_book_update', ['BTC_USDT', '1000ms'], 'incorrect update interval specified: 1000ms'],
    ['spot.order_book_update', ['BTC_USDT', 100], 'payload must be a list of strings'],
    ['spot.candlesticks', ['2m', 'BTC_USDT'], 'incorrect interval specified: 2m'],
    ['spot.candlesticks', ['1m'], 'unknown currency pair: '],
    ['spot.novelty', ['BTC_USDT'], 'Unknown channel spot.novelty'],
    ['spot.trades', [], 'payload must be a list of strings'],
    ['spot.obu', ['BTC_USDT'], 'Unknown stream BTC_USDT'],
    ['spot.order_book', ['BTC_USDT', '30', '100ms'], 'provided level not supported: 30'],
    ['spot.order_book', ['BTC_USDT', '20', '20ms'], 'incorrect update interval specified: 20ms'],
    ['spot.order_book', ['BTC_USDT', '20'], 'incorrect update interval specified: undefined'],
    ['spot.order_book', ['NOPE_USDT', '20', '100ms'], 'unknown currency pair: NOPE_USDT'],
    ['spot.trades_v2', ['NOPE_USDT'], 'unknown currency pair: NOPE_USDT'],
  ])('refuse %s %j as a whole: %s', (channel, payload, message) => {
    const { connect, step } = openVenue()
    const client = connect()
    const [refused] = client.ask(subscribe(channel, payload))
    expect(refused).toMatchObject({ id: 1, error: { code: 2, message }, result: { status: 'fail' } })
    step(100)
    expect(client.take()).toEqual([])
  })

  it('refuse a book of spot.obu that is there already, and keep the first', () => {
    const { connect, step } = openVenue()
    const client = connect()
    client.ask(subscribe('spot.obu', ['ob.BTC_USDT.50']))
    const [refused] = client.ask(subscribe('spot.obu', ['ob.ETH_USDT.50', 'ob.BTC_USDT.50']))
    expect(refused?.error).toEqual({ code: 2, message: 'Alert sub ob.BTC_USDT.50' })
    step(5)
    expect(client.takeResults('spot.obu')).not.toEqual([])
    client.ask({ channel: 'spot.obu', event: 'unsubscribe', payload: ['ob.BTC_USDT.50'] })
    step(5)
    expect(client.take()).toEqual([])
  })

  it('accept books of spot.obu that do not exist, and stay silent', () => {
    const { connect, step } = openVenue()
    const client = connect()
    const frames = client.ask(subscribe('spot.obu', ['ob.NOPE_USDT.50', 'ob.BTC_USDT.100']))
    expect(frames).toMatchObject([{ event: 'subscribe', result: { status: 'success' } }])
    step(20)
    expect(client.take()).toEqual([])
  })

  it.each(['not json', '7', 'null', '"text"', '{"event":"subscribe"}'])('ignore %s', (content) => {
    expect(openVenue().connect().ask(content)).toEqual([])
  })

  it('call an event they do not know a bad request', () => {
    const [refused] = openVenue().connect().ask({ channel: 'spot.trades', event: 'resubscribe', payload: [] })
    expect(refused?.error?.code).toBe(1)
  })

  it('are kept back on demand, while the streams run', () => {
    const { connect, step, venue } = openVenue()
    const client = connect()
    venue.control.silenceAcks()
    expect(client.ask(subscribe('spot.order_book_update', ['BTC_USDT', '20ms']))).toEqual([])
    step(5)
    expect(client.take()).not.toEqual([])
    venue.control.silenceAcks(false)
    expect(client.ask(subscribe('spot.trades', ['BTC_USDT']))).toHaveLength(1)
  })

  it('refuse a market on demand', () => {
    const { connect, venue, get } = openVenue()
    venue.control.refusePair(ethUsdt)
    const client = connect()
    const [refused] = client.ask(subscribe('spot.trades', ['ETH_USDT']))
    expect(refused?.error?.message).toBe('unknown currency pair: ETH_USDT')
    expect(get('/spot/order_book?currency_pair=ETH_USDT').status).toBe(400)
    venue.control.listPair(ethUsdt)
    expect(client.ask(subscribe('spot.trades', ['ETH_USDT']))[0]?.error).toBeUndefined()
  })
})

describe('authentication at the emulation', () => {
  const { sign, apiKey } = signerOf(demoCredentials)
  const signed = (channel: string, event: string, time = startSeconds): object => ({
    time,
    id: 3,
    channel,
    event,
    ...(channel.endsWith('balances') || channel === 'spot.cross_loan' ? {} : { payload: ['!all'] }),
    auth: { method: 'api_key', KEY: apiKey, SIGN: sign(signedText(channel, event as 'subscribe', time)) },
  })

  it.each([
    'spot.orders',
    'spot.orders_v2',
    'spot.usertrades',
    'spot.usertrades_v2',
    'spot.priceorders',
    'spot.balances',
    'spot.margin_balances',
    'spot.funding_balances',
    'spot.cross_balances',
    'spot.cross_loan',
  ])('accepts a signed %s, and its unsubscribe', (channel) => {
    const client = openVenue().connect()
    for (const event of ['subscribe', 'unsubscribe']) {
      expect(client.ask(signed(channel, event))).toMatchObject([{ id: 3, event, result: { status: 'success' } }])
    }
  })

  it.each(['spot.orders_v2', 'spot.usertrades_v2', 'spot.margin_balances', 'spot.priceorders'])(
    'refuses %s without a signature',
    (channel) => {
      const [refused] = openVenue()
        .connect()
        .ask(subscribe(channel, ['!all']))
      expect(refused?.error?.code).toBe(4)
    },
  )

  it('never echoes what was signed', () => {
    const client = openVenue().connect()
    client.say(signed('spot.orders', 'subscribe'))
    expect(client.takeTexts().join()).not.toMatch(/SIGN|demo-key/)
  })

  it('never echoes a payload that is no list: it may hold a key', () => {
    const client = openVenue().connect()
    const payload = { api_key: apiKey, signature: 'signed' }
    client.say({ time: startSeconds, channel: 'spot.login', event: 'API', payload })
    client.say({ time: startSeconds, channel: 'spot.login', event: 'subscribe', payload })
    const texts = client.takeTexts()
    expect(texts).toHaveLength(2)
    expect(texts.join()).not.toMatch(/signed|demo-key/)
  })

  const right = signed('spot.orders', 'subscribe') as { auth: object }
  it.each([
    ['a time 61 s old', signed('spot.orders', 'subscribe', startSeconds - 61), 'REQUEST_EXPIRED'],
    ['a time 61 s ahead', signed('spot.orders', 'subscribe', startSeconds + 61), 'REQUEST_EXPIRED'],
    ['a foreign key', { ...right, auth: { ...right.auth, KEY: 'other' } }, 'INVALID_KEY'],
    ['a signature for subscribe on an unsubscribe', { ...right, event: 'unsubscribe' }, 'INVALID_SIGNATURE'],
    ['another time than was signed', { ...right, time: startSeconds + 1 }, 'INVALID_SIGNATURE'],
    ['no signature', { ...right, auth: undefined }, 'MISSING_REQUIRED_HEADER'],
  ])('refuses %s', (_, request, label) => {
    const [refused] = openVenue().connect().ask(request)
    expect(refused?.error?.code).toBe(4)
    expect(JSON.parse(refused?.error?.message ?? '')).toMatchObject({ label })
  })

  it('takes a time that is just within 60 s', () => {
    const [accepted] = openVenue()
      .connect()
      .ask(signed('spot.orders', 'subscribe', startSeconds - 60))
    expect(accepted?.error).toBeUndefined()
  })
})

describe('the life of a connection at the emulation', () => {
  it('answers a ping on another channel, with an empty event', () => {
    expect(openVenue().connect().ask({ time: startSeconds, channel: 'spot.ping' })).toMatchObject([
      { time_ms: startSeconds * 1000, channel: 'spot.pong', event: '', result: null },
    ])
  })

  it('ends silently after 30 s without subscriptions', () => {
    const { clock, connect } = openVenue()
    const client = connect()
    clock.advance(29_999)
    expect(client.ended).toBeNull()
    clock.advance(1)
    expect(client.ended).toBe('terminate')
    expect(clock.pendingTimers).toBe(0)
  })

  it('is kept alive by pings, and ends 60 s after the last word on a silent market', () => {
    const { clock, connect } = openVenue()
    const client = connect()
    client.ask(subscribe('spot.trades', ['BTC_USDT']))
    clock.advance(59_000)
    client.say({ channel: 'spot.ping' })
    clock.advance(59_999)
    expect(client.ended).toBeNull()
    clock.advance(1)
    expect(client.ended).toBe('terminate')
  })

  it('ends 30 s after its last word where it unsubscribed from everything', () => {
    const { clock, connect } = openVenue()
    const client = connect()
    client.ask(subscribe('spot.trades', ['BTC_USDT']))
    clock.advance(31_000)
    client.ask({ channel: 'spot.trades', event: 'unsubscribe', payload: ['BTC_USDT'] })
    clock.advance(29_999)
    expect(client.ended).toBeNull()
    clock.advance(1)
    expect(client.ended).toBe('terminate')
  })

  it('is kept alive by pings of the protocol too', () => {
    const { clock, connect } = openVenue()
    const client = connect()
    clock.advance(29_000)
    client.ping()
    clock.advance(29_999)
    expect(client.ended).toBeNull()
  })

  it('announces an upgrade, and closes when told to', () => {
    const { clock, connect, venue } = openVenue()
    const client = connect()
    venue.control.announceUpgrade(5_000)
    expect(client.take()).toMatchObject([{ channel: 'spot.system', event: 'update', result: { type: 'upgrade' } }])
    const later = connect()
    clock.advance(5_000)
    expect([client.ended, later.ended]).toEqual(['close 1001', null])
  })

  it('refuses the path that lacks its slash', () => {
    const { venue } = openVenue()
    const url = new URL('http://venue.invalid/ws/v4')
    const client = { send: () => {}, close: () => {}, terminate: () => {} }
    expect(venue.accept(client, { method: 'GET', url, headers: {}, body: '' })).toMatchObject({ status: 404 })
  })

  it('leaves no timer behind when the venue closes', () => {
    const { clock, connect, step, venue, market } = openVenue()
    const client = connect()
    client.ask(subscribe('spot.order_book_update', ['BTC_USDT', '100ms']))
    client.ask(subscribe('spot.tickers', ['BTC_USDT']))
    venue.control.announceUpgrade(1_000)
    step(1)
    market.step(btcUsdt)
    venue.close()
    expect(clock.pendingTimers).toBe(0)
  })
})
