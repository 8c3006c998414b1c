import { tradingPair, WebSocketManager } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { createRandom, MarketSimulator, startReplayServer } from '@tapewire/testkit'
import { describe, expect, it } from 'vitest'
import { mexcSpot } from '../index.js'
import { mexcSpotEmulation } from './emulation.js'
import { composePush } from './replies.js'

const { acknowledge, isControl } = mexcSpotEmulation

const quotes = 'spot@public.aggre.bookTicker.v3.api.pb@100ms@BTCUSDT'
const trades = 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT'

const push = Buffer.from(
  composePush(quotes, {
    symbol: 'BTCUSDT',
    sendTime: 1_767_225_600_300,
    body: {
      $case: 'publicAggreBookTicker',
      value: { bidPrice: '1', bidQuantity: '2', askPrice: '3', askQuantity: '4', version: '5', lastOrderCreateTime: 6 },
    },
  }),
)

describe('acknowledge', () => {
  it.each([
    ['{"method":"PING"}', ['{"id":0,"code":0,"msg":"PONG"}']],
    ['{"method":"ping"}', ['{"id":0,"code":0,"msg":"PONG"}']],
    [
      `{"method":"SUBSCRIPTION","params":["${quotes}","${trades}"],"id":7}`,
      [`{"id":7,"code":0,"msg":"${quotes},${trades}"}`],
    ],
    [`{"method":"UNSUBSCRIPTION","params":["${quotes}"],"id":8}`, [`{"id":8,"code":0,"msg":"${quotes}"}`]],
    ['{"method":"UNHEARD_OF"}', []],
    ['{"params":[]}', []],
    ['no JSON', []],
    ['null', []],
  ])('answers %s', (message, replies) => {
    expect(acknowledge(message, 0)).toEqual(replies)
    expect(acknowledge(Buffer.from(message), 0)).toEqual(replies)
  })

  it('lets a recording be replayed to a client whose requests have other ids', async () => {
    const frames = ['{"id":4711,"code":0,"msg":"PONG"}', push].map((content) => ({
      t: null,
      dir: 'in' as const,
      content,
    }))
    const server = await startReplayServer({
      frames,
      speed: 'max',
      startOn: 'begin',
      acknowledge,
      skip: isControl,
    })
    const manager = new WebSocketManager({ strategies: mexcSpot.public({ url: server.url }) })
    await manager.initialize({ symbols: ['BTC/USDT'], channels: ['book_ticker'] })
    const quote = manager.messages({ channel: 'book_ticker' }).next()
    server.begin()
    expect((await quote).value).toMatchObject({
      data: { bidPrice: 1, bidSize: 2, askPrice: 3, askSize: 4 },
      sequence: 5,
    })
    await manager.close()
    expect(server.total).toBe(1)
    await server.close()
  })
})

describe('the emulation', () => {
  it('knows its latest 1,000 REST requests, however many there were', () => {
    const clock = new ManualClock()
    const market = new MarketSimulator({ pairs: [tradingPair('BTC', 'USDT')], clock })
    const venue = mexcSpotEmulation.createVenue({ clock, market, random: createRandom(1) })
    const request = { method: 'GET', url: new URL('http://venue.invalid/api/v3/time'), headers: {}, body: '' }
    for (let count = 0; count < 1_100; count += 1) venue.handle(request)
    venue.handle({ ...request, url: new URL('http://venue.invalid/api/v3/exchangeInfo') })
    expect(venue.control.requests).toHaveLength(1_000)
    expect(venue.control.requests.at(-1)).toBe('GET /api/v3/exchangeInfo')
    venue.close()
  })
})
