import type { StreamState } from '@tapewire/core'
import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'
import { streamStatusCodes } from '../words.js'

/** How a stream is at the relay, and since when, epoch ms by the relay's clock. */
export type RelayedState = Pick<StreamState, 'status' | 'reason' | 'since'>

/** The status, since when, and a reason without a letter. */
export const leastStateBytes = 10

export function writeState(writer: ByteWriter, { status, reason, since }: RelayedState): void {
  writer.reserve(leastStateBytes)
  writer.u8(streamStatusCodes.codeOf[status])
  writer.f64(since)
  writer.text(reason)
}

export function readStateRecord(reader: ByteReader): RelayedState {
  const status = reader.word(streamStatusCodes)
  const since = reader.f64()
  return { status, reason: reader.text(), since }
}
