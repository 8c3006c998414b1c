import { type DataMessage, type Instrument, parseInstrument, type Stream } from '@tapewire/core'
import { dataMessage } from '@tapewire/core/adapter'
import { describe, expect, test } from 'vitest'
import { streamOf } from '../../test/support/any-message.js'
import { frameFault, readHeader } from './frame-header.js'
import { FrameWriter, maxRecords } from './frame-writer.js'
import { readBeat, readMessages } from './read-frame.js'

const origin = { relay: 7, epoch: 1, sequence: 1 }
const stream = streamOf('trades')
const trade = dataMessage<'trades'>(
  stream,
  stream.instrument,
  [{ id: '5736713', price: 90012.4, size: 0.25, side: 'sell', time: 1_767_225_600_353 }],
  1_767_225_600_353,
  1_767_225_600_360,
  null,
)
const context = { stream, instrumentOf: parseInstrument, receivedAt: null }

function frameOf(...messages: DataMessage[]): Uint8Array {
  const writer = new FrameWriter()
  writer.begin('data', origin)
  for (const message of messages) writer.addMessage(message)
  return writer.finish(1)
}

function read(bytes: Uint8Array, of: Stream = stream): readonly DataMessage[] | null {
  const header = readHeader(bytes)
  return header && readMessages(bytes, header, { ...context, stream: of })
}

const orders = streamOf('orders')

function orderOf(symbol: Instrument | null, id = '1'): DataMessage {
  return dataMessage<'orders'>(orders, symbol, { ...emptyOrder, id }, null, 1, null)
}

describe('a frame', () => {
  test('is read wherever in a larger buffer it lies, and whatever lies around it', () => {
    const frame = frameOf(trade)
    const buffer = new Uint8Array(500).fill(0xff)
    buffer.set(frame, 3)
    buffer.set(frame, 200)
    expect(read(buffer.subarray(3, 3 + frame.length))).toEqual([trade])
    expect(read(buffer.subarray(200, 200 + frame.length))).toEqual([trade])
    expect(read(buffer.subarray(200, 199 + frame.length))).toBeNull()
  })

  test('is the writer’s no more once it is finished', () => {
    const writer = new FrameWriter()
    writer.begin('data', origin)
    writer.addMessage(trade)
    const frame = writer.finish(1)
    writer.begin('beat', origin)
    writer.addBeat({ sentAt: 1, streams: 2 })
    expect(read(frame)).toEqual([trade])
    expect(writer).toMatchObject({ count: 1, size: 52 })
    writer.finish(1)
    expect(writer).toMatchObject({ count: 0, size: 0 })
  })

  test('writes a time of reception that the message before has too only once', () => {
    const one = frameOf(trade).length - 40
    expect(frameOf(trade, trade).length - 40).toBe(2 * one - 8)
    expect(
      read(frameOf(trade, trade, { ...trade, receivedAt: 3 }, trade))?.map(({ receivedAt }) => receivedAt),
    ).toEqual([1_767_225_600_360, 1_767_225_600_360, 3, 1_767_225_600_360])
  })

  test('names the instrument of messages that follow each other only once', () => {
    const [bitcoin, ether] = ['BTC/USDT', 'ETH/USDT'].map((name) => orderOf(parseInstrument(name)))
    const ofNone = orderOf(null)
    if (bitcoin === undefined || ether === undefined) throw new Error('no orders')
    const one = frameOf(bitcoin).length
    expect(frameOf(bitcoin, bitcoin).length - one).toBe(one - 40 - 8 - 9)
    const messages = [bitcoin, bitcoin, ofNone, ether, ether, bitcoin]
    const names = ['BTC/USDT', 'BTC/USDT', undefined, 'ETH/USDT', 'ETH/USDT', 'BTC/USDT']
    expect(read(frameOf(...messages), orders)?.map(({ symbol }) => symbol?.name)).toEqual(names)
  })

  test('whose first message has the instrument of the one before is not read', () => {
    const frame = frameOf(orderOf(parseInstrument('BTC/USDT')))
    frame[40] = ((frame[40] as number) & ~8) | 32
    expect(read(frame, orders)).toBeNull()
  })

  test('has texts of every length, few and many, of any letters', () => {
    const ids = ['', 'a', 'é', '0123456789ab', '0123456789abc', 'ℵ'.repeat(60), 'x'.repeat(200), 'y'.repeat(20_000)]
    for (const chosen of [
      ids.slice(0, 2),
      ids.slice(3, 5),
      ids.slice(3, 7).filter((id) => id !== 'ℵ'.repeat(60)),
      ids,
    ]) {
      const messages = chosen.map((id) => orderOf(null, id))
      expect(read(frameOf(...messages), orders)).toEqual(messages)
    }
  })

  test('whose texts are more than its records have, or begin before them, is not read', () => {
    const frame = frameOf(trade)
    const view = new DataView(frame.buffer, frame.byteOffset)
    for (const textBytes of [8, 6, frame.length - 40, frame.length - 39, 4_294_967_295]) {
      view.setUint32(36, textBytes, true)
      expect(read(frame)).toBeNull()
    }
    view.setUint32(36, 7, true)
    expect(read(frame)).toEqual([trade])
  })

  test('of another channel than the stream it came on is not read', () => {
    const frame = frameOf(trade)
    const header = readHeader(frame)
    if (header === null) throw new Error('no header')
    expect(readMessages(frame, header, { ...context, stream: streamOf('ticker') })).toBeNull()
    expect(readBeat(frame, header)).toBeNull()
  })

  test('with an instrument that nobody can have is not read', () => {
    const frame = frameOf(orderOf(parseInstrument('ETH/USDT')))
    expect(read(frame, orders)).toHaveLength(1)
    const at = Buffer.from(frame).indexOf('ETH/USDT')
    frame[at + 3] = 0x20
    expect(read(frame, orders)).toBeNull()
  })

  test('whose counts promise more than its bytes can hold is not read, and nothing is made room for', () => {
    const frame = frameOf(trade)
    // The number of trades of the first message: 4,294,967,295.
    const lying = Uint8Array.of(...frame.subarray(0, 40 + 17), 0xff, 0xff, 0xff, 0xff, 0x0f, ...frame.subarray(40 + 18))
    expect(read(lying)).toBeNull()
    const endless = Uint8Array.of(...frame.subarray(0, 40 + 17), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
    expect(read(endless)).toBeNull()
  })

  test('with a text that is not UTF-8 is not read', () => {
    const frame = frameOf(trade)
    frame[frame.length - 1] = 0xff
    expect(read(frame)).toBeNull()
  })
})

const emptyOrder = {
  clientId: null,
  side: null,
  type: null,
  timeInForce: null,
  status: null,
  price: null,
  triggerPrice: null,
  size: null,
  filledSize: null,
  remainingSize: null,
  averagePrice: null,
  createdAt: null,
  updatedAt: null,
} as const

describe('what is wrong with a frame', () => {
  const changed = (at: number, byte: number): Uint8Array => {
    const frame = frameOf(trade)
    frame[at] = byte
    return frame
  }

  test.each([
    ['nothing', frameOf(trade), null],
    ['that it is none of ours', changed(1, 0x58), 'foreign'],
    ['that it is empty', new Uint8Array(0), 'foreign'],
    ['a version that came later', changed(2, 2), 'version'],
    ['a kind that came later', changed(3, 7), 'kind'],
    ['flags that nobody knows', changed(4, 8), 'damaged'],
    ['a channel that nobody knows', changed(5, 9), 'damaged'],
    ['messages of no channel', changed(5, 0), 'damaged'],
    ['no records', changed(6, 0), 'damaged'],
    ['a number of its first record that is none', changed(27, 0xff), 'damaged'],
    ['that it ends with its header', frameOf(trade).subarray(0, 40), 'damaged'],
  ])('is told: %s', (_, bytes, fault) => {
    expect(frameFault(bytes)).toBe(fault)
    expect(readHeader(bytes) === null).toBe(fault !== null)
  })
})

describe('a writer refuses', () => {
  test('a record of another kind, or before a frame was begun', () => {
    const writer = new FrameWriter()
    expect(() => writer.addMessage(trade)).toThrow('A record of the kind data was added to a frame that was not begun.')
    writer.begin('beat', origin)
    expect(() => writer.addMessage(trade)).toThrow('A record of the kind data was added to a frame of the kind beat.')
  })

  test('a message of another channel, and leaves the frame as it was', () => {
    const writer = new FrameWriter()
    writer.begin('data', origin)
    writer.addMessage(trade)
    const book = streamOf('book_ticker')
    const quote = { bidPrice: 1, bidSize: 1, askPrice: null, askSize: null }
    const message = dataMessage<'book_ticker'>(book, book.instrument, quote, null, 1, null)
    expect(() => writer.addMessage(message)).toThrow(TypeError)
    expect(read(writer.finish(1))).toEqual([trade])
  })

  test('a frame without a record', () => {
    const writer = new FrameWriter()
    writer.begin('data', origin)
    expect(() => writer.finish(1)).toThrow(TypeError)
  })

  test('more records than a frame can count', () => {
    const writer = new FrameWriter()
    writer.begin('beat', origin)
    for (let index = 0; index < maxRecords; index += 1) writer.addBeat({ sentAt: 1, streams: 1 })
    expect(() => writer.addBeat({ sentAt: 1, streams: 1 })).toThrow(RangeError)
  })
})
