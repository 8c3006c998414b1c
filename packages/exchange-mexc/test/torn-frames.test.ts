import { MessageType, type OtherMessage, type Stream } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import { mexcSpot } from '../src/index.js'
import { sampleFrame, sampleFrames } from './fixtures/sample-frames.js'
import { encodeIndependently } from './support/independent-codec.js'

const { messageParser } = mexcSpot.public()

function parse(bytes: Buffer): readonly ParsedMessage[] {
  return [messageParser.parse(frameOf(bytes))].flat()
}

/** Whether an ERROR ends the truth of this stream. */
function endsTruthOf(stream: Stream, message: ParsedMessage): boolean {
  if (message.type !== MessageType.Error || message.data.code !== 'ERR_MALFORMED_FRAME') return false
  const { wireChannel } = message.data
  if (message.stream !== null) return message.stream === stream
  return wireChannel === null || wireChannel === stream.wireChannel || wireChannel === stream.id
}

/** A sample of each channel of ours. */
const samples = sampleFrames
  .map(({ name, hex }) => ({ name, bytes: Buffer.from(hex, 'hex') }))
  .filter(({ bytes }) => parse(bytes).every(({ type }) => type !== MessageType.Other))

it('there is a sample of every channel that torn frames are made of', () => {
  expect(samples.length).toBeGreaterThanOrEqual(11)
})

describe.each(samples)('a push of $name', ({ bytes }) => {
  const stream = parse(bytes)[0]?.stream as Stream

  it('that is cut off, wherever that is, is an ERROR of its stream as soon as it names it, of its channel before, and else of nobody', () => {
    const nameEnd = 2 + (bytes[1] as number)
    const channelEnd = 2 + stream.wireChannel.length
    for (let length = 0; length < bytes.length; length += 1) {
      const [message, ...others] = parse(bytes.subarray(0, length))
      expect(others).toEqual([])
      const isNamed = length >= nameEnd || (stream.instrument === null && length >= channelEnd)
      expect(message, `cut to ${length} bytes`).toMatchObject({
        type: MessageType.Error,
        stream: isNamed ? stream : null,
        symbol: isNamed ? stream.instrument : null,
        channel: isNamed ? stream.channel : null,
        data: { code: 'ERR_MALFORMED_FRAME', failure: null },
      })
      expect(message && endsTruthOf(stream, message)).toBe(true)
      if (length >= channelEnd) expect(message?.data).toMatchObject({ wireChannel: expect.stringContaining('spot@') })
    }
  })

  it('with one bit turned over, whichever, is data of its stream, an ERROR that ends its truth, or of another market', () => {
    const amiss: string[] = []
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = Buffer.from(bytes)
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7))
      const messages = parse(turned)
      const isFine = (message: ParsedMessage): boolean =>
        message.type === MessageType.Error
          ? endsTruthOf(stream, message)
          : message.stream === stream ||
            (message.type === MessageType.Other && (!namesSpot(turned) || isOfMany(message)))
      if (messages.length === 0 || !messages.every(isFine))
        amiss.push(`${bit}: ${JSON.stringify(messages.map(({ data }) => data))}`)
    }
    expect(amiss).toEqual([])
  })

  /** One of the many instruments that a push is about, with a name like that of an instrument that nobody asked for. */
  function isOfMany({ data }: OtherMessage): boolean {
    return stream.wireChannel === 'spot@public.miniTickers.v3.api.pb' && data.detail.startsWith('a push for "')
  }

  function namesSpot(turned: Buffer): boolean {
    return turned.subarray(2, 7).equals(Buffer.from('spot@'))
  }
})

describe('a push', () => {
  const book = { channel: 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT', symbol: 'BTCUSDT' }
  const depth = { publicAggreDepths: { fromVersion: '5', toVersion: '6' } }
  const whole = encodeIndependently({ ...book, ...depth })

  it.each(['futures@public.aggre.depth.v3.api.pb@100ms@BTCUSDT', 'contract@depth@BTCUSDT'])(
    'of another market (%s) is no spot data, though a spot pair is spelt alike, nor an ERROR of one',
    (channel) => {
      const bytes = encodeIndependently({ ...book, channel, ...depth })
      expect(parse(bytes)).toMatchObject([
        { type: MessageType.Other, stream: null, symbol: null, data: { wireChannel: channel } },
      ])
      expect(parse(bytes.subarray(0, -1))).toMatchObject([
        { type: MessageType.Error, stream: null, data: { wireChannel: channel } },
      ])
    },
  )

  const ofBooks = 'spot@public.aggre.depth.v3.api.pb'

  it.each<[string, Record<string, unknown>, string | null, string | null]>([
    ['whose channel is not that of its body', { ...book, channel: book.channel.replace('depth', 'deals') }, null, null],
    ['whose channel nobody has', { ...book, channel: book.channel.replace('v3', 'v4') }, book.channel, ofBooks],
    ['whose symbol is not that of its channel', { ...book, symbol: 'ETHUSDT' }, null, ofBooks],
    ['without a symbol', { channel: book.channel }, book.channel, book.channel],
    ['without a channel', { symbol: 'BTCUSDT' }, book.channel, ofBooks],
  ])(
    '%s is an ERROR of the stream that all of it agrees on, or else of the channel, or of nobody',
    (_, head, id, wireChannel) => {
      expect(parse(encodeIndependently({ ...head, ...depth }))).toMatchObject([
        {
          type: MessageType.Error,
          stream: id === null ? null : { id },
          data: { code: 'ERR_MALFORMED_FRAME', wireChannel, failure: null },
        },
      ])
    },
  )

  it('whose version is missing, as where the frame ends before it and its length was made to fit, is an ERROR of its book', () => {
    expect(parse(encodeIndependently({ ...book, publicAggreDepths: { fromVersion: '5' } }))).toMatchObject([
      { type: MessageType.Error, stream: { id: book.channel }, channel: 'orderbook' },
    ])
  })

  it('of a candle whose width is not that of its name is an ERROR of all candles', () => {
    const prices = { openingPrice: '1', closingPrice: '1', highestPrice: '1', lowestPrice: '1' }
    const push = {
      channel: 'spot@public.kline.v3.api.pb@BTCUSDT@Min5',
      symbol: 'BTCUSDT',
      publicSpotKline: { interval: 'Min1', windowStart: '60', ...prices },
    }
    expect(parse(encodeIndependently(push))).toMatchObject([
      { type: MessageType.Error, stream: null, data: { wireChannel: 'spot@public.kline.v3.api.pb' } },
    ])
  })

  it('of the account for a symbol that nobody can read is an ERROR of its stream, for what it says would be lost', () => {
    const channel = 'spot@private.orders.v3.api.pb'
    const push = { channel, symbol: 'FOOXYZ', privateOrders: { id: '1', tradeType: 1, status: 1 } }
    expect(parse(encodeIndependently(push))).toMatchObject([{ type: MessageType.Error, stream: { id: channel } }])
  })

  it('twice in one frame is an ERROR, though protobuf would take the second for the whole', () => {
    expect(parse(Buffer.concat([whole, whole]))).toMatchObject([
      { type: MessageType.Error, stream: { id: book.channel } },
    ])
    const other = encodeIndependently({ channel: book.channel.replace('BTC', 'ETH'), symbol: 'ETHUSDT', ...depth })
    expect(parse(Buffer.concat([whole, other]))).toMatchObject([
      { type: MessageType.Error, stream: null, data: { wireChannel: 'spot@public.aggre.depth.v3.api.pb' } },
    ])
    expect(parse(Buffer.concat([whole, sampleFrame('aggre.deals')]))).toMatchObject([
      { type: MessageType.Error, stream: null, data: { wireChannel: null } },
    ])
  })

  it('in a text frame, or with a group in it, is an ERROR', () => {
    expect([messageParser.parse({ ...frameOf(whole), isBinary: false })].flat()).toMatchObject([
      { type: MessageType.Error },
    ])
    expect(parse(Buffer.concat([whole, Buffer.from('fb01', 'hex')]))).toMatchObject([
      { type: MessageType.Error, stream: { id: book.channel } },
    ])
  })

  it('whose symbol is not UTF-8 is an ERROR of the stream that its channel names', () => {
    const broken = Buffer.from(whole)
    broken[broken.indexOf('BTCUSDT', book.channel.length + 2)] = 0xff
    expect(parse(broken)).toMatchObject([{ type: MessageType.Error, stream: { id: book.channel } }])
  })

  it('whose name is said to be longer than a byte can say is an ERROR, whatever follows', () => {
    const long = Buffer.concat([Buffer.from('0a8001', 'hex'), whole.subarray(2)])
    expect(parse(long)).toMatchObject([{ type: MessageType.Error, data: { code: 'ERR_MALFORMED_FRAME' } }])
  })
})
