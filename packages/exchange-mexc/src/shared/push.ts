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

type BodyName = NonNullable<PushDataV3ApiWrapper['body']>['$case']

/** The field number of each body, by what the generated code calls it. Source: mexcdevelop/websocket-proto. */
const bodies: Readonly<Record<BodyName, number>> = {
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
  body: protoOneOf(301, 315, bodies),
})

export const pushDeclaration: ProtoDeclaration = pushShape.declaration

/** What a push says around its body, of the one that was read last. */
export class Push {
  receivedAt = 0
  /** When the exchange sent it, epoch ms; for klines, when it was made. */
  exchangeTime: number | null = null
  /** Whether the reference decoder has read it, which has the last word. */
  isReference = false

  /** Reads a push straight from its bytes; false for one that only the reference decoder can judge. */
  scan({ bytes, start, end, receivedAt }: InboundFrame): boolean {
    if (!pushShape.scan(bytes, start, end)) return false
    this.#begin(receivedAt, false)
    return true
  }

  /** Reads what the generated code has decoded. Null, or what is wrong with it. */
  load(push: PushDataV3ApiWrapper, receivedAt: number): string | null {
    const fault = pushShape.load(push)
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

  /** The stream of the instrument it names; null where the symbol cannot be read. */
  streamIn(table: StreamTable): Stream | null {
    const { symbol } = pushShape.slots
    return table.at(pushShape.bytes, pushShape.start(symbol), pushShape.end(symbol))
  }

  /** The instrument it names, for streams of many; null where the symbol cannot be read. */
  instrument(symbols: SymbolTable): Instrument | null {
    return pushShape.instrument(pushShape.slots.symbol, symbols)
  }

  /** What becomes of it where its symbol cannot be read. Only the reference says so: the fast decoder has not looked at all of it by then. */
  unreadable(): OtherMessage | string {
    return this.isReference ? this.unreadablePart(pushShape.text(pushShape.slots.symbol)) : 'its symbol cannot be read'
  }

  /** What becomes of the part of it that is about such a symbol. */
  unreadablePart(wireSymbol: string): OtherMessage {
    return this.other(
      `a push for ${quoted(wireSymbol)}, which names no instrument: neither subscribed to nor ending in a known quote asset`,
    )
  }

  /** What becomes of one that is right, and about something that we have no name for. */
  other(detail: string): OtherMessage {
    return otherMessage(this.receivedAt, pushShape.text(pushShape.slots.channel), detail)
  }

  #begin(receivedAt: number, isReference: boolean): void {
    const { createTime, sendTime } = pushShape.slots
    this.receivedAt = receivedAt
    this.exchangeTime = timeOf(pushShape.number(pushShape.has(sendTime) ? sendTime : createTime))
    this.isReference = isReference
  }
}

export type Parsed = ParsedMessage | readonly ParsedMessage[]

/** One kind of body: its declaration, and what its pushes mean. */
export interface PushReader<Streams> {
  /** Its field number in the push. */
  readonly field: number
  /** Its wire channel, in short: `aggre.depth` of `spot@public.aggre.depth.v3.api.pb`. */
  readonly channel: string
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

/** The field number of the first body of a push, known to us or not; null where there is none, or the bytes are no wrapper up to there. */
export function findBody(bytes: Uint8Array): number | null {
  const reader = new BinaryReader(bytes)
  try {
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag()
      if (field >= firstBody && wireType === WireType.LengthDelimited) return field
      reader.skip(wireType, field)
    }
  } catch {
    // What cannot be skipped ends the search.
  }
  return null
}

/** Whether nothing in a body is set: every field has its proto3 default. */
export function isBlank(body: object): boolean {
  return Object.values(body).every(
    (value) =>
      value === undefined ||
      value === '' ||
      value === 0 ||
      value === false ||
      (Array.isArray(value) && value.length === 0),
  )
}
