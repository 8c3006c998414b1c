import { type BookTickerData, type FeedMessage, MessageType, parseInstrument } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import type { LiveFeed } from '../../../live/live-feed.js'
import { LiveMarket } from '../../../live/live-market.js'
import { RateHistory } from '../../../live/rate-history.js'
import { SharedTexts } from '../messages/shared-texts.js'
import type { Read, StateWatch } from '../messages/state-watch.js'
import type { MarketMessage, ServerMessage } from '../protocol.js'
import { PageClient } from './page-client.js'

const symbol = parseInstrument('BTC/USDT')

/** A page on a socket that takes what is sent at once, until it is told not to. */
function connect(frameMs = 50) {
  const clock = new ManualClock()
  const market = new LiveMarket('BTC/USDT')
  const other = new LiveMarket('ETH/USDT')
  const feed = {
    exchange: 'acme_spot',
    symbols: ['BTC/USDT', 'ETH/USDT'],
    isEmulated: false,
    emulation: null,
    history: new RateHistory(),
    market: (name: string) => (name === 'BTC/USDT' ? market : other),
    book: () => null,
  } as unknown as LiveFeed
  const sent: ServerMessage[] = []
  const socket = {
    bufferedAmount: 0,
    send: (text: string) => void sent.push(JSON.parse(text) as ServerMessage),
    terminate: vi.fn(),
    close: vi.fn(),
    once: vi.fn(),
  }
  const texts = new SharedTexts()
  let look = 0
  const watch = {
    feed,
    get read() {
      return { look, seconds: feed.history.taken }
    },
    after: ({ seconds }: Read) => ({ type: 'state', history: feed.history.after(seconds) }),
  } as unknown as StateWatch
  const tellStates = (): void => {
    look += 1
    page.tellStates(clock.now() + look)
  }
  const options = { watches: [watch], frameMs, texts, clock }
  const page = new PageClient({ socket: socket as unknown as WebSocket, ...options })
  const markets = (): readonly MarketMessage[] => sent.filter((message) => message.type === 'market')
  /** Lets time pass as the server does: it looks at each page every frame. */
  const pass = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += frameMs) {
      clock.advance(frameMs)
      page.tellMarket(clock.now())
    }
  }
  return { clock, market, other, feed, sent, socket, page, tellStates, options, markets, pass }
}

function quoteAt(bidPrice: number): FeedMessage {
  const data: BookTickerData = { bidPrice, bidSize: 1, askPrice: bidPrice + 1, askSize: 1 }
  return { type: MessageType.BookTicker, symbol, channel: 'book_ticker', data, receivedAt: 0 } as FeedMessage
}

function trades(count: number): FeedMessage {
  const data = Array.from({ length: count }, () => ({ id: null, price: 1, size: 1, side: 'buy', time: 0 }))
  return { type: MessageType.Trades, symbol, channel: 'trades', data, receivedAt: 0 } as unknown as FeedMessage
}

const numbersOf = (messages: readonly MarketMessage[]): readonly number[] =>
  messages.flatMap((message) => message.trades.map(({ number }) => number))

describe('a connected page', () => {
  test('is told the market as it is, once a frame at most, however often it changes', () => {
    const { market, markets, pass } = connect()
    for (let change = 1; change <= 100; change += 1) market.receive(quoteAt(change))
    pass(50)
    expect(markets().map(({ quote }) => quote?.bidPrice)).toEqual([100])
  })

  test('is told nothing where nothing changed', () => {
    const { market, markets, pass } = connect()
    market.receive(quoteAt(1))
    pass(1_000)
    expect(markets()).toHaveLength(1)
  })

  test('has every trade once, in order, and knows how many it missed', () => {
    const { market, markets, pass } = connect()
    market.receive(trades(3))
    pass(50)
    market.receive(trades(2))
    pass(50)
    expect(markets().map(({ isWhole }) => isWhole)).toEqual([true, false])
    expect(numbersOf(markets())).toEqual([1, 2, 3, 4, 5])
    market.receive(trades(500))
    pass(50)
    expect(markets().at(-1)).toMatchObject({ isWhole: false, missedTrades: 300 })
    expect(
      markets()
        .at(-1)
        ?.trades.map(({ number }) => number)
        .slice(-1),
    ).toEqual([505])
  })

  test('is told the same as others that are in step, which is written once', () => {
    const { market, page, options, sent, clock } = connect()
    const texts: string[] = []
    const socket = { bufferedAmount: 0, send: (text: string) => void texts.push(text) }
    const second = new PageClient({ socket: socket as unknown as WebSocket, ...options })
    const toJson = vi.spyOn(JSON, 'stringify')
    for (let frame = 1; frame <= 3; frame += 1) {
      market.receive(trades(frame))
      clock.advance(50)
      page.tellMarket(clock.now())
      second.tellMarket(clock.now())
    }
    expect(toJson).toHaveBeenCalledTimes(3)
    toJson.mockRestore()
    expect(texts.map((text) => JSON.parse(text))).toEqual(sent)
    expect(sent).toHaveLength(3)
  })

  test('is told less often where it draws slowly, and never more often than the server tells', () => {
    const { market, markets, pass, page } = connect()
    const change = (): void => market.receive(quoteAt(Math.random()))
    const inASecond = (): number => {
      const before = markets().length
      for (let frame = 0; frame < 20; frame += 1) {
        change()
        pass(50)
      }
      return markets().length - before
    }
    expect(inASecond()).toBe(20)
    page.answer({ type: 'pace', frameMs: 250 })
    expect(inASecond()).toBe(4)
    page.answer({ type: 'pace', frameMs: 16 })
    expect(inASecond()).toBe(20)
  })

  test('is sent nothing while its socket has not taken what was sent, and then what is so by then', () => {
    const { market, markets, sent, pass, socket, tellStates } = connect()
    socket.bufferedAmount = 1
    for (let change = 1; change <= 100; change += 1) {
      market.receive(quoteAt(change))
      market.receive(trades(1))
      pass(50)
    }
    tellStates()
    expect(sent).toEqual([])
    socket.bufferedAmount = 0
    pass(50)
    expect(markets()).toHaveLength(1)
    expect(markets()[0]?.quote?.bidPrice).toBe(100)
    expect(numbersOf(markets())).toHaveLength(100)
  })

  test('is ended where its socket takes nothing for ten seconds', () => {
    const { pass, socket } = connect()
    socket.bufferedAmount = 1
    pass(10_000)
    expect(socket.terminate).not.toHaveBeenCalled()
    pass(100)
    expect(socket.terminate).toHaveBeenCalled()
  })

  test('has the history of a feed from its beginning, each second once, also where it was behind', () => {
    const { sent, socket, tellStates, feed } = connect()
    const metrics = { windows: { last1s: { seconds: 1 } } } as Parameters<RateHistory['add']>[0]
    const told = (): readonly number[] =>
      sent.flatMap((message) => (message.type === 'state' ? message.history.map(({ at }) => at) : []))
    const start = Date.now() * 2
    feed.history.add(metrics, start + 1)
    feed.history.add(metrics, start + 2)
    tellStates()
    socket.bufferedAmount = 1
    feed.history.add(metrics, start + 3)
    tellStates()
    socket.bufferedAmount = 0
    feed.history.add(metrics, start + 4)
    tellStates()
    tellStates()
    expect(told()).toEqual([1, 2, 3, 4].map((second) => start + second))
  })

  test('that selects another market has the whole of it', () => {
    const { market, other, markets, pass, page } = connect()
    market.receive(trades(3))
    other.receive(trades(2))
    pass(50)
    expect(page.answer({ type: 'select', exchange: 'acme_spot', symbol: 'ETH/USDT' })).toBe(true)
    pass(50)
    expect(markets().at(-1)).toMatchObject({ symbol: 'ETH/USDT', isWhole: true, missedTrades: 0 })
    expect(markets().at(-1)?.trades).toHaveLength(2)
  })

  test.each([
    ['a market that is not shown', { type: 'select', exchange: 'acme_spot', symbol: 'DOGE/USDT' }],
    ['an exchange that is not shown', { type: 'select', exchange: 'other_spot', symbol: 'BTC/USDT' }],
    ['a cut of an exchange that is real', { type: 'cut', exchange: 'acme_spot', seconds: 1 }],
    [
      'the silence of an exchange that is real',
      { type: 'mute', exchange: 'acme_spot', symbol: 'BTC/USDT', seconds: 1 },
    ],
  ] as const)('does not get %s', (_what, message) => {
    expect(connect().page.answer(message)).toBe(false)
  })

  test('that sends more than 50 messages in a second is closed', () => {
    const { page, socket } = connect()
    for (let message = 0; message < 50; message += 1) expect(page.admit(1_000)).toBe(true)
    for (let message = 0; message < 50; message += 1) expect(page.admit(2_000)).toBe(true)
    expect(page.admit(2_000)).toBe(false)
    expect(socket.close).toHaveBeenCalledExactlyOnceWith(1008)
  })
})
