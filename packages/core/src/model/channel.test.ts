import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  type Channel,
  channels,
  channelTable,
  isChannel,
  type PrivateChannel,
  type PublicChannel,
  privateChannels,
  publicChannels,
  traitsOf,
} from './channel.js'
import type { ChannelMessage } from './message.js'
import { isDataType, MessageType } from './message-type.js'
import type { ChannelPayloads } from './payloads.js'

describe('the channel table', () => {
  test('gives every channel a type of its own, from 1 to 31, so that each has a bit', () => {
    const types = channels.map((channel) => traitsOf(channel).type)
    expect(new Set(types).size).toBe(channels.length)
    expect(types.filter((type) => !Number.isInteger(type) || type < 1 || type > 31)).toEqual([])
  })

  test('never changes a type once published', () => {
    expect(Object.fromEntries(channels.map((channel) => [channel, traitsOf(channel).type]))).toMatchObject({
      orderbook: 1,
      trades: 2,
      book_ticker: 3,
      ticker: 4,
      executions: 5,
      balances: 6,
      orders: 7,
      candles: 8,
    })
  })

  test('is parted into market data and accounts', () => {
    expect([...publicChannels, ...privateChannels].sort()).toEqual([...channels].sort())
    expect(publicChannels.every((channel) => traitsOf(channel).scope === 'public')).toBe(true)
    expect(privateChannels.every((channel) => traitsOf(channel).scope === 'private')).toBe(true)
  })

  test('lets nothing of an account, no trade and no delta be replaced by what is newer', () => {
    const whole: readonly Channel[] = ['orderbook', 'trades', ...privateChannels]
    expect(whole.filter((channel) => traitsOf(channel).onlyNewestCounts)).toEqual([])
  })

  test('has a payload for each channel, and a message that is told by its type', () => {
    expectTypeOf<keyof ChannelPayloads>().toEqualTypeOf<Channel>()
    expectTypeOf<PublicChannel | PrivateChannel>().toEqualTypeOf<Channel>()
    expectTypeOf<ChannelMessage<'trades'>['type']>().toEqualTypeOf<2>()
    expectTypeOf<ChannelMessage<'balances'>['symbol']>().toEqualTypeOf<null>()
  })

  test('knows its names, and not those of objects in general', () => {
    expect(channels.every(isChannel)).toBe(true)
    expect(['toString', '__proto__', 'constructor', '', 'Trades'].filter(isChannel)).toEqual([])
  })
})

describe('MessageType', () => {
  test('has the type of each channel under the name of the table', () => {
    const named: Readonly<Record<string, number>> = MessageType
    for (const { messageType, type } of Object.values(channelTable)) expect(named[messageType]).toBe(type)
    expectTypeOf(MessageType.Candle).toEqualTypeOf<8>()
  })

  test('gives no type two names, and none of a channel to control', () => {
    const types = Object.values(MessageType)
    expect(new Set(types).size).toBe(types.length)
    expect(types.filter(isDataType).sort()).toEqual(channels.map((channel) => traitsOf(channel).type).sort())
  })

  test.each([
    [0, false],
    [1, true],
    [31, true],
    [32, false],
    [-1, false],
    [777, false],
  ])('%d is data: %j', (type, isData) => {
    expect(isDataType(type)).toBe(isData)
  })
})
