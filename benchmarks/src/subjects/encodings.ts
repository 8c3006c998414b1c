import { decode, Encoder } from '@msgpack/msgpack'
import { type DataMessage, parseInstrument, type Stream } from '@tapewire/core'
import { FrameWriter, readHeader, readMessages } from '@tapewire/relay-nats/encoding'
import { Packr, Unpackr } from 'msgpackr'

/** A way to have messages as bytes, and what comes of the bytes. */
export interface Encoding {
  readonly label: string
  encode(messages: readonly DataMessage[]): Uint8Array
  /** What has the messages' `data`, in their order. */
  decode(bytes: Uint8Array, stream: Stream): readonly Decoded[]
}

/** A message of a feed, or a plain object. */
type Decoded = Pick<PlainMessage, 'data'>

/** What a frame of ours says, as a plain object: a header, and what is sent of each message. */
interface PlainFrame {
  readonly relay: number
  readonly epoch: number
  readonly sequence: number
  readonly sentAt: number
  readonly channel: string
  readonly messages: readonly PlainMessage[]
}

interface PlainMessage {
  readonly symbol: string | null
  readonly exchangeTime: number | null
  readonly receivedAt: number
  readonly sequence: number | null
  readonly data: unknown
}

const sentAt = 1_767_225_600_500
const origin = { relay: 3_405_691_582, epoch: 1_767_225_599_000, sequence: 48_213 }

export const ourEncoding = 'tapewire'

/** What it is measured beside. */
export const otherEncodings = ['JSON', '@msgpack/msgpack', 'msgpackr'] as const

/** Ours makes messages of a feed; the others plain objects, of which messages would still have to be made. */
export function encodings(): readonly Encoding[] {
  return [ours(), json(), messagePack(), packr()]
}

function ours(): Encoding {
  const writer = new FrameWriter()
  return {
    label: ourEncoding,
    encode(messages) {
      writer.begin('data', origin)
      for (const message of messages) writer.addMessage(message)
      return writer.finish(sentAt)
    },
    decode(bytes, stream) {
      const header = readHeader(bytes)
      const read = header && readMessages(bytes, header, { stream, instrumentOf: parseInstrument, receivedAt: sentAt })
      return read ?? []
    },
  }
}

function json(): Encoding {
  return {
    label: otherEncodings[0],
    encode: (messages) => Buffer.from(JSON.stringify(plain(messages))),
    decode: (bytes) => messagesOf(JSON.parse((bytes as Buffer).toString())),
  }
}

function messagePack(): Encoding {
  const encoder = new Encoder()
  return {
    label: otherEncodings[1],
    encode: (messages) => encoder.encode(plain(messages)),
    decode: (bytes) => messagesOf(decode(bytes)),
  }
}

function packr(): Encoding {
  // Records would write the names of fields once for all frames, and a consumer that comes later could not read them.
  const packer = new Packr({ useRecords: false })
  const unpacker = new Unpackr({ useRecords: false })
  return {
    label: otherEncodings[2],
    encode: (messages) => packer.pack(plain(messages)),
    decode: (bytes) => messagesOf(unpacker.unpack(bytes)),
  }
}

function plain(messages: readonly DataMessage[]): PlainFrame {
  return {
    ...origin,
    sentAt,
    channel: messages[0]?.channel ?? '',
    messages: messages.map(({ symbol, exchangeTime, receivedAt, sequence, data }) => ({
      symbol: symbol === null ? null : symbol.name,
      exchangeTime,
      receivedAt,
      sequence,
      data,
    })),
  }
}

function messagesOf(frame: unknown): readonly PlainMessage[] {
  return (frame as PlainFrame).messages
}
