import { type ChannelMessage, MessageType } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import type { MarketTrade } from '@tapewire/testkit'
import { describe, expect, it } from 'vitest'
import { type FakeClient, openVenue, subscribe } from '../../test/support/emulation.js'
import { btcUsdt, ethUsdt, newParser, parseOne } from '../../test/support/frames.js'

function bookMessages(client: FakeClient): ChannelMessage<'orderbook'>[] {
  const messages = client.takeTexts().map((text) => parseOne(text))
  return messages.filter((message): message is ChannelMessage<'orderbook'> => message.type === MessageType.Orderbook)
}

describe('book streams of the emulation', () => {
  it('gather 100 ms of changes, ids without holes', () => {
    const { connect, step, market } = openVenue()
    const client = connect()
    client.ask(subscribe('spot.order_book_update', ['BTC_USDT', '100ms']))
    let expected = market.book(btcUsdt, 1).lastId + 1
    step(500)
    const messages = bookMessages(client)
    // A step every 10 ms from the first: eleven steps to a batch, and the last may still be gathering.
    expect(messages.length).toBeGreaterThanOrEqual(45)
    for (const { data } of messages) {
      expect(data.firstSequence).toBe(expected)
      expected = (data.lastSequence as number) + 1
    }
    step(11)
    market.step(ethUsdt)
    const [push] = client.takeResults('spot.order_book_update')
    expect(push).toMatchObject({ l: '100', e: 'depthUpdate', s: 'BTC_USDT', t: expect.any(Number) })
  })

  it('begin with an image before the acknowledgement, and continue from it, for every subscriber', () => {
    const { connect, step, market } = openVenue()
    const early = connect()
    early.say(subscribe('spot.obu', ['ob.BTC_USDT.50']))
    step(3)
    market.step(btcUsdt)
    const late = connect()
    const frames = late.ask(subscribe('spot.obu', ['ob.BTC_USDT.50']))
    expect(frames.map((frame) => frame.event)).toEqual(['update', 'subscribe'])
    expect(frames[0]?.result).toMatchObject({ full: true, s: 'ob.BTC_USDT.50', u: market.book(btcUsdt, 1).lastId })
    expect(frames[0]?.result).not.toHaveProperty('U')
    step(50)
    const lateMessages = bookMessages(late)
    expect(lateMessages[0]?.data.firstSequence).toBe((frames[0]?.result?.u as number) + 1)
    let last: number | null = null
    for (const { data } of bookMessages(early)) {
      if (last !== null) expect(data.firstSequence).toBe(last + 1)
      last = data.lastSequence
    }
  })

  it('leave out a side that did not change, and both where only ids went on', () => {
    const { connect, step } = openVenue(3, 200)
    const client = connect()
    client.ask(subscribe('spot.obu', ['ob.BTC_USDT.50']))
    step(3_000)
    const shapes = new Set(client.takeResults('spot.obu').map((result) => `${'b' in result} ${'a' in result}`))
    expect(shapes).toEqual(new Set(['true true', 'true false', 'false true', 'false false']))
  })

  it('send whole books, skip updates and end, on demand', () => {
    const { connect, step, venue, market } = openVenue()
    const client = connect()
    client.ask(subscribe('spot.order_book_update', ['BTC_USDT', '20ms']))
    venue.control.pushFullBook(btcUsdt)
    const [full] = bookMessages(client)
    expect(full?.data).toMatchObject({ kind: 'snapshot', lastSequence: market.book(btcUsdt, 1).lastId })
    expect(full?.data.bids).toHaveLength(40)
    venue.control.skipUpdates(btcUsdt)
    step(20)
    const [first] = bookMessages(client)
    expect(first?.data.firstSequence).toBeGreaterThan((full?.data.lastSequence as number) + 1)
    client.leave()
    step(20)
    expect(client.take()).toEqual([])
  })

  it('go on from a whole book that was sent in between, whatever had been gathered', () => {
    const { connect, step, venue } = openVenue(3, 200)
    const client = connect()
    client.ask(subscribe('spot.order_book_update', ['BTC_USDT', '20ms']))
    let last: number | null = null
    for (let count = 0; count < 500; count++) {
      step(1)
      if (count % 3 === 0) venue.control.pushFullBook(btcUsdt)
      for (const { data } of bookMessages(client)) {
        if (data.kind === 'delta' && last !== null) expect(data.firstSequence).toBe(last + 1)
        last = data.lastSequence
      }
    }
  })
})

describe('spot.order_book of the emulation', () => {
  it('sends the best levels whole: 100 ms after the acknowledgement, then when any of them changed', () => {
    const { connect, clock, step, market } = openVenue(3, 200)
    const client = connect()
    client.ask(subscribe('spot.order_book', ['BTC_USDT', '5', '100ms']))
    expect(client.take()).toEqual([])
    clock.advance(100)
    const { bids, asks, lastId } = market.book(btcUsdt, 5)
    const [first] = client.takeResults('spot.order_book')
    expect(first).toMatchObject({ t: expect.any(Number), s: 'BTC_USDT', l: '5', lastUpdateId: lastId, bids, asks })
    step(1_000)
    clock.advance(100)
    const images = client.takeResults('spot.order_book')
    const contents = images.map((image) => JSON.stringify([image.bids, image.asks]))
    expect(contents.every((content, index) => content !== contents[index - 1])).toBe(true)
    expect(images.at(-1)).toMatchObject(pickLevels(market.book(btcUsdt, 5)))
    clock.advance(5_000)
    expect(client.takeResults('spot.order_book')).toEqual([])
  })

  it('begins with an image for every subscriber, also on a market that rests, and tells the others nothing twice', () => {
    const { connect, clock } = openVenue()
    const [early, late] = [connect(), connect()]
    early.ask(subscribe('spot.order_book', ['BTC_USDT', '5', '100ms']))
    clock.advance(100)
    expect(early.takeResults('spot.order_book')).toHaveLength(1)
    late.ask(subscribe('spot.order_book', ['BTC_USDT', '5', '100ms']))
    clock.advance(100)
    expect(late.takeResults('spot.order_book')).toMatchObject([{ s: 'BTC_USDT', l: '5' }])
    expect(early.takeResults('spot.order_book')).toEqual([])
  })
})

function pickLevels({ bids, asks }: { readonly bids: unknown; readonly asks: unknown }): object {
  return { bids, asks }
}

describe('other streams of the emulation', () => {
  it('push the same trades on the deprecated channel', () => {
    const { connect, step } = openVenue()
    const [client, old] = [connect(), connect()]
    client.ask(subscribe('spot.trades', ['BTC_USDT']))
    old.ask(subscribe('spot.trades_v2', ['BTC_USDT']))
    step(100)
    const [trades, oldTrades] = [client.takeResults('spot.trades'), old.takeResults('spot.trades_v2')]
    expect(oldTrades.map(({ id }) => id)).toEqual(trades.map(({ id }) => id))
    expect(Object.keys(oldTrades[0] ?? {})).toEqual(Object.keys(trades[0] ?? {}))
  })

  it('push every trade as it happened', () => {
    const { connect, step, market } = openVenue()
    const client = connect()
    client.ask(subscribe('spot.trades', ['BTC_USDT', 'ETH_USDT']))
    const happened: MarketTrade[] = []
    market.listen((event) => {
      if (event.kind === 'trade') happened.push(event)
    })
    step(100)
    step(100, ethUsdt)
    const pushed = client.takeTexts().map((text) => parseOne(text) as ChannelMessage<'trades'>)
    // Gate.io's times are finer than the simulated market's.
    const told = pushed.map(({ symbol, data }) => ({ symbol, ...data[0], time: Math.floor(data[0]?.time ?? 0) }))
    expect(told).toEqual(
      happened.map(({ pair, id, price, size, side, time }) => ({
        symbol: pair,
        id: String(id),
        price: Number(price),
        size: Number(size),
        side,
        time,
      })),
    )
    expect(happened.length).toBeGreaterThan(5)
    for (const { data, exchangeTime } of pushed) expect(exchangeTime).toBe(data[0]?.time)
  })

  it('push the touch when it changed, and not otherwise', () => {
    const { connect, step, market } = openVenue()
    const client = connect()
    client.ask(subscribe('spot.book_ticker', ['BTC_USDT']))
    step(300)
    const pushes = client.takeResults('spot.book_ticker')
    const touches = pushes.map(({ b, B, a, A }) => [b, B, a, A].join())
    expect(touches.every((touch, index) => touch !== touches[index - 1])).toBe(true)
    const { bids, asks } = market.book(btcUsdt, 1)
    expect(touches.at(-1)).toBe([...bids, ...asks].flat().join())
    expect(pushes.length).toBeLessThan(300)
  })

  it('push statistics once a second while something happens', () => {
    const { connect, clock, step, market } = openVenue()
    const client = connect()
    client.ask(subscribe('spot.tickers', ['BTC_USDT']))
    step(301)
    const pushes = client.takeResults('spot.tickers')
    expect(pushes).toHaveLength(3)
    clock.advance(1_000)
    const [last] = client.takeResults('spot.tickers')
    expect(last).toMatchObject({ currency_pair: 'BTC_USDT', last: market.statistics(btcUsdt).last })
    clock.advance(10_000)
    expect(client.take()).toEqual([])
  })

  it('push candles every two seconds of trading, a closed one when its window ends', () => {
    const { connect, step } = openVenue()
    const client = connect()
    client.ask(subscribe('spot.candlesticks', ['10s', 'BTC_USDT']))
    step(2_500)
    const messages = client.takeTexts().map((text) => parseOne(text))
    const candles = messages.flatMap((message) => (message.type === MessageType.Candle ? [message.data] : []))
    expect(candles).toHaveLength(messages.length)
    const closed = candles.filter((candle) => candle.closed)
    expect(closed.map((candle) => candle.openTime % 10_000)).toEqual([0, 0])
    expect(candles.every((candle) => candle.low <= candle.open && candle.close <= candle.high)).toBe(true)
  })
})

describe('every stream of the emulation', () => {
  it('writes as the exchange does: the fast decoder knows each push', () => {
    const { connect, step, venue } = openVenue()
    const client = connect()
    for (const [channel, payload] of [
      ['spot.trades', ['BTC_USDT']],
      ['spot.book_ticker', ['BTC_USDT']],
      ['spot.tickers', ['BTC_USDT']],
      ['spot.candlesticks', ['1m', 'BTC_USDT']],
      ['spot.order_book_update', ['BTC_USDT', '100ms']],
      ['spot.order_book', ['BTC_USDT', '20', '100ms']],
      ['spot.obu', ['ob.BTC_USDT.50']],
    ] as const) {
      client.say(subscribe(channel, payload))
    }
    step(500)
    venue.control.pushFullBook(btcUsdt)
    const parser = newParser()
    const messages = client.takeTexts().map((text) => parser.parse(frameOf(text)) as ParsedMessage)
    expect(new Set(messages.map(({ channel }) => channel))).toEqual(
      new Set([null, 'trades', 'book_ticker', 'ticker', 'candles', 'orderbook']),
    )
    expect([...parser.fallbacks]).toEqual([])
  })
})
