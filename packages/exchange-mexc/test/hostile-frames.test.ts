import { MessageType } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mexcSpot } from '../src/index.js'
import { sampleFrame, sampleFrames } from './fixtures/sample-frames.js'
import { encodeIndependently } from './support/independent-codec.js'

const { messageParser } = mexcSpot.public()
const knownTypes = new Set<number>(Object.values(MessageType))
const megabyte = 1024 * 1024

function parse(content: Buffer | string): readonly ParsedMessage[] {
  return [messageParser.parse(frameOf(content, 1))].flat()
}

/** The one message, as type and words. */
function verdict(content: Buffer | string): readonly [type: number, words: string] {
  const messages = parse(content)
  expect(messages).toHaveLength(1)
  const [message] = messages as [ParsedMessage]
  switch (message.type) {
    case MessageType.Error:
      expect(message.data.code).toBe('ERR_MALFORMED_FRAME')
      return [message.type, message.data.message]
    case MessageType.Unknown:
      return [message.type, message.data.reason]
    case MessageType.Other:
      return [message.type, message.data.detail]
    default:
      return [message.type, '']
  }
}

const ofBook = { channel: 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT', symbol: 'BTCUSDT' }

function depthWith(level: Record<string, unknown>, versions: Record<string, unknown> = {}): Buffer {
  return encodeIndependently({
    ...ofBook,
    publicAggreDepths: { asks: [level], fromVersion: '5', toVersion: '6', ...versions },
  })
}

const whole = sampleFrame('aggre.depth')

/** The whole frame with another length in front of its body; the true one is 0x77. */
function withBodyLength(length: number): Buffer {
  const bytes = Buffer.from(whole)
  bytes[bytes.indexOf(Buffer.from('ca13', 'hex')) + 2] = length
  return bytes
}

describe('frames that are wrong', () => {
  const malformed: readonly (readonly [string, Buffer | string])[] = [
    ['a varint without an end', Buffer.from('08ffffffffffffffffffff', 'hex')],
    ['a varint cut off', Buffer.from('30c8d1', 'hex')],
    ['a length beyond the frame', Buffer.from('0a7f73706f74', 'hex')],
    ['a body longer than the frame', withBodyLength(0x7f)],
    ['a frame without its last byte', whole.subarray(0, -1)],
    ['a group that never ends', Buffer.from('fb01', 'hex')],
    ['a zero where a tag belongs', Buffer.concat([whole, Buffer.from([0, 0, 0])])],
    ['text that is not UTF-8', Buffer.from('0a04c3283f3f', 'hex')],
    ['a 64-bit integer that no number holds', Buffer.from('30ffffffffffffffff7f', 'hex')],
    ['JSON where protobuf belongs', Buffer.from('{"id":0,"code":0,"msg":"PONG"}')],
    ['protobuf where JSON belongs', whole.toString('latin1')],
    ['text that is no JSON', 'Access Denied'],
    ['half a reply', '{"id":0,"code":0,"msg":"spot@pub'],
    ['an empty text frame', ''],
    ['an empty binary frame', Buffer.alloc(0)],
    ['a push with an empty body', encodeIndependently({ ...ofBook, publicAggreDepths: {} })],
    [
      'a list of no tickers',
      encodeIndependently({ channel: 'spot@public.miniTickers.v3.api.pb@24H', publicMiniTickers: {} }),
    ],
    ['a push of no channel of ours without a body', encodeIndependently({ channel: 'spot@public.x', sendTime: '5' })],
    ['a push of a channel of ours without a body', encodeIndependently({ ...ofBook, sendTime: '5' })],
    ['a price that is not a number', depthWith({ price: '$10,000.00', quantity: '1' })],
    ['a price that is hexadecimal', depthWith({ price: '0x10', quantity: '1' })],
    ['a price beyond all numbers', depthWith({ price: '1e999', quantity: '1' })],
    ['a price with blanks', depthWith({ price: ' 1 ', quantity: '1' })],
    ['a level without a price', depthWith({ quantity: '1' })],
    ['a level without a quantity', depthWith({ price: '1' })],
    ['a version that is not a number', depthWith({ price: '1', quantity: '1' }, { toVersion: '6x' })],
    ['a version that no number holds', depthWith({ price: '1', quantity: '1' }, { toVersion: '9007199254740993' })],
    ['levels without versions', depthWith({ price: '1', quantity: '1' }, { fromVersion: '', toVersion: '' })],
    [
      'a trade that nobody made',
      encodeIndependently({
        channel: 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT',
        symbol: 'BTCUSDT',
        publicAggreDeals: { deals: [{ price: '1', quantity: '1', tradeType: 3 }] },
      }),
    ],
    [
      'an order without an id',
      encodeIndependently({
        channel: 'spot@private.orders.v3.api.pb',
        symbol: 'BTCUSDT',
        privateOrders: { clientId: '1', tradeType: 1, status: 1 },
      }),
    ],
    [
      'a fill without a price',
      encodeIndependently({
        channel: 'spot@private.deals.v3.api.pb',
        symbol: 'BTCUSDT',
        privateDeals: { tradeId: '1', orderId: '2', quantity: '1', price: 'much', tradeType: 1 },
      }),
    ],
  ]

  it.each(malformed)('%s is an ERROR', (_, content) => {
    expect(verdict(content)[0]).toBe(MessageType.Error)
  })

  it('names what is wrong, and on which stream', () => {
    expect(parse(depthWith({ price: '$10,000.00', quantity: '1' }))).toMatchObject([
      {
        data: {
          message: expect.stringMatching(/^asks is .*\$10,000\.00/),
          wireChannel: 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT',
          failure: null,
        },
      },
    ])
  })

  it('shows no more than a little of a wire value', () => {
    const [, words] = verdict(depthWith({ price: 'x'.repeat(megabyte), quantity: '1' }))
    expect(words.length).toBeLessThan(120)
  })

  it('takes a field of another wire type for an unknown one, so that what it should have held is missing', () => {
    // Field 1 of a level as a varint instead of text.
    const level = Buffer.from('0802120131', 'hex')
    const body = Buffer.concat([Buffer.from([0x0a, level.length]), level, Buffer.from('2201352a0136', 'hex')])
    const frame = Buffer.concat([
      whole.subarray(0, whole.indexOf(Buffer.from('ca13', 'hex'))),
      Buffer.from([0xca, 0x13, body.length]),
      body,
    ])
    expect(verdict(frame)).toEqual([MessageType.Error, expect.stringMatching(/^asks is /)])
  })
})

describe('frames that are right and of no use', () => {
  it.each([
    [
      'a body of a number nobody knows',
      Buffer.concat([Buffer.from('0a0178', 'hex'), Buffer.from('e2130101', 'hex')]),
      MessageType.Other,
    ],
    [
      'a pair that cannot be split',
      encodeIndependently({
        channel: 'spot@public.aggre.depth.v3.api.pb@100ms@FOOXYZ',
        symbol: 'FOOXYZ',
        publicAggreDepths: { fromVersion: '1', toVersion: '1' },
      }),
      MessageType.Other,
    ],
    ['JSON that is not an object', '42', MessageType.Unknown],
    ['JSON that is no reply', '{"hello":"world"}', MessageType.Unknown],
    ['a reply to nobody that names no streams', '{"id":0,"code":0,"msg":"msg format invalid"}', MessageType.Unknown],
  ])('%s is told apart', (_, content, type) => {
    expect(verdict(content)[0]).toBe(type)
  })

  it('skips fields that MEXC may add', () => {
    const unknown = Buffer.from('ba06036e6577d00c05', 'hex')
    expect(parse(Buffer.concat([unknown, whole, unknown]))).toEqual(parse(whole))
  })
})

describe('frames that nobody meant', () => {
  it('are classified whatever their bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isBinary) => {
        const frame = { ...frameOf(Buffer.from(bytes)), isBinary }
        for (const { type } of [messageParser.parse(frame)].flat()) expect(knownTypes).toContain(type)
      }),
      { numRuns: 200 },
    )
  })

  it('are classified when bytes of real pushes are changed, cut or repeated', () => {
    const mutation = fc.tuple(
      fc.constantFrom(...sampleFrames),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(8),
    )
    fc.assert(
      fc.property(mutation, ([{ hex }, changes, cut]) => {
        const bytes = Buffer.from(hex, 'hex')
        for (const [position, value] of changes) bytes[position % bytes.length] = value
        for (const { type } of parse(bytes.subarray(0, bytes.length - cut))) expect(knownTypes).toContain(type)
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    ['zeros', Buffer.alloc(10 * megabyte)],
    ['ones', Buffer.alloc(10 * megabyte, 0xff)],
    ['open groups', Buffer.alloc(10 * megabyte, 0x0b)],
    ['one long channel', encodeIndependently({ channel: 'x'.repeat(10 * megabyte) })],
    ['digits', depthWith({ price: '1'.repeat(10 * megabyte), quantity: '1' })],
  ])('of 10 MB of %s are classified', (_, bytes) => {
    expect([MessageType.Error, MessageType.Unknown]).toContain(verdict(bytes)[0])
  })

  it('of 10 MB of text are classified', () => {
    expect(verdict('['.repeat(10 * megabyte))[0]).toBe(MessageType.Error)
  })
})
