import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import type { Instrument, OtherMessage, Stream } from '@tapewire/core'
import {
  type InboundFrame,
  otherMessage,
  type ParsedMessage,
  type ProtoDeclaration,
  type ProtoShape,
  protoInteger,
  protoOneOf,
  protoShape,
  protoText,
  type StreamTable,
  type SymbolTable,
} from '@tapewire/core/adapter'
import { quoted, timeOf } from './fields.js'
import { PushDataV3ApiWrapper } from './generated/push-data.js'
import { type PushHead, PushHeads } from './push-heads.js'
import { hasPart, type WireChannel } from './wire-channel.js'

type BodyName = NonNullable<PushDataV3ApiWrapper['body']>['$case']

/** The field number of each body, by what the generated code calls it. Source: mexcdevelop/websocket-proto. */
export const bodyFields: Readonly<Record<BodyName, number>> = {
  publicDeals: 301,
  publicIncreaseDepths: 302,
  publicLimitDepths: 303,
  privateOrders: 304,
  publicBookTicker: 305,
  privateDeals: 306,
  privateAccount: 307,
  publicSpotKline: 308,
  publicMiniTicker: 309,
  publicMiniTickers: 310,
  publicBookTickerBatch: 311,
  publicIncreaseDepthsBatch: 312,
  publicAggreDepths: 313,
  publicAggreDeals: 314,
  publicAggreBookTicker: 315,
}

const pushShape = protoShape({
  channel: protoText(1),
  symbol: protoText(3),
  symbolId: protoText(4),
  createTime: protoInteger(5),
  sendTime: protoInteger(6),
  body: protoOneOf(301, 315, bodyFields),
})

export const pushDeclaration: ProtoDeclaration = pushShape.declaration

/** What a push says around its body, of the one that was read last. */
export class Push {
  receivedAt = 0
  /** When the exchange sent it, epoch ms; for klines, when it was made. */
  exchangeTime: number | null = null
  /** Whether the reference decoder has read it, which has the last word. */
  isReference = false
  readonly #heads = new PushHeads()
  /** How it begins, where its stream is known by that; null where its name and its symbol were read. */
  #head: PushHead | null = null
  /** The frame it is, where it was scanned. */
  #frameStart = 0
  #frameEnd = 0

  /** Reads a push straight from its bytes; false for one that only the reference decoder can judge. */
  scan({ bytes, start, end, receivedAt }: InboundFrame): boolean {
    const { channel, symbol } = pushShape.slots
    const head = this.#heads.find(pushShape.open(bytes), start, end)
    this.#head = head
    if (head === null) {
      if (!pushShape.scan(bytes, start, end)) return false
    } else {
      if (!pushShape.scan(bytes, start + head.length, end)) return false
      // It says twice what it is.
      if (pushShape.has(channel) || pushShape.has(symbol)) return false
    }
    this.#frameStart = start
    this.#frameEnd = end
    this.#begin(receivedAt, false)
    return true
  }

  /** Reads what the generated code has decoded. Null, or what is wrong with it. */
  load(push: PushDataV3ApiWrapper, receivedAt: number): string | null {
    const fault = pushShape.load(push)
    this.#head = null
    this.#begin(receivedAt, true)
    return fault
  }

  /** The field number of its body; 0 where it has none. */
  get field(): number {
    return pushShape.which(pushShape.slots.body)
  }

  /** Has its body read by this shape. Null, or what is wrong with it. */
  readBody(shape: ProtoShape<ProtoDeclaration>): string | null {
    return pushShape.scanWithin(pushShape.slots.body, shape) ? null : (shape.fault ?? 'its body cannot be read')
  }

  /** Whether it is on this channel, and of one symbol: the name of its stream must say what the push says beside it. */
  isOn(wireChannel: WireChannel): boolean {
    return this.#head === null ? this.#isNamed(wireChannel) : this.#head.wireChannel === wireChannel
  }

  #isNamed(wireChannel: WireChannel): boolean {
    const { channel, symbol } = pushShape.slots
    return wireChannel.isNamed(
      pushShape.bytes,
      pushShape.start(channel),
      pushShape.end(channel),
      pushShape.start(symbol),
      pushShape.end(symbol),
    )
  }

  /** Whether a text of its body, where there is one, is a part of the name of its stream. */
  isNamedWith(text: Uint8Array, start: number, end: number): boolean {
    const { channel } = pushShape.slots
    if (start === end) return true
    if (this.#head === null) {
      return hasPart(pushShape.bytes, pushShape.start(channel), pushShape.end(channel), text, start, end)
    }
    const { nameStart, nameEnd } = this.#head
    return hasPart(pushShape.bytes, this.#frameStart + nameStart, this.#frameStart + nameEnd, text, start, end)
  }

  /** The name of its stream, which is also its id. */
  get streamName(): string {
    return this.#head?.stream.id ?? pushShape.text(pushShape.slots.channel)
  }

  /** What is wrong with a push that is not on the channel of its body. Only the reference says so. */
  disagreement(): string {
    if (!this.isReference) return 'its channel is not that of its body and symbol'
    const symbol = pushShape.text(pushShape.slots.symbol)
    return `a push on ${quoted(this.streamName)} is not of the symbol ${quoted(symbol)}`
  }

  /** The stream of the instrument it names, of a channel that it is on; null where the symbol cannot be read. */
  streamIn(table: StreamTable, wireChannel: WireChannel): Stream | null {
    return this.#head === null ? this.#meet(table, wireChannel) : this.#head.stream
  }

  #meet(table: StreamTable, wireChannel: WireChannel): Stream | null {
    const { symbol } = pushShape.slots
    const { bytes } = pushShape
    const stream = table.at(bytes, pushShape.start(symbol), pushShape.end(symbol))
    if (stream !== null && !this.isReference) {
      this.#heads.learn(pushShape.open(bytes), this.#frameStart, this.#frameEnd, stream, wireChannel)
    }
    return stream
  }

  /** The instrument it names, for streams of many; null where the symbol cannot be read. */
  instrument(symbols: SymbolTable): Instrument | null {
    return pushShape.instrument(pushShape.slots.symbol, symbols)
  }

  /**
   * What becomes of it where its symbol cannot be read. One of the market is nobody's who asked for an instrument; one of the account would be lost. Only the reference
   * says so: the fast decoder has not looked at all of it by then.
   */
  unreadable(): OtherMessage | string {
    if (!this.isReference) return 'its symbol cannot be read'
    const wireSymbol = pushShape.text(pushShape.slots.symbol)
    return this.streamName.startsWith(accountPrefix) ? noInstrument(wireSymbol) : this.unreadablePart(wireSymbol)
  }

  /** What becomes of the part of it that is about such a symbol. */
  unreadablePart(wireSymbol: string): OtherMessage {
    return this.other(noInstrument(wireSymbol))
  }

  /** What becomes of one that is right, and about something that we have no name for. */
  other(detail: string): OtherMessage {
    return otherMessage(this.receivedAt, this.streamName, detail)
  }

  #begin(receivedAt: number, isReference: boolean): void {
    const { createTime, sendTime } = pushShape.slots
    this.receivedAt = receivedAt
    this.exchangeTime = timeOf(pushShape.number(pushShape.has(sendTime) ? sendTime : createTime))
    this.isReference = isReference
  }
}

/** How the names of the account's streams begin (MEXC spot v3 API docs, "Websocket User Data Streams"). */
const accountPrefix = 'spot@private.'

function noInstrument(wireSymbol: string): string {
  return `a push for ${quoted(wireSymbol)}, which names no instrument: neither subscribed to nor ending in a known quote asset`
}

/** What is wrong with a push whose body is of another stream of its channel than its name: nobody knows of which. */
export const contradiction = 'its body is not of the stream that it names'

export type Parsed = ParsedMessage | readonly ParsedMessage[]

/** One kind of body: its declaration, and what its pushes mean. */
export interface PushReader<Streams> {
  /** Its field number in the push. */
  readonly field: number
  /** Its wire channel, in short: `aggre.depth` of `spot@public.aggre.depth.v3.api.pb`. */
  readonly channel: string
  /** The same as pushes name it. */
  readonly wireChannel: WireChannel
  readonly shape: ProtoShape<ProtoDeclaration>
  /** Whether its messages are quotes, of which repeats may be dropped. */
  readonly isQuote: boolean
  /** The messages of the body that `shape` has read last, or what is wrong with it. */
  readonly read: (push: Push, streams: Streams) => Parsed | string
}

/** proto3 text is UTF-8; a byte that is not would otherwise be replaced in silence. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const decodeUtf8 = (bytes: Uint8Array): string => strictUtf8.decode(bytes)

/** The wrapper of one binary frame, or why its bytes are not one. Unknown fields are skipped: MEXC adds some without notice. */
export function decodePush(bytes: Uint8Array): PushDataV3ApiWrapper | string {
  const reader = new BinaryReader(bytes, decodeUtf8)
  try {
    const push = PushDataV3ApiWrapper.decode(reader)
    return reader.pos === bytes.length ? push : 'not a protobuf push: its parts do not add up to the frame'
  } catch (thrown) {
    return `not a protobuf push: ${thrown instanceof Error ? thrown.message : String(thrown)}`
  }
}

/** Bodies are fields 301 and up of the wrapper (mexcdevelop/websocket-proto). */
const firstBody = 301

const bodyNumbers: ReadonlySet<number> = new Set(Object.values(bodyFields))

/** Field numbers of the wrapper (mexcdevelop/websocket-proto). */
const channelField = 1
const symbolField = 3

/** What can be seen of a push without believing that it is whole. */
export interface PushOutline {
  /** The name of its stream, as often as it has one; the last may be cut off with the frame. */
  readonly streamNames: readonly string[]
  readonly wireSymbols: readonly string[]
  /** Field numbers of its bodies. The last may be cut off with the frame. */
  readonly bodies: readonly number[]
  /** The field number of the first body that the definitions do not have: MEXC may have added one. Null where there is none. */
  readonly unknownBody: number | null
  /** Whether the last of the names is cut off. */
  readonly isNameCut: boolean
}

/** The outline of a push as far as its bytes are fields. A name that is not UTF-8 is none. */
export function outlineOf(bytes: Uint8Array): PushOutline {
  const reader = new BinaryReader(bytes)
  const streamNames: string[] = []
  const wireSymbols: string[] = []
  const bodies: number[] = []
  let unknownBody: number | null = null
  let isNameCut = false
  try {
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag()
      if (wireType !== WireType.LengthDelimited) {
        reader.skip(wireType, field)
        continue
      }
      const end = reader.uint32() + reader.pos
      const content = bytes.subarray(reader.pos, end)
      if (bodyNumbers.has(field)) bodies.push(field)
      else if (field >= firstBody) unknownBody ??= field
      else if (field === channelField) {
        isNameCut = end > bytes.length
        streamNames.push(decodeUtf8(content))
      } else if (field === symbolField && end <= bytes.length) wireSymbols.push(decodeUtf8(content))
      if (end > bytes.length) break
      reader.pos = end
    }
  } catch {
    // What cannot be skipped ends the search.
  }
  return { streamNames, wireSymbols, bodies, unknownBody, isNameCut }
}
