import { describe, expect, test } from 'vitest'
import { tradingPair } from '../model/instrument.js'
import type { FeedMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import { type MessageFilter, MessageStream } from './message-stream.js'

const message = (sequence: number, parts: Partial<FeedMessage> = {}): FeedMessage =>
  ({
    type: MessageType.Trades,
    channel: 'trades',
    symbol: tradingPair('BTC', 'USDT'),
    sequence,
    ...parts,
  }) as FeedMessage

function build(filter: MessageFilter = {}): { stream: MessageStream<FeedMessage>; detached: () => boolean } {
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

  test.each<[MessageFilter, number[]]>([
    [{}, [1, 2, 3]],
    [{ type: MessageType.Ticker }, [2]],
    [{ channel: 'trades' }, [1, 3]],
    [{ symbol: tradingPair('ETH', 'USDT') }, [3]],
    [{ symbol: 'ETH/USDT', channel: 'trades' }, [3]],
    [{ symbol: 'ETH/USDT', type: MessageType.Ticker }, []],
  ])('lets through what fits %j', async (filter, expected) => {
    const { stream } = build(filter)
    void stream.push(message(1))
    void stream.push(message(2, { type: MessageType.Ticker, channel: 'ticker' } as Partial<FeedMessage>))
    void stream.push(message(3, { symbol: tradingPair('ETH', 'USDT') } as Partial<FeedMessage>))
    stream.end()
    const seen: (number | null)[] = []
    for await (const { sequence } of stream) seen.push(sequence)
    expect(seen).toEqual(expected)
  })

  test('refuses a filter for what is no symbol', () => {
    expect(() => build({ symbol: 'btcusdt' })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_SYMBOL' }))
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

  test('is detached, and holds nothing, once its loop is left', async () => {
    const { stream, detached } = build()
    let room: Promise<void> | undefined
    for (let sequence = 1; sequence <= 300; sequence += 1) room = stream.push(message(sequence)) ?? room
    for await (const _message of stream) break
    await room
    expect([detached(), await stream.next()]).toEqual([true, { done: true, value: undefined }])
  })
})
