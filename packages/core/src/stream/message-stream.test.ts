import { describe, expect, expectTypeOf, test } from 'vitest'
import { streamOf, trackedOf } from '../../test/support/streams.js'
import type { WebSocketManager } from '../manager/websocket-manager.js'
import { channels } from '../model/channel.js'
import { tradingPair } from '../model/instrument.js'
import type { ChannelMessage, ErrorMessage, FeedMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { Stream } from '../model/stream.js'
import { type FilteredMessage, type MessageFilter, MessageStream, type PullOptions } from './message-stream.js'

const btcTrades = streamOf('trades:btc')
const ethTrades = streamOf('trades:eth', { instrument: tradingPair('ETH', 'USDT') })
const btcTicker = streamOf('ticker:btc', { channels: ['ticker', 'book_ticker'] })

const message = (sequence: number, parts: Partial<FeedMessage> = {}): FeedMessage =>
  ({
    type: MessageType.Trades,
    channel: 'trades',
    stream: btcTrades,
    symbol: tradingPair('BTC', 'USDT'),
    sequence,
    ...parts,
  }) as FeedMessage

function build(filter: PullOptions = {}): { stream: MessageStream<FeedMessage>; detached: () => boolean } {
  let isDetached = false
  const stream = new MessageStream(filter, () => {
    isDetached = true
  })
  return { stream, detached: () => isDetached }
}

const pull = async (stream: MessageStream<FeedMessage>): Promise<number | null | undefined> => {
  const { value } = await stream.next()
  return value?.sequence
}

describe('a message stream', () => {
  test('gives what was pushed in order, to readers that wait and to those that come later', async () => {
    const { stream } = build()
    const waiting = [pull(stream), pull(stream)]
    for (const sequence of [1, 2, 3]) void stream.push(message(sequence))
    expect([await waiting[0], await waiting[1], await pull(stream)]).toEqual([1, 2, 3])
  })

  test('gives nothing that it holds of a subscription that has ended', async () => {
    const { stream } = build()
    const held = streamOf('held')
    for (const sequence of [1, 2]) void stream.push(message(sequence, { stream: held, receivedAt: 5 }))
    void stream.push(message(3, { receivedAt: 5 }))
    trackedOf(held).endedAt = 6
    void stream.push(message(4, { stream: held, receivedAt: 6 }))
    expect([await pull(stream), await pull(stream)]).toEqual([3, 4])
  })

  test('makes room by leaving out what it holds of a subscription that has ended', async () => {
    const { stream } = build()
    const held = streamOf('held')
    let room: Promise<void> | undefined
    for (let sequence = 0; room === undefined; sequence += 1)
      room = stream.push(message(sequence, { stream: held, receivedAt: 5 }))
    trackedOf(held).endedAt = 6
    const waiting = pull(stream)
    await room
    void stream.push(message(999))
    expect(await waiting).toBe(999)
  })

  test.each<[string, MessageFilter, number[]]>([
    ['nothing', {}, [1, 2, 3, 4, 5, 6]],
    ['a type', { type: MessageType.Ticker }, [2]],
    ['the type of errors', { type: MessageType.Error }, [5]],
    ['a channel', { channel: 'trades' }, [1, 3]],
    ['a channel that came along', { channel: 'book_ticker' }, [4]],
    ['a symbol', { symbol: tradingPair('ETH', 'USDT') }, [3]],
    ['a stream', { stream: btcTrades }, [1, 5]],
    ['a stream of several channels', { stream: btcTicker }, [2, 4]],
    ['a stream and one of its channels', { stream: btcTicker, channel: 'ticker' }, [2]],
    ['a symbol by name and a channel', { symbol: 'ETH/USDT', channel: 'trades' }, [3]],
    ['a symbol and a type it has none of', { symbol: 'ETH/USDT', type: MessageType.Ticker }, []],
    ['what is undefined', { symbol: undefined, channel: undefined } as unknown as MessageFilter, [1, 2, 3, 4, 5, 6]],
  ])('lets through what fits %s', async (_what, filter, expected) => {
    const { stream } = build(filter)
    void stream.push(message(1))
    void stream.push(message(2, { type: MessageType.Ticker, channel: 'ticker', stream: btcTicker }))
    void stream.push(message(3, { symbol: tradingPair('ETH', 'USDT'), stream: ethTrades }))
    void stream.push(message(4, { type: MessageType.BookTicker, channel: 'book_ticker', stream: btcTicker }))
    void stream.push(message(5, { type: MessageType.Error }))
    void stream.push(message(6, { type: MessageType.Unknown, channel: null, stream: null, symbol: null }))
    stream.end()
    const seen: (number | null)[] = []
    for await (const { sequence } of stream) seen.push(sequence)
    expect(seen).toEqual(expected)
  })

  test('lets no error or notice through that only names the channel', async () => {
    const { stream } = build({ channel: 'trades' })
    void stream.push(message(1, { type: MessageType.Error }))
    void stream.push(message(2, { type: MessageType.Other }))
    void stream.push(message(3))
    expect(await pull(stream)).toBe(3)
  })

  test('refuses a filter for what is no symbol', () => {
    expect(() => build({ symbol: 'btcusdt' })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_SYMBOL' }))
  })

  test('refuses a filter it does not know, with what may be meant', () => {
    const misspelt: unknown = { chanel: 'trades' }
    expect(() => build(misspelt as MessageFilter)).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: Messages cannot be filtered by chanel.  [ERR_INVALID_CONFIG]
      Did you mean channel? They can by type, channel, symbol, stream.]
    `)
    const strange: unknown = { exchange: 'acme_spot' }
    expect(() => build(strange as MessageFilter)).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: Messages cannot be filtered by exchange.  [ERR_INVALID_CONFIG]
      They can by type, channel, symbol, stream.]
    `)
  })

  test.each([['trade'], ['toString'], [7], [null]])('refuses %j, which is no channel', (channel) => {
    const filter: unknown = { channel }
    expect(() => build(filter as MessageFilter)).toThrow(expect.objectContaining({ code: 'ERR_UNKNOWN_CHANNEL' }))
  })

  test('says which channel a misspelt one may mean', () => {
    const filter: unknown = { channel: 'trade' }
    expect(() => build(filter as MessageFilter)).toThrow(
      expect.objectContaining({
        code: 'ERR_UNKNOWN_CHANNEL',
        shortMessage: 'There is no channel "trade".',
        hint: `Did you mean trades? Channels: ${channels.join(', ')}.`,
      }),
    )
  })

  test('holds back once 256 wait, until half of them are read', async () => {
    const { stream } = build()
    for (let sequence = 1; sequence < 256; sequence += 1) expect(stream.push(message(sequence))).toBeUndefined()
    let isOpen = false
    const room = stream.push(message(256))?.then(() => {
      isOpen = true
    })
    for (let read = 1; read < 128; read += 1) await stream.next()
    expect(isOpen).toBe(false)
    await stream.next()
    await room
    expect(isOpen).toBe(true)
  })

  test('ends for whoever waits, frees whoever is held back, and still gives what it holds', async () => {
    const ended = build().stream
    const waiting = ended.next()
    ended.end()
    expect(await waiting).toEqual({ done: true, value: undefined })
    const { stream } = build()
    let room: Promise<void> | undefined
    for (let sequence = 1; sequence <= 300; sequence += 1) room = stream.push(message(sequence)) ?? room
    stream.end()
    await room
    expect(stream.push(message(301))).toBeUndefined()
    let read = 0
    for await (const _message of stream) read += 1
    expect(read).toBe(300)
  })

  test('that fails gives what it holds, then the reason once, and is detached', async () => {
    const { stream, detached } = build()
    let room: Promise<void> | undefined
    for (let sequence = 1; sequence <= 256; sequence += 1) room = stream.push(message(sequence)) ?? room
    stream.fail('given up')
    stream.fail('again')
    await room
    let read = 0
    const loop = async (): Promise<void> => {
      for await (const _message of stream) read += 1
    }
    await expect(loop()).rejects.toBe('given up')
    expect([read, detached(), await stream.next()]).toEqual([256, true, { done: true, value: undefined }])
  })

  test('that fails under readers tells the first of them, as events.on does', async () => {
    const { stream } = build()
    const [first, second] = [stream.next(), stream.next()]
    stream.fail('given up')
    await expect(first).rejects.toBe('given up')
    expect([await second, await stream.next()]).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
  })

  test('that was left tells no reason any more', async () => {
    const { stream } = build()
    stream.fail('given up')
    await stream[Symbol.asyncDispose]()
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  test('listens to its signal no longer than it lives', async () => {
    const leaving = new AbortController()
    const { stream } = build({ signal: leaving.signal })
    await stream.return()
    leaving.abort('too late')
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  test.each<[string, MessageFilter, boolean, boolean[]]>([
    ['nothing', {}, false, [true, true, true]],
    ['a channel', { channel: 'trades' }, true, [true, true, false]],
    ['a channel that comes along', { channel: 'book_ticker' }, true, [false, false, true]],
    ['a channel that comes along and is not wanted', { channel: 'ticker' }, true, [false, false, false]],
    ['a type', { type: MessageType.Trades }, true, [true, true, false]],
    ['the type of errors', { type: MessageType.Error }, false, [true, true, true]],
    ['a symbol', { symbol: 'ETH/USDT' }, true, [false, true, false]],
    ['a stream', { stream: btcTrades }, true, [true, false, false]],
  ])('that lets through what fits %s knows which streams can bring it', (_what, filter, isOfStreams, expected) => {
    const wanted = (stream: Stream, type: number): Stream => Object.assign(stream, { wanted: 1 << type })
    const streams = [
      wanted(btcTrades, MessageType.Trades),
      wanted(ethTrades, MessageType.Trades),
      wanted(btcTicker, MessageType.BookTicker),
    ]
    const { stream } = build(filter)
    expect([stream.isOfStreams, streams.map((one) => stream.canBringFrom(one))]).toEqual([isOfStreams, expected])
    for (const one of streams) Object.assign(one, { wanted: 0 })
  })

  test('is detached, and holds nothing, once its loop is left', async () => {
    const { stream, detached } = build()
    let room: Promise<void> | undefined
    for (let sequence = 1; sequence <= 300; sequence += 1) room = stream.push(message(sequence)) ?? room
    for await (const _message of stream) break
    await room
    expect([detached(), await stream.next()]).toEqual([true, { done: true, value: undefined }])
  })
})

describe('a filter that nobody can mean', () => {
  test.each<[string, unknown, RegExp]>([
    ['none at all', null, /is not an object.*channel: 'trades'/s],
    ['a word', 'trades', /is not an object/],
    ['a type that is none', { type: 99 }, /type 99 to pull.*MessageType\.Trades/s],
    ['a type that never reaches users', { type: MessageType.Heartbeat }, /type 999 to pull/],
    ['a stream by its name', { stream: 'trades:btc' }, /is not a stream/],
    ['a stream of nothing', { stream: null }, /is not a stream/],
  ])('is refused: %s', (_what, filter, message) => {
    expect(() => build(filter as MessageFilter)).toThrow(message)
  })
})

describe('the messages of a filter', () => {
  test('are typed by its channel, by its type, or by both', () => {
    expectTypeOf<FilteredMessage<Record<never, never>>>().toEqualTypeOf<FeedMessage>()
    expectTypeOf<FilteredMessage<{ channel: 'trades' }>>().toEqualTypeOf<ChannelMessage<'trades'>>()
    expectTypeOf<FilteredMessage<{ channel: 'trades' | 'balances' }>>().toEqualTypeOf<
      ChannelMessage<'trades'> | ChannelMessage<'balances'>
    >()
    expectTypeOf<FilteredMessage<{ type: typeof MessageType.Error }>>().toEqualTypeOf<ErrorMessage>()
    expectTypeOf<FilteredMessage<{ channel: 'ticker'; type: 4 }>>().toEqualTypeOf<ChannelMessage<'ticker'>>()
    expectTypeOf<FilteredMessage<{ symbol: string }>>().toEqualTypeOf<FeedMessage>()
  })

  test('are so where the manager is asked, and its filter is written in place', () => {
    const ask = (manager: WebSocketManager) => [
      manager.messages(),
      manager.messages({ channel: 'trades' }),
      manager.messages({ type: MessageType.Ticker, symbol: 'BTC/USDT' }),
    ]
    expectTypeOf(ask).returns.items.toEqualTypeOf<
      MessageStream<FeedMessage> | MessageStream<ChannelMessage<'trades'>> | MessageStream<ChannelMessage<'ticker'>>
    >()
    // @ts-expect-error A misspelt key is an error of the compiler's too.
    const misspelt = (manager: WebSocketManager) => manager.messages({ chanel: 'trades' })
    expect([typeof ask, typeof misspelt]).toEqual(['function', 'function'])
  })
})
