import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type FakeClient, type Harness, openVenue, startSeconds } from '../../test/support/emulation.js'
import { demoCredentials } from './authorize.js'

const { apiKey, apiSecret } = demoCredentials

/** An answer in the form of `event: "api"`. */
interface Reply {
  readonly request_id: string
  readonly ack?: boolean
  readonly header: Readonly<Record<string, unknown>>
  readonly data: {
    readonly result?: Readonly<Record<string, unknown>>
    readonly errs?: { readonly label: string; readonly message: string }
  }
}

function ask(client: FakeClient, content: string | object): Reply[] {
  return client.ask(content) as unknown as Reply[]
}

function request(channel: string, parameters: unknown, id = '2'): object {
  return { time: startSeconds, channel, event: 'api', payload: { req_id: id, req_param: parameters } }
}

/** `parameters` is the JSON text that stands in the request, where there is one. */
function login(parameters?: string, timestamp = String(startSeconds), key = apiKey): string {
  const signature = createHmac('sha512', apiSecret)
    .update(`api\nspot.login\n${parameters ?? ''}\n${timestamp}`)
    .digest('hex')
  const member = parameters === undefined ? '' : `,"req_param": ${parameters}`
  const payload = `{"req_id":"1","api_key":"${key}","signature":"${signature}","timestamp":"${timestamp}"${member}}`
  return `{"time":${timestamp},"channel":"spot.login","event":"api","payload":${payload}}`
}

function openDesk(): Harness & { readonly client: FakeClient } {
  const harness = openVenue()
  const client = harness.connect()
  client.ask(login())
  return { ...harness, client }
}

const limitBuy = {
  text: 't-mine',
  currency_pair: 'BTC_USDT',
  type: 'limit',
  side: 'buy',
  amount: '0.5',
  price: '50000',
}

describe('spot.login at the emulation', () => {
  it.each([
    ['nothing', undefined],
    ['an empty text', '""'],
    ['an empty object', '{}'],
    ['null', 'null'],
    ['an object with spaces in it', '{ "a": 1 }'],
  ])('is signed over the parameters as they were sent: %s', (_, parameters) => {
    const [reply] = ask(openVenue().connect(), login(parameters))
    expect(reply).toMatchObject({ request_id: '1', data: { result: { uid: '1000001' } } })
    expect(reply?.header).toEqual({
      response_time: String(startSeconds * 1000),
      status: '200',
      channel: 'spot.login',
      event: 'api',
      client_id: expect.stringMatching(/^127\.0\.0\.1-0x/),
      conn_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      conn_trace_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      trace_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      x_in_time: startSeconds * 1_000_000,
      x_out_time: startSeconds * 1_000_000,
    })
    expect(reply).not.toHaveProperty('channel')
  })

  it.each([
    ['a foreign key', login('{}', undefined, 'other'), '401', 'INVALID_KEY'],
    ['a time 61 s old', login('{}', String(startSeconds - 61)), '403', 'REQUEST_EXPIRED'],
    ['a time that is none', login('{}', 'soon').replace('"time":soon', '"time":1'), '403', 'REQUEST_EXPIRED'],
    ['other parameters than were signed', login('{}').replace('{}', '{"a":1}'), '401', 'INVALID_SIGNATURE'],
    ['no key', request('spot.login', {}), '400', 'MISSING_REQUIRED_HEADER'],
  ])('is refused for %s', (_, content, status, label) => {
    const client = openVenue().connect()
    expect(ask(client, content)).toMatchObject([
      { header: { status, channel: 'spot.login' }, data: { errs: { label } } },
    ])
    expect(ask(client, request('spot.order_status', {}))).toMatchObject([
      { data: { errs: { label: 'AUTHENTICATION_FAILED' } } },
    ])
  })

  it('is answered without key and signature, whatever comes of it', () => {
    const client = openVenue().connect()
    client.say(login('{}', undefined, 'demo-key-0002'))
    client.say(login())
    client.say(login().replace('spot.login', 'spot.log_in'))
    client.say(login().replace('spot.login', 'spot.order_place'))
    const texts = client.takeTexts()
    expect(texts).toHaveLength(5)
    expect(texts.join()).not.toMatch(/demo-key|[0-9a-f]{128}/)
  })

  it('is of one connection', () => {
    const { connect } = openDesk()
    expect(ask(connect(), request('spot.order_place', limitBuy))).toMatchObject([
      {
        request_id: '2',
        header: { status: '400' },
        data: { errs: { label: 'AUTHENTICATION_FAILED', message: 'Not login' } },
      },
    ])
  })
})

describe('orders at the emulation', () => {
  it('are placed on the account, and answered twice', () => {
    const { client, venue } = openDesk()
    const replies = ask(client, request('spot.order_place', limitBuy))
    const [open] = venue.account.openOrders()
    expect(open).toMatchObject({ clientId: 't-mine', side: 'buy', size: '0.5', price: '50000', status: 'open' })
    expect(replies).toMatchObject([
      { request_id: '2', ack: true, data: { result: { req_id: '2', req_header: null, req_param: limitBuy } } },
      {
        request_id: '2',
        header: { status: '200', channel: 'spot.order_place' },
        data: {
          result: {
            id: open?.id,
            text: 't-mine',
            status: 'open',
            currency_pair: 'BTC_USDT',
            left: '0.5',
            create_time: String(startSeconds),
            create_time_ms: startSeconds * 1000,
            finish_as: 'open',
          },
        },
      },
    ])
    expect(replies[1]).not.toHaveProperty('ack')
  })

  it('tell with the first answer how many more may be placed now, and with a refusal when', () => {
    const { client, clock } = openDesk()
    const place = (): Reply[] => ask(client, request('spot.order_place', limitBuy))
    clock.advance(40)
    const now = startSeconds * 1000 + 40
    expect(place()[0]?.header).toMatchObject({
      x_gate_ratelimit_requests_remain: 9,
      x_gate_ratelimit_limit: 10,
      x_gat_ratelimit_reset_timestamp: now,
    })
    for (let count = 0; count < 9; count++) place()
    expect(place()[0]?.header).toMatchObject({
      status: '429',
      x_gate_ratelimit_limit: 10,
      x_gate_ratelimit_reset_timestamp: now + 1_000,
    })
  })

  it('have a name of the exchange where the client gave none', () => {
    const { client, venue } = openDesk()
    client.say(request('spot.order_place', { ...limitBuy, text: undefined }))
    expect(venue.account.openOrders()).toMatchObject([{ clientId: 'apiv4-ws' }])
  })

  it('are asked for, listed and cancelled, by either id', () => {
    const { client, venue } = openDesk()
    client.ask(request('spot.order_place', limitBuy))
    const id = venue.account.openOrders()[0]?.id
    for (const order_id of [id, 't-mine']) {
      const [asked] = ask(client, request('spot.order_status', { order_id, currency_pair: 'BTC_USDT' }))
      expect(asked?.data.result).toMatchObject({ id, status: 'open' })
    }
    const list = (status: string): unknown =>
      ask(client, request('spot.order_list', { currency_pair: 'BTC_USDT', status }))[0]?.data.result
    expect(list('open')).toMatchObject([{ id }])
    expect(list('finished')).toEqual([])
    const [cancelled] = ask(client, request('spot.order_cancel', { order_id: id, currency_pair: 'BTC_USDT' }))
    expect(cancelled?.data.result).toMatchObject({ id, status: 'cancelled', finish_as: 'cancelled' })
    expect(venue.account.openOrders()).toEqual([])
    expect(list('finished')).toMatchObject([{ id, status: 'cancelled' }])
  })

  it('are placed and cancelled several at once', () => {
    const { client, venue } = openDesk()
    const orders = ['t-1', 't-2', 'wrong'].map((text) => ({ ...limitBuy, text }))
    const [, placed] = ask(client, request('spot.order_place', orders))
    expect(placed?.data.result).toMatchObject([
      { succeeded: true, text: 't-1' },
      { succeeded: true, text: 't-2' },
      { succeeded: false, label: 'INVALID_PARAM_VALUE' },
    ])
    const ids = [...venue.account.openOrders().map(({ id }) => id), '7']
    const [byIds] = ask(
      client,
      request('spot.order_cancel_ids', [{ currency_pair: 'BTC_USDT', id: ids[0] }, { id: '7' }]),
    )
    expect(byIds?.data.result).toMatchObject([
      { id: ids[0], succeeded: true },
      { id: '7', succeeded: false, label: 'ORDER_NOT_FOUND' },
    ])
    const [byPair] = ask(client, request('spot.order_cancel_cp', { currency_pair: 'BTC_USDT', side: 'buy' }))
    expect(byPair?.data.result).toMatchObject([{ id: ids[1], status: 'cancelled' }])
    expect(venue.account.openOrders()).toEqual([])
  })

  it.each([
    ['spot.order_place', { ...limitBuy, currency_pair: 'NOPE_USDT' }, '400', 'INVALID_CURRENCY_PAIR'],
    ['spot.order_place', { ...limitBuy, side: 'long' }, '400', 'INVALID_PARAM_VALUE'],
    ['spot.order_place', { ...limitBuy, text: 'mine' }, '400', 'INVALID_PARAM_VALUE'],
    ['spot.order_place', { ...limitBuy, amount: 'much' }, '400', 'INVALID_PARAM_VALUE'],
    ['spot.order_place', { ...limitBuy, amount: '1000000' }, '400', 'BALANCE_NOT_ENOUGH'],
    ['spot.order_place', null, '400', 'INVALID_CURRENCY_PAIR'],
    ['spot.order_cancel', { order_id: '7', currency_pair: 'BTC_USDT' }, '404', 'ORDER_NOT_FOUND'],
    ['spot.order_status', {}, '404', 'ORDER_NOT_FOUND'],
    ['spot.order_list', { currency_pair: 'BTC_USDT', status: 'any' }, '400', 'INVALID_PARAM_VALUE'],
    ['spot.order_cancel_cp', { currency_pair: 'NOPE_USDT' }, '400', 'INVALID_CURRENCY_PAIR'],
    ['spot.order_amend', { order_id: '7', price: '1' }, '400', 'INVALID_REQUEST'],
    ['spot.order_novelty', {}, '400', 'INVALID_ARGUMENT'],
  ])('refuse %s %j with %s %s', (channel, parameters, status, label) => {
    const { client } = openDesk()
    const last = ask(client, request(channel, parameters)).at(-1)
    expect(last).toMatchObject({ header: { status, channel }, data: { errs: { label, message: expect.any(String) } } })
  })

  it('are placed at most ten times a second', () => {
    const { client, clock } = openDesk()
    const place = (): Reply | undefined =>
      ask(client, request('spot.order_place', { ...limitBuy, text: undefined })).at(-1)
    const statuses = Array.from({ length: 11 }, () => place()?.header.status)
    expect(statuses.indexOf('429')).toBe(10)
    clock.advance(1_000)
    expect(place()?.header.status).toBe('200')
  })

  it('are refused on demand, and their answers kept back', () => {
    const { connect, venue } = openVenue()
    venue.control.refuseSigned('REQUEST_EXPIRED')
    const client = connect()
    expect(ask(client, login())).toMatchObject([
      { header: { status: '403' }, data: { errs: { label: 'REQUEST_EXPIRED' } } },
    ])
    venue.control.refuseSigned(null)
    venue.control.silenceAcks()
    expect(client.ask(login())).toEqual([])
    venue.control.silenceAcks(false)
    expect(ask(client, request('spot.order_list', { currency_pair: 'BTC_USDT', status: 'open' }))).toMatchObject([
      { data: { result: [] } },
    ])
  })
})
