import type { DataMessage } from '@tapewire/core'
import { ByteReader } from './byte-reader.js'
import { type FrameHeader, headerBytes, textBytesOf } from './frame-header.js'
import { type ReadingContext, readMessageRecords } from './message-record.js'
import { leastAlertBytes, type RelayedAlert, readAlertRecord } from './records/alert.js'
import { type Answer, readAnswerRecord } from './records/answer.js'
import { type Beat, readBeatRecord } from './records/beat.js'
import { leastGapBytes, type RelayedGap, readGapRecord } from './records/gap.js'
import { leastStateBytes, type RelayedState, readStateRecord } from './records/state.js'

// Each takes a frame and its header, and gives null where the frame is of another kind or its records cannot be read. None throws, whatever the bytes are.

/** The messages of a `data` frame; null also where they are of another channel than the stream. */
export function readMessages(
  bytes: Uint8Array,
  { kind, count, channel }: FrameHeader,
  context: ReadingContext,
): readonly DataMessage[] | null {
  if (kind !== 'data' || channel !== context.stream.channel) return null
  return readMessageRecords(recordsOf(bytes), count, context)
}

/** When the relay received the first message of a `data` frame, epoch ms by its clock: with `sentAt`, how long it kept it. Null where the frame has none. */
export function readReceivedAt(bytes: Uint8Array, { kind }: FrameHeader): number | null {
  const reader = new ByteReader(bytes, headerBytes + 1, 0)
  const receivedAt = reader.f64()
  return kind !== 'data' || reader.isBroken ? null : receivedAt
}

export function readStates(bytes: Uint8Array, header: FrameHeader): readonly RelayedState[] | null {
  return header.kind === 'state' ? readRecords(bytes, header, leastStateBytes, readStateRecord) : null
}

export function readGaps(bytes: Uint8Array, header: FrameHeader): readonly RelayedGap[] | null {
  return header.kind === 'gap' ? readRecords(bytes, header, leastGapBytes, readGapRecord) : null
}

export function readAlerts(bytes: Uint8Array, header: FrameHeader): readonly RelayedAlert[] | null {
  return header.kind === 'alert' ? readRecords(bytes, header, leastAlertBytes, readAlertRecord) : null
}

/** The one beat of a frame. */
export function readBeat(bytes: Uint8Array, header: FrameHeader): Beat | null {
  return header.kind === 'beat' ? readOnly(bytes, header, readBeatRecord) : null
}

/** The one answer of a frame. */
export function readAnswer(bytes: Uint8Array, header: FrameHeader): Answer | null {
  return header.kind === 'answer' ? readOnly(bytes, header, readAnswerRecord) : null
}

function readRecords<Record>(
  bytes: Uint8Array,
  { count }: FrameHeader,
  leastBytes: number,
  read: (reader: ByteReader) => Record,
): readonly Record[] | null {
  const reader = recordsOf(bytes)
  if (count * leastBytes > reader.left) return null
  const records: Record[] = []
  for (let index = 0; index < count && !reader.isBroken; index += 1) records.push(read(reader))
  return reader.isDone ? records : null
}

function readOnly<Record>(
  bytes: Uint8Array,
  { count }: FrameHeader,
  read: (reader: ByteReader) => Record,
): Record | null {
  if (count !== 1) return null
  const reader = recordsOf(bytes)
  const record = read(reader)
  return reader.isDone ? record : null
}

function recordsOf(bytes: Uint8Array): ByteReader {
  return new ByteReader(bytes, headerBytes, textBytesOf(bytes))
}
