import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MexcClient } from './support/mexc-client.js'
import { btc, eth, type MexcServer, startMexcServer } from './support/mexc-server.js'

const deals = 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT'
const depth = 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT'
const quotes = 'spot@public.aggre.bookTicker.v3.api.pb@100ms@BTCUSDT'
const lobsterDeals = 'spot@public.aggre.deals.v3.api.pb@10ms@龙虾USDT'

let venue: MexcServer
let client: MexcClient

beforeEach(async () => {
  venue = await startMexcServer()
  client = await MexcClient.connect(`${venue.server.url}ws`)
})

afterEach(async () => {
  await venue.server.close()
  expect(venue.server.failures).toEqual([])
})

describe('subscription replies of the venue', () => {
  it('echo what was accepted, in an order of their own', async () => {
    const orders = new Set<string>()
    for (let round = 0; round < 20; round += 1) orders.add(await client.subscribe(deals, depth))
    expect(orders).toEqual(new Set([`${deals},${depth}`, `${depth},${deals}`]))
  })

  it('name what was refused beside what was not', async () => {
    expect(await client.subscribe(deals, deals.replace('BTCUSDT', 'btcusdt'))).toBe(
      `Subscribed successful! [${deals}]. Not Subscribed successfully! [${deals.replace('BTCUSDT', 'btcusdt')}].  Reason： Blocked! `,
    )
  })

  it.each([
    ['a pair nobody trades', deals.replace('BTCUSDT', 'FOOUSDT')],
    ['a missing interval', 'spot@public.aggre.deals.v3.api.pb@BTCUSDT'],
    ['an interval MEXC does not have', deals.replace('100ms', '1ms')],
    ['a retired channel', 'spot@public.increase.depth.v3.api.pb@BTCUSDT'],
    ['the JSON protocol of old', 'spot@public.deals.v3.api@BTCUSDT'],
    ['a depth MEXC does not have', 'spot@public.limit.depth.v3.api.pb@BTCUSDT@50'],
    ['a candle width MEXC does not have', 'spot@public.kline.v3.api.pb@BTCUSDT@Sec10'],
    ['a time zone MEXC does not have', 'spot@public.miniTicker.v3.api.pb@BTCUSDT@UTC+99'],
    ['an account stream without a listen key', 'spot@private.orders.v3.api.pb'],
    ['what is no stream', 'orders'],
  ])('refuse %s', async (_, stream) => {
    expect(await client.subscribe(stream)).toBe(`Not Subscribed successfully! [${stream}].  Reason： Blocked! `)
  })

  it('refuse the 31st stream, over all requests, and take it once another has gone', async () => {
    const streams = [...'abc'].flatMap((_, part) =>
      ['Min1', 'Min5', 'Min15', 'Min30', 'Min60', 'Hour4', 'Hour8', 'Day1', 'Week1', 'Month1'].map(
        (width) => `spot@public.kline.v3.api.pb@${['BTC', 'ETH', '龙虾'][part]}USDT@${width}`,
      ),
    )
    expect((await client.subscribe(...streams.slice(0, 15))).split(',')).toHaveLength(15)
    expect(await client.subscribe(...streams.slice(15), deals)).toContain(`Not Subscribed successfully! [${deals}].`)
    expect(await client.unsubscribe(streams[0] as string)).toBe(streams[0])
    expect(await client.subscribe(deals)).toBe(deals)
  })

  it('take the same stream twice', async () => {
    expect(await client.subscribe(deals)).toBe(deals)
    expect(await client.subscribe(deals)).toBe(deals)
  })

  it('carry id 0 where the request has none, and answer no unknown method', async () => {
    client.send({ method: 'UNHEARD_OF', params: [] })
    client.send({ method: 'SUBSCRIPTION', params: [lobsterDeals] })
    await client.until(() => client.replies.length > 0)
    expect(client.replies).toEqual([`{"id":0,"code":0,"msg":"${lobsterDeals}"}`])
  })

  it.each(['PING', 'ping'])('answer a ping written %s', async (method) => {
    client.send({ method })
    await client.until(() => client.replies.length > 0)
    expect(client.replies).toEqual(['{"id":0,"code":0,"msg":"PONG"}'])
  })

  it.each([
    ['text that is no JSON', 'no JSON'],
    ['JSON that is no object', '[1,2]'],
    ['a method nobody documents', '{"method":"UNHEARD_OF"}'],
    ['a subscription in lower case', `{"method":"subscription","params":["${deals}"]}`],
    ['streams that are no list', `{"method":"SUBSCRIPTION","params":"${deals}"}`],
  ])('are kept from %s, and the connection goes on', async (_, text) => {
    client.sendText(text)
    await client.ping()
    expect(client.replies).toEqual(['{"id":0,"code":0,"msg":"PONG"}'])
  })

  it('can be kept back, delayed and turned to refusals', async () => {
    venue.control.silenceAcks()
    client.send({ method: 'SUBSCRIPTION', params: [deals], id: 50 })
    await client.ping()
    venue.control.silenceAcks(false)
    venue.control.delayAcks(500)
    client.send({ method: 'SUBSCRIPTION', params: [depth], id: 51 })
    await client.ping()
    expect(client.replies.filter((reply) => !reply.includes('PONG'))).toEqual([])
    venue.clock.advance(500)
    await client.until(() => client.replies.some((reply) => reply.startsWith('{"id":51,')))
    venue.control.delayAcks(0)
    venue.control.refuseStream(/bookTicker/)
    expect(await client.subscribe(quotes)).toContain('Not Subscribed')
    venue.control.acceptStreams()
    expect(await client.subscribe(quotes)).toBe(quotes)
    venue.control.refusePair(eth)
    expect(await client.subscribe(deals.replace('BTC', 'ETH'))).toContain('Not Subscribed')
    venue.control.listPair(eth)
    expect(await client.subscribe(deals.replace('BTC', 'ETH'))).not.toContain('Not Subscribed')
  })
})

describe('connections of the venue', () => {
  it('end without a close frame after 30 s without a subscription, pings or not', async () => {
    venue.clock.advance(20_000)
    await client.ping()
    venue.clock.advance(10_000)
    expect(await client.closed).toMatchObject({ code: 1006 })
  })

  it('end without a close frame 60 s after the last data or ping of a subscriber', async () => {
    await client.subscribe(depth)
    venue.clock.advance(59_000)
    await client.ping()
    venue.clock.advance(59_000)
    await client.ping()
    venue.server.market.step(btc)
    venue.clock.advance(100)
    await client.pushesOf(depth)
    venue.clock.advance(59_000)
    await client.ping()
    venue.clock.advance(60_000)
    expect(await client.closed).toMatchObject({ code: 1006 })
  })

  it('count 30 s again once nothing is subscribed any more', async () => {
    await client.subscribe(depth)
    await client.unsubscribe(depth)
    venue.clock.advance(30_000)
    expect(await client.closed).toMatchObject({ code: 1006 })
  })

  it('end with more than 100 messages a second', async () => {
    for (let count = 0; count < 100; count += 1) client.send({ method: 'PING' })
    await client.until(() => client.replies.length === 100)
    client.send({ method: 'PING' })
    expect(await client.closed).toMatchObject({ code: 1006 })
  })

  it('end after a day', async () => {
    // Data every 3 s keeps the connection from being idle.
    await client.subscribe('spot@public.miniTicker.v3.api.pb@BTCUSDT@24H')
    venue.clock.advance(24 * 60 * 60_000)
    expect(await client.closed).toMatchObject({ code: 1005 })
  })

  it('leave pings unanswered when told to', async () => {
    venue.control.silencePongs()
    client.send({ method: 'PING' })
    expect(await client.subscribe(deals)).toBe(deals)
    expect(client.replies.some((reply) => reply.includes('PONG'))).toBe(false)
  })

  it('leave no timer behind', async () => {
    await client.subscribe(deals, depth, quotes)
    client.close()
    await client.closed
    await venue.server.close()
    expect(venue.clock.pendingTimers).toBe(0)
  })
})
