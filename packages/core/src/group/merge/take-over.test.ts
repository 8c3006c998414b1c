import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { streamOf } from '../../../test/support/streams.js'
import { type Channel, channels, traitsOf } from '../../model/channel.js'
import { tradingPair } from '../../model/instrument.js'
import type { FeedMessage } from '../../model/message.js'
import { MessageType } from '../../model/message-type.js'
import type { PublicTrade } from '../../model/payloads.js'
import type { Stream } from '../../model/stream.js'
import { single, TakeOver } from './take-over.js'

const btc = tradingPair('BTC', 'USDT')
const eth = tradingPair('ETH', 'USDT')
const trades = streamOf('trades')

/** A message of this stream's main channel. */
function messageOn(stream: Stream, sequence: number | null, parts: object = {}): FeedMessage {
  return {
    type: traitsOf(stream.channel).type,
    stream,
    channel: stream.channel,
    symbol: stream.instrument,
    sequence,
    data: [],
    exchangeTime: null,
    receivedAt: 0,
    raw: null,
    ...parts,
  } as unknown as FeedMessage
}

const ofOld = (takeOver: TakeOver, ...messages: FeedMessage[]): boolean[] =>
  messages.map((message) => takeOver.admit(message, true) !== null)
const ofNew = (takeOver: TakeOver, ...messages: FeedMessage[]): boolean[] =>
  messages.map((message) => takeOver.admit(message, false) !== null)

/** A take-over of which the old session delivered these. */
function takeOverAfter(...messages: FeedMessage[]): TakeOver {
  const takeOver = new TakeOver()
  ofOld(takeOver, ...messages)
  return takeOver
}

test('one session alone delivers whatever it reads', () => {
  const message = messageOn(trades, 7)
  expect([message, message].map((each) => single.admit(each, false))).toEqual([message, message])
})

describe('a take-over', () => {
  test('lets through whatever the old session reads, also what is alike', () => {
    expect(ofOld(new TakeOver(), messageOn(trades, 7), messageOn(trades, 7), messageOn(trades, 6))).toEqual([
      true,
      true,
      true,
    ])
  })

  test('knows an event again whenever it was received, and whatever its frame', () => {
    const takeOver = takeOverAfter(messageOn(trades, 7, { receivedAt: 1, raw: 'a' }))
    expect(ofNew(takeOver, messageOn(trades, 7, { receivedAt: 2, raw: 'b' }))).toEqual([false])
  })

  test('compares ids of market data as numbers: what is not above the last is known', () => {
    const takeOver = takeOverAfter(...[8, 9, 10].map((id) => messageOn(trades, id)))
    // As text 11 would come before 9.
    expect(ofNew(takeOver, ...[7, 8, 9, 10, 11, 12].map((id) => messageOn(trades, id)))).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ])
  })

  test('takes the highest of the old ids, should they not have come in order', () => {
    const takeOver = takeOverAfter(...[10, 9].map((id) => messageOn(trades, id)))
    expect(ofNew(takeOver, messageOn(trades, 10), messageOn(trades, 11))).toEqual([false, true])
  })

  test('lets each delivery answer for one message: several can have the same id', () => {
    const takeOver = takeOverAfter(messageOn(trades, 7), messageOn(trades, 7))
    expect(ofNew(takeOver, ...[7, 7, 7, 8].map((id) => messageOn(trades, id)))).toEqual([false, false, true, true])
  })

  test('tells by the id alone, where there is one, and does not look at the content of market data', () => {
    const untouchable = {
      get data(): never {
        throw new Error('read')
      },
    }
    const message = (id: number): FeedMessage => Object.assign(Object.create(untouchable), messageWithoutData(id))
    const takeOver = takeOverAfter(message(7))
    expect(ofNew(takeOver, message(7), message(8))).toEqual([false, true])
  })

  test('tells by the content where there is no id', () => {
    const quote = streamOf('quote', { channels: ['book_ticker'] })
    const priced = (bidPrice: number): FeedMessage => messageOn(quote, null, { data: { bidPrice, bidSize: 1 } })
    const takeOver = takeOverAfter(priced(1), priced(2), priced(1))
    expect(ofNew(takeOver, priced(1), priced(1), priced(1), priced(2), priced(3))).toEqual([
      false,
      false,
      true,
      false,
      true,
    ])
  })

  test.each(channels.filter((channel) => traitsOf(channel).scope === 'private'))(
    'tells by the content of %s, whose ids need not rise',
    (channel) => {
      const stream = streamOf(channel, { channels: [channel], instrument: null })
      const update = (id: number, status: string): FeedMessage =>
        messageOn(stream, id, { data: { id: 'o1', status, size: '1.5' } })
      const takeOver = takeOverAfter(update(9, 'open'))
      expect(ofNew(takeOver, update(8, 'open'), update(9, 'filled'), update(9, 'open'), update(9, 'open'))).toEqual([
        true,
        true,
        false,
        true,
      ])
    },
  )

  test('tells content apart that lies deep, and whatever it is made of', () => {
    const balances = streamOf('balances', { channels: ['balances'], instrument: null })
    const holding = (data: unknown): FeedMessage => messageOn(balances, null, { data })
    const contents: unknown[] = [
      [],
      [{ asset: 'BTC', free: '1' }],
      [{ asset: 'BTC', free: '1.0' }],
      [{ asset: 'BTC', free: null }],
      [
        { asset: 'BTC', free: '1' },
        { asset: 'ETH', free: '1' },
      ],
      [{ asset: 'ETH', free: '1', parts: [1, 2, [3]] }],
      [{ asset: 'ETH', free: '1', parts: [1, 2, [4]] }],
    ]
    for (const [index, content] of contents.entries()) {
      const takeOver = takeOverAfter(holding(content))
      expect(contents.map((other) => ofNew(takeOver, holding(structuredClone(other)))[0])).toEqual(
        contents.map((_, other) => other !== index),
      )
    }
  })

  test('keeps apart two instruments on one stream, two streams of one instrument, and channels that came along', () => {
    const many = streamOf('all', { instrument: null })
    const ticker = streamOf('ticker', { channels: ['ticker', 'book_ticker'] })
    const quote = { type: MessageType.BookTicker, channel: 'book_ticker' }
    const takeOver = takeOverAfter(
      messageOn(many, 9, { symbol: btc }),
      messageOn(trades, 5, { symbol: btc }),
      messageOn(ticker, 5),
    )
    expect(
      ofNew(
        takeOver,
        messageOn(many, 8, { symbol: eth }),
        messageOn(many, 9, { symbol: btc }),
        messageOn(trades, 6),
        messageOn(ticker, 5, quote),
        messageOn(ticker, 5),
      ),
    ).toEqual([true, false, true, true, false])
  })

  test('takes an error about a stream for an event of its own', () => {
    const error = messageOn(trades, null, { type: MessageType.Error, data: { code: '42', message: 'no' } })
    const nowhere = { type: MessageType.Error, stream: null, symbol: null, channel: null }
    const lost = messageOn(trades, null, { ...nowhere, data: { code: '43', message: 'no' } })
    const takeOver = takeOverAfter(error, lost)
    expect(ofNew(takeOver, error, lost, error, lost)).toEqual([false, false, true, true])
  })

  test.each<[string, Channel, boolean]>([
    ['ids', 'trades', true],
    ['contents', 'trades', false],
    ['contents with ids', 'executions', true],
  ])(
    'delivers the union of two overlapping streams once, by %s (%s), however often events are alike',
    (_what, channel, hasIds) => {
      // Both connections carry the same events, alike ones among them; the old one stops and the new one begins somewhere.
      const steps = fc.array(fc.nat({ max: 2 }), { maxLength: 40 })
      fc.assert(
        fc.property(steps, fc.nat({ max: 40 }), fc.nat({ max: 40 }), (all, begin, overlap) => {
          const stream = streamOf(channel, { channels: [channel] })
          let id = 0
          const events = all.map((step) => {
            id += step
            return messageOn(stream, hasIds ? id : null, { data: [hasIds ? id : step] })
          })
          let from = Math.min(begin, events.length)
          // Events of one id are pushed together: no connection begins between two of them.
          while (hasIds && from > 0 && events[from]?.sequence === events[from - 1]?.sequence) from -= 1
          const until = Math.min(from + overlap, events.length)
          // Without ids, what was delivered before the new connection began cannot be told from what is alike and came after.
          const since = hasIds ? 0 : from
          const takeOver = new TakeOver()
          const delivered = events.slice(since, until).filter((message) => takeOver.admit(message, true) !== null)
          const rest = events.slice(from).filter((message) => takeOver.admit(message, false) !== null)
          expect([...delivered, ...rest]).toEqual(events.slice(since))
        }),
      )
    },
  )

  test('leaves out no change of an order book without ids, which is read on top of those before it on its own connection', () => {
    const change = messageOn(streamOf('books', { channels: ['orderbook'] }), null)
    expect(ofNew(takeOverAfter(change), change)).toEqual([true])
  })

  describe('of trades that come several in a message', () => {
    const trade = (id: string | null, price = 1): PublicTrade => ({ id, price, size: 1, side: 'buy', time: 1 })
    const batch = (...ids: string[]): FeedMessage => messageOn(trades, null, { data: ids.map((id) => trade(id)) })
    const newsOf = (takeOver: TakeOver, message: FeedMessage): unknown =>
      (takeOver.admit(message, false)?.data as readonly PublicTrade[] | undefined)?.map(({ id }) => id)

    test('delivers each once, however the two connections divide them', () => {
      const takeOver = takeOverAfter(batch('1', '2'))
      const whole = batch('4', '5')
      expect([newsOf(takeOver, batch('1')), newsOf(takeOver, batch('2', '3'))]).toEqual([undefined, ['3']])
      expect(takeOver.admit(whole, false)).toBe(whole)
    })

    test('keeps everything else of a message of which a part was told', () => {
      const message = batch('2', '3')
      const rest = takeOverAfter(batch('1', '2')).admit(message, false)
      expect(rest).toEqual({ ...message, data: [trade('3')] })
    })

    test('tells those without an id by all they hold, and counts those that are alike', () => {
      const priced = (...prices: number[]): FeedMessage =>
        messageOn(trades, null, { data: prices.map((price) => trade(null, price)) })
      const takeOver = takeOverAfter(priced(1, 1), priced(2))
      const rest = takeOver.admit(priced(1, 2, 1, 1, 3), false)
      expect(rest?.data).toEqual([trade(null, 1), trade(null, 3)])
    })

    test('repeats none that it remembers no more, where ids are numbers', () => {
      const takeOver = new TakeOver()
      // As text 9999 is above 10000; beyond 2 to the 53rd a number would lose digits.
      for (const offset of [0n, 9_007_199_254_740_993n]) {
        const ids = Array.from({ length: 12_000 }, (_, index) => String(offset + BigInt(index)))
        for (const id of ids) ofOld(takeOver, batch(id))
        expect(ids.filter((id) => newsOf(takeOver, batch(id)) !== undefined)).toEqual([])
        expect(newsOf(takeOver, batch(String(offset + 12_000n)))).toHaveLength(1)
      }
    })

    test('remembers a bounded number of those whose ids are no numbers, the last of them', () => {
      const takeOver = new TakeOver()
      const ids = Array.from({ length: 5_000 }, (_, index) => `t${index}`)
      for (const id of ids) ofOld(takeOver, batch(id))
      expect(ids.filter((id) => newsOf(takeOver, batch(id)) !== undefined)).toEqual(ids.slice(0, 5_000 - 4_096))
    })

    test('delivers the union of what two connections bring once, wherever they begin, end and divide', () => {
      const cuts = fc.array(fc.boolean(), { minLength: 30, maxLength: 30 })
      const divided = (ids: readonly string[], cutAfter: readonly boolean[]): string[][] => {
        const batches: string[][] = [[]]
        for (const [index, id] of ids.entries()) {
          batches.at(-1)?.push(id)
          if (cutAfter[index]) batches.push([])
        }
        return batches.filter(({ length }) => length > 0)
      }
      fc.assert(
        fc.property(cuts, cuts, fc.nat({ max: 30 }), fc.nat({ max: 30 }), (ofOne, ofOther, one, other) => {
          const ids = Array.from({ length: 30 }, (_, index) => String(95 + index))
          const from = Math.min(one, other)
          const until = Math.max(one, other)
          const takeOver = new TakeOver()
          const told = divided(ids.slice(0, until), ofOne).flatMap((each) => {
            ofOld(takeOver, batch(...each))
            return each
          })
          const rest = divided(ids.slice(from), ofOther).flatMap((each) => newsOf(takeOver, batch(...each)) ?? [])
          expect([...told, ...rest]).toEqual(ids)
        }),
      )
    })
  })

  describe('of an order book', () => {
    const books = streamOf('books', { channels: ['orderbook'] })
    const change = (id: number): FeedMessage => messageOn(books, id, { data: { kind: 'delta' } })
    const snapshot = (id: number): FeedMessage => messageOn(books, id, { data: { kind: 'snapshot' } })

    test('lets a snapshot through that heals it, also with the id of the last change of the old session', () => {
      const takeOver = takeOverAfter(change(4), change(5))
      expect(ofNew(takeOver, change(5), snapshot(5), change(6))).toEqual([false, true, true])
    })

    test('leaves out the snapshot that a new subscription begins with, where it is behind what was told', () => {
      const takeOver = takeOverAfter(change(4), change(5))
      expect(ofNew(takeOver, snapshot(3), change(4), change(5), change(6))).toEqual([false, false, false, true])
    })

    test('tells no snapshot twice of a feed that is made of them', () => {
      const takeOver = takeOverAfter(...[7, 8, 9].map(snapshot))
      expect(ofNew(takeOver, ...[8, 9, 10].map(snapshot))).toEqual([false, false, true])
    })

    test('takes a snapshot behind what the new session read for numbers that start over, and what follows for news', () => {
      const takeOver = takeOverAfter(change(9), change(10))
      expect(ofNew(takeOver, change(9), snapshot(1), change(2), change(3))).toEqual([false, true, true, true])
    })

    test('lets everything through once the new session is past what the old one told', () => {
      const takeOver = takeOverAfter(change(5))
      expect(ofNew(takeOver, change(6), snapshot(2), change(3))).toEqual([true, true, true])
    })
  })

  test('says so when it has more to remember than it may over all its streams, and then forgets the oldest', () => {
    let full = 0
    const takeOver = new TakeOver(() => {
      full += 1
    })
    const tickers = streamOf('tickers', { channels: ['ticker'], instrument: null })
    const text = 'x'.repeat(1_000_000)
    const priced = (index: number): FeedMessage =>
      messageOn(tickers, null, { symbol: tradingPair(`C${index}`, 'USDT'), data: { text } })
    const fitting = 16
    for (let index = 0; index < fitting; index += 1) ofOld(takeOver, priced(index))
    expect(full).toBe(0)
    ofOld(takeOver, priced(fitting))
    expect(full).toBe(1)
    expect(ofNew(takeOver, priced(0), priced(fitting))).toEqual([false, true])
  })

  test('remembers a bounded number of contents, the last of them', () => {
    const quote = streamOf('quote', { channels: ['book_ticker'] })
    const priced = (price: number): FeedMessage => messageOn(quote, null, { data: { price } })
    const takeOver = new TakeOver()
    for (let price = 0; price < 10_000; price += 1) ofOld(takeOver, priced(price))
    const forgotten = Array.from({ length: 10_000 }, (_, price) => ofNew(takeOver, priced(price))[0] === true)
    const remembered = forgotten.filter((isForgotten) => !isForgotten).length
    expect(remembered).toBe(4_096)
    expect(forgotten.lastIndexOf(true)).toBe(10_000 - 4_096 - 1)
  })
})

function messageWithoutData(id: number): object {
  const { data: _data, ...rest } = messageOn(trades, id)
  return rest
}
