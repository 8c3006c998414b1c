import type { StreamStatus } from '@tapewire/core'
import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'
import { streamStatusCodes } from '../words.js'

/** What a relay says to who asks it for a stream. */
export interface Answer {
  readonly ok: boolean
  /** Of a refusal, and its reason for people; null where it is none. */
  readonly code: string | null
  readonly reason: string | null
  /** The epoch in which the relay publishes the stream. */
  readonly epoch: number
  /** Number of the last record that it published in this epoch, 0 before the first. */
  readonly sequence: number
  /** How the stream is at the relay; null of a refusal. */
  readonly status: StreamStatus | null
}

const isOk = 1
const hasCode = 2
const hasReason = 4
const known = 7

export function writeAnswer(writer: ByteWriter, { ok, code, reason, epoch, sequence, status }: Answer): void {
  writer.reserve(18)
  writer.u8((ok ? isOk : 0) | (code === null ? 0 : hasCode) | (reason === null ? 0 : hasReason))
  writer.u8(status === null ? 0 : streamStatusCodes.codeOf[status])
  writer.f64(epoch)
  writer.f64(sequence)
  if (code !== null) writer.text(code)
  if (reason !== null) writer.text(reason)
}

export function readAnswerRecord(reader: ByteReader): Answer {
  const bits = reader.u8()
  if ((bits & ~known) !== 0) reader.fail()
  const status = reader.wordOrNull(streamStatusCodes)
  const epoch = reader.f64()
  const sequence = reader.f64()
  const code = (bits & hasCode) === 0 ? null : reader.text()
  const reason = (bits & hasReason) === 0 ? null : reader.text()
  return { ok: (bits & isOk) !== 0, code, reason, epoch, sequence, status }
}
