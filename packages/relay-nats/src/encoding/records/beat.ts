import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'

/** That a relay is alive. */
export interface Beat {
  /** Epoch ms by the relay's clock. */
  readonly sentAt: number
  /** Streams that it publishes. */
  readonly streams: number
}

export function writeBeat(writer: ByteWriter, { sentAt, streams }: Beat): void {
  writer.reserve(12)
  writer.f64(sentAt)
  writer.u32(streams)
}

export function readBeatRecord(reader: ByteReader): Beat {
  return { sentAt: reader.f64(), streams: reader.u32() }
}
