import type { Stream } from '@tapewire/core'
import {
  type InboundFrame,
  type ParsedMessage,
  type ProtoDeclaration,
  type ProtoShape,
  protoInteger,
  protoMessage,
  protoShape,
  protoText,
  type StreamTable,
  unknownMessage,
} from '@tapewire/core/adapter'

/** How the pushes of one channel are read. */
export interface PushReader {
  readonly shape: ProtoShape<ProtoDeclaration>
  /** The message of the push that the shape has read last, which was sent at `time`, epoch ms. */
  compose(stream: Stream, time: number, receivedAt: number): ParsedMessage
}

/** What every push is: `message Push { string stream = 1; int64 time = 2; Data data = 3; }`, with another `Data` for each channel. */
const envelope = protoShape({ stream: protoText(1), time: protoInteger(2), data: protoMessage(3, {}) })
const { slots } = envelope

/** Reads what is around the `data` of a push; false for bytes that are none. */
export function scanEnvelope({ bytes, start, end }: InboundFrame): boolean {
  return envelope.scan(bytes, start, end)
}

/** The stream of the push that was read last; null where its name cannot be read. */
export function pushStream(streams: StreamTable): Stream | null {
  return streams.at(envelope.bytes, envelope.start(slots.stream), envelope.end(slots.stream))
}

/** When the push that was read last was sent, epoch ms. */
export function pushTime(): number {
  return envelope.number(slots.time)
}

/** Has a shape read the `data` of the push that was read last. */
export function scanData(shape: ProtoShape<ProtoDeclaration>): boolean {
  return envelope.scanWithin(slots.data, shape)
}

/** Declares the `data` of a channel's pushes, by field number. */
export function pushShape<const Data extends ProtoDeclaration>(data: Data): ProtoShape<Data> {
  return protoShape(data)
}

/** Stands in for a shape that nobody has declared yet: it skips every field. */
export const undeclared: ProtoShape<ProtoDeclaration> = protoShape({})

/** What becomes of a push that nobody reads yet. `file` is where that is to be written. */
export function unread(stream: Stream, receivedAt: number, file: string): ParsedMessage {
  return unknownMessage(receivedAt, `${file} does not read ${stream.wireChannel} yet.`)
}
