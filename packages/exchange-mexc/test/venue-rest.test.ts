import { createEnv, requestJson } from '@tapewire/core/adapter'
import type { AccountEvent, FillEvent, MarketTrade, OrderEvent } from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { demoCredentials } from '../src/testing/authorize.js'
import { btc, eth, type MexcServer, startMexcServer } from './support/mexc-server.js'
import { hmacSha256, type RestAnswer, signedRequest } from './support/signed-request.js'

let venue: MexcServer

beforeEach(async () => {
  venue = await startMexcServer()
})

afterEach(async () => {
  await venue.server.close()
  expect(venue.server.failures).toEqual([])
})

async function get(path: string): Promise<RestAnswer> {
  const { status, body } = await requestJson({ url: `${venue.server.restUrl}${path}` }, createEnv())
  return { status, body }
}

function signed(
  path: string,
  parameters: string,
  options: Parameters<typeof signedRequest>[2] = {},
): Promise<RestAnswer> {
  return signedRequest(`${venue.server.restUrl}${path}`, parameters, options)
}

function now(): string {
  return `timestamp=${venue.clock.now()}`
}

function trade(steps: number): void {
  for (let step = 0; step < steps; step += 1) {
    venue.server.market.step(btc)
    venue.clock.advance(100)
  }
}

describe('what anybody may ask the venue', () => {
  it('tells every market with its precision, steps and commissions, and which of them are listed', async () => {
    venue.control.refusePair(eth)
    expect(await get('/api/v3/exchangeInfo')).toMatchObject({
      status: 200,
      body: {
        timezone: 'CST',
        serverTime: venue.clock.now(),
        symbols: [
          {
            symbol: 'BTCUSDT',
            status: '1',
            baseAsset: 'BTC',
            baseAssetPrecision: 5,
            baseSizePrecision: '0.00001',
            quoteAsset: 'USDT',
            quotePrecision: 1,
            quoteAssetPrecision: 1,
            quoteAmountPrecision: '1',
            makerCommission: '0.0005',
            takerCommission: '0.001',
            isSpotTradingAllowed: true,
            permissions: ['SPOT'],
          },
          { symbol: 'ETHUSDT', status: '3', isSpotTradingAllowed: false },
          { symbol: '龙虾USDT' },
        ],
      },
    })
    expect((await get('/api/v3/defaultSymbols')).body).toEqual({ code: 200, data: ['BTCUSDT', '龙虾USDT'], msg: null })
  })

  it('describes the markets that are asked for', async () => {
    for (const query of ['symbol=ETHUSDT', 'symbols=ETHUSDT']) {
      const { body } = await get(`/api/v3/exchangeInfo?${query}`)
      expect((body as { symbols: unknown[] }).symbols).toMatchObject([{ symbol: 'ETHUSDT' }])
    }
  })

  it('gives the statistics of one market as an object, and of all as a list', async () => {
    trade(100)
    const { statistics, quote } = truth()
    const expected = {
      symbol: 'BTCUSDT',
      priceChange: String(Number((Number(statistics.last) - Number(statistics.open)).toFixed(1))),
      prevClosePrice: statistics.open,
      lastPrice: statistics.last,
      ...quote,
      openPrice: statistics.open,
      highPrice: statistics.high,
      lowPrice: statistics.low,
      volume: statistics.baseVolume,
      quoteVolume: statistics.quoteVolume,
      openTime: statistics.openTime,
      closeTime: venue.clock.now(),
      count: null,
    }
    const { body } = await get('/api/v3/ticker/24hr?symbol=BTCUSDT')
    expect(body).toMatchObject(expected)
    expect(Number((body as { priceChangePercent: string }).priceChangePercent)).toBeCloseTo(
      Number(statistics.last) / Number(statistics.open) - 1,
      8,
    )
    const all = await get('/api/v3/ticker/24hr')
    expect(all.body).toMatchObject([expected, { symbol: 'ETHUSDT' }, { symbol: '龙虾USDT' }])
  })

  it('gives last prices and quotes of one market, and of all', async () => {
    trade(100)
    const { statistics, quote } = truth()
    const price = { symbol: 'BTCUSDT', price: statistics.last }
    expect((await get('/api/v3/ticker/price?symbol=BTCUSDT')).body).toEqual(price)
    expect((await get('/api/v3/ticker/price')).body).toMatchObject([price, {}, {}])
    expect((await get('/api/v3/ticker/bookTicker?symbol=BTCUSDT')).body).toEqual({ symbol: 'BTCUSDT', ...quote })
    expect((await get('/api/v3/ticker/bookTicker')).body).toMatchObject([quote, {}, {}])
  })

  it('gives the latest trades, newest first, with the maker’s side and without ids', async () => {
    const happened: MarketTrade[] = [venue.server.market.lastTrade(btc)]
    venue.server.market.listen((event) => void (event.kind === 'trade' && happened.push(event)))
    trade(100)
    const newest = happened.toReversed()
    expect((await get('/api/v3/trades?symbol=BTCUSDT&limit=7')).body).toEqual(
      newest.slice(0, 7).map(({ price, size, side, time }) => ({
        id: null,
        price,
        qty: size,
        quoteQty: expect.stringMatching(/^\d+(\.\d+)?$/),
        time,
        isBuyerMaker: side === 'sell',
        isBestMatch: true,
      })),
    )
    expect((await get('/api/v3/trades?symbol=BTCUSDT')).body).toHaveLength(happened.length)
    const [from, to] = [happened[5]?.time ?? 0, happened[9]?.time ?? 0]
    const within = newest.filter(({ time }) => time >= from && time <= to)
    expect((await get(`/api/v3/aggTrades?symbol=BTCUSDT&startTime=${from}&endTime=${to}`)).body).toEqual(
      within.map(({ price, size, side, time }) => ({
        a: null,
        f: null,
        l: null,
        p: price,
        q: size,
        T: time,
        m: side === 'sell',
        M: true,
      })),
    )
  })

  it('gives candles, oldest first, that end where the next one begins', async () => {
    for (let minute = 0; minute < 5; minute += 1) {
      trade(10)
      venue.clock.advance(59_000)
    }
    const { market } = venue.server
    const candles = [...market.closedCandles(btc, 60_000), market.candle(btc, 60_000)]
    const rows = candles.map(({ openTime, open, high, low, close, baseVolume, closeTime, quoteVolume }) => {
      return [openTime, open, high, low, close, baseVolume, closeTime, quoteVolume]
    })
    expect(rows.length).toBeGreaterThanOrEqual(5)
    const path = '/api/v3/klines?symbol=BTCUSDT&interval=1m'
    expect((await get(path)).body).toEqual(rows)
    expect((await get(`${path}&limit=2`)).body).toEqual(rows.slice(-2))
    const [, second, , fourth] = candles
    const period = `startTime=${second?.openTime}&endTime=${fourth?.openTime}`
    expect((await get(`${path}&${period}`)).body).toEqual(rows.slice(1, 3))
    expect((await get(`${path}&${period}&limit=1`)).body).toEqual(rows.slice(1, 2))
  })

  it.each(['1m', '5m', '15m', '30m', '60m', '4h', '1d', '1W', '1M'])('has candles of %s', async (interval) => {
    expect(await get(`/api/v3/klines?symbol=BTCUSDT&interval=${interval}`)).toEqual({
      status: 200,
      body: [expect.any(Array)],
    })
  })

  it('gives the average price of five minutes', async () => {
    trade(100)
    const { body } = await get('/api/v3/avgPrice?symbol=BTCUSDT')
    const { high, low } = truth().statistics
    const { mins, price } = body as { mins: number; price: string }
    expect(mins).toBe(5)
    expect(Number(price)).toBeGreaterThanOrEqual(Number(low))
    expect(Number(price)).toBeLessThanOrEqual(Number(high))
    venue.clock.advance(6 * 60_000)
    const { last } = truth().statistics
    expect((await get('/api/v3/avgPrice?symbol=BTCUSDT')).body).toEqual({ mins: 5, price: last })
  })

  it.each([
    ['a market nobody trades', '/api/v3/depth?symbol=FOOUSDT', -1121],
    ['a market in lower case', '/api/v3/trades?symbol=btcusdt', -1121],
    ['one unknown market among others', '/api/v3/exchangeInfo?symbols=BTCUSDT,FOOUSDT', -1121],
    ['an unknown market of a ticker', '/api/v3/ticker/24hr?symbol=FOOUSDT', -1121],
    ['no market where there must be one', '/api/v3/depth', 700004],
    ['an empty market', '/api/v3/klines?symbol=&interval=1m', 700004],
    ['no candle width', '/api/v3/klines?symbol=BTCUSDT', 700004],
    ['a candle width of the streams', '/api/v3/klines?symbol=BTCUSDT&interval=Min1', 33333],
    ['a candle width that REST does not have', '/api/v3/klines?symbol=BTCUSDT&interval=8h', 33333],
    ['half a period', '/api/v3/aggTrades?symbol=BTCUSDT&startTime=1', -1128],
    ['a limit of nothing', '/api/v3/trades?symbol=BTCUSDT&limit=0', 33333],
    ['a limit that is no number', '/api/v3/trades?symbol=BTCUSDT&limit=ten', 33333],
    ['a time that is none', '/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=-1', 33333],
  ])('refuses %s', async (_, path, code) => {
    expect(await get(path)).toEqual({ status: 400, body: { code, msg: expect.stringMatching(/\S/) } })
  })

  it('names what is missing', async () => {
    expect((await get('/api/v3/depth')).body).toEqual({
      code: 700004,
      msg: "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
    })
  })

  it('lists no futures', async () => {
    expect((await get('/api/v1/contract/detail')).body).toEqual({ success: true, code: 0, data: [] })
  })

  it.each(['/api/v3/nothing', '/api/v4/time', '/'])('has nothing at %s', async (path) => {
    expect(await get(path)).toEqual({ status: 404, body: { code: 404, msg: 'Not Found' } })
  })
})

describe('what the owner of the account may ask the venue', () => {
  it('tells what the account owns', async () => {
    for (let step = 0; step < 50; step += 1) venue.account.step()
    const { status, body } = await signed('/api/v3/account', now())
    expect(status).toBe(200)
    expect(body).toMatchObject({ canTrade: true, accountType: 'SPOT', permissions: ['SPOT'] })
    expect((body as { balances: unknown }).balances).toEqual(
      venue.account.balances().map(({ asset, free, locked }) => ({ asset, free, locked })),
    )
  })

  it('tells the open orders of a market, and what they have cost so far', async () => {
    for (let step = 0; step < 200; step += 1) venue.account.step()
    const orders = venue.account.openOrders().filter(({ pair }) => pair === btc)
    expect(orders.length).toBeGreaterThan(0)
    const { body } = await signed('/api/v3/openOrders', `symbol=BTCUSDT&${now()}`)
    expect(body).toMatchObject(
      orders.map(({ id, clientId, side, price, size, filledSize, status, createdAt }) => ({
        symbol: 'BTCUSDT',
        orderId: id,
        orderListId: -1,
        clientOrderId: clientId,
        price,
        origQty: size,
        executedQty: filledSize,
        status: status === 'open' ? 'NEW' : 'PARTIALLY_FILLED',
        type: expect.stringMatching(/^(LIMIT|LIMIT_MAKER)$/),
        side: side === 'buy' ? 'BUY' : 'SELL',
        time: createdAt,
        isWorking: true,
      })),
    )
    for (const row of body as Record<string, string>[]) {
      expect(row.cummulativeQuoteQty === '0').toBe(row.executedQty === '0')
    }
  })

  it('tells the fills of a market, newest first, and those of one order', async () => {
    const fills: FillEvent[] = []
    venue.account.listen((event: AccountEvent) => void (event.kind === 'fill' && fills.push(event)))
    for (let step = 0; step < 200; step += 1) venue.account.step()
    const own = fills.filter(({ pair }) => pair === btc).toReversed()
    const { body } = await signed('/api/v3/myTrades', `symbol=BTCUSDT&limit=5&${now()}`)
    expect(body).toEqual(
      own.slice(0, 5).map((fill) => ({
        symbol: 'BTCUSDT',
        id: fill.id,
        orderId: fill.orderId,
        orderListId: -1,
        price: fill.price,
        qty: fill.size,
        quoteQty: fill.quoteSize,
        commission: fill.fee,
        commissionAsset: fill.feeAsset,
        time: fill.time,
        isBuyer: fill.side === 'buy',
        isMaker: fill.liquidity === 'maker',
        isBestMatch: true,
        isSelfTrade: false,
        clientOrderId: fill.clientId,
      })),
    )
    const { orderId = '' } = own.at(-1) ?? {}
    const ofOrder = (await signed('/api/v3/myTrades', `symbol=BTCUSDT&orderId=${orderId}&${now()}`)).body
    expect(ofOrder).toMatchObject(own.filter((fill) => fill.orderId === orderId).map(({ id }) => ({ id })))
  })

  it('tells all orders of a market, newest first, with how they have ended, and those of a span of time', async () => {
    const orders = new Map<string, OrderEvent>()
    venue.account.listen((event: AccountEvent) => void (event.kind === 'order' && orders.set(event.id, event)))
    for (let step = 0; step < 300; step += 1) {
      venue.clock.advance(10)
      venue.account.step()
    }
    const own = [...orders.values()].filter(({ pair }) => pair === btc).toReversed()
    const words = { open: 'NEW', filled: 'FILLED', partially_filled: 'PARTIALLY_FILLED', cancelled: 'CANCELED' }
    const known: Readonly<Record<string, string>> = { ...words, partially_cancelled: 'PARTIALLY_CANCELED' }
    const { body } = await signed('/api/v3/allOrders', `symbol=BTCUSDT&limit=1000&${now()}`)
    expect(body).toMatchObject(
      own.map(({ id, status, filledSize }) => ({ orderId: id, status: known[status], executedQty: filledSize })),
    )
    expect(new Set((body as { status: string }[]).map(({ status }) => status)).size).toBe(5)
    const [from, to] = [own[20]?.createdAt as number, own[10]?.createdAt as number]
    const span = await signed('/api/v3/allOrders', `symbol=BTCUSDT&startTime=${from}&endTime=${to}&${now()}`)
    expect(span.body).toMatchObject(own.slice(10, 21).map(({ id }) => ({ orderId: id })))
    venue.clock.advance(7 * 86_400_000)
    const older = await signed('/api/v3/allOrders', `symbol=BTCUSDT&startTime=${from}&${now()}`)
    expect(older.body).toEqual([])
  })

  it('tells commissions, tradable markets and assets', async () => {
    expect((await signed('/api/v3/tradeFee', `symbol=BTCUSDT&${now()}`)).body).toEqual({
      data: { makerCommission: 0.0005, takerCommission: 0.001 },
      code: 0,
      msg: 'success',
      timestamp: venue.clock.now(),
    })
    expect((await signed('/api/v3/selfSymbols', now())).body).toEqual({
      code: 200,
      data: ['BTCUSDT', 'ETHUSDT', '龙虾USDT'],
      msg: null,
    })
    const { body } = await signed('/api/v3/capital/config/getall', now())
    expect((body as { coin: string }[]).map(({ coin }) => coin)).toEqual(['BTC', 'USDT', 'ETH', '龙虾'])
  })

  it('asks the commission that it tells', async () => {
    const fills: FillEvent[] = []
    venue.account.listen((event: AccountEvent) => void (event.kind === 'fill' && fills.push(event)))
    for (let step = 0; step < 200; step += 1) venue.account.step()
    for (const { side, size, quoteSize, fee, liquidity } of fills) {
      const share = liquidity === 'maker' ? 0.0005 : 0.001
      expect(Number(fee)).toBeCloseTo(Number(side === 'buy' ? size : quoteSize) * share, 8)
    }
  })
})

describe('signatures, as the venue checks them', () => {
  const path = '/api/v3/account'

  it.each([
    ['a key nobody knows', () => signed(path, now(), { key: 'mx0vUNKNOWN' }), 10072],
    ['no key', () => get(`${path}?${now()}&signature=00`), 400],
    ['another secret', () => signed(path, now(), { secret: 'another' }), 700002],
    ['no time', () => signed(path, 'recvWindow=5000'), 700004],
    ['a time that is none', () => signed(path, 'timestamp=now'), 700004],
    ['a time too long ago', () => signed(path, `timestamp=${venue.clock.now() - 5_001}`), 700003],
    ['a time to come', () => signed(path, `timestamp=${venue.clock.now() + 1_000}`), 700003],
    ['a window too wide', () => signed(path, `recvWindow=60001&${now()}`), 700005],
    ['a window of nothing', () => signed(path, `recvWindow=0&${now()}`), 700005],
  ])('refuses %s', async (_, ask, code) => {
    expect(await ask()).toEqual({ status: 400, body: { code, msg: expect.stringMatching(/\S/) } })
  })

  it.each([
    ['a time as old as the window', () => `recvWindow=60000&timestamp=${venue.clock.now() - 60_000}`],
    ['a time just ahead', () => `timestamp=${venue.clock.now() + 999}`],
  ])('takes %s', async (_, parameters) => {
    expect(await signed(path, parameters())).toMatchObject({ status: 200 })
  })

  it('are of the query and the body behind it, wherever the signature itself is', async () => {
    const url = `${venue.server.restUrl}/api/v3/userDataStream`
    const headers = { 'X-MEXC-APIKEY': demoCredentials.apiKey, 'Content-Type': 'application/x-www-form-urlencoded' }
    const [query, body] = ['recvWindow=5000', now()]
    const signature = hmacSha256(query + body)
    for (const request of [
      { url: `${url}?${query}&signature=${signature}`, body },
      { url: `${url}?${query}`, body: `${body}&signature=${signature}` },
    ]) {
      const response = await fetch(request.url, { method: 'POST', headers, body: request.body })
      expect(await response.json()).toEqual({ listenKey: expect.stringMatching(/^[0-9a-f]{64}$/) })
    }
  })

  it.each([
    'GET /api/v3/openOrders',
    'GET /api/v3/allOrders',
    'GET /api/v3/myTrades',
    'GET /api/v3/tradeFee',
    'GET /api/v3/selfSymbols',
    'GET /api/v3/capital/config/getall',
    'POST /api/v3/userDataStream',
    'GET /api/v3/userDataStream',
    'PUT /api/v3/userDataStream',
    'DELETE /api/v3/userDataStream',
  ])('are asked for by %s before anything else', async (endpoint) => {
    const [method, target = ''] = endpoint.split(' ')
    const options = { method: method as 'GET', secret: 'another' }
    expect((await signed(target, now(), options)).body).toHaveProperty('code', 700002)
  })
})

function truth() {
  const { market } = venue.server
  const { bids, asks } = market.book(btc, 1)
  const [bidPrice, bidQty] = bids[0] ?? []
  const [askPrice, askQty] = asks[0] ?? []
  return { statistics: market.statistics(btc), quote: { bidPrice, bidQty, askPrice, askQty } }
}
