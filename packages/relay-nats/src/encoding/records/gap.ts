import type { GapEvent } from '@tapewire/core'
import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'
import { gapActionCodes } from '../words.js'

/** A gap of a stream at the relay, as `GapEvent` has it; times by the relay's clock. */
export type RelayedGap = Pick<GapEvent, 'from' | 'to' | 'reason' | 'action' | 'backfilled' | 'fault'>

const hasTo = 1
const hasFault = 2
const known = 3

/** The bits, the action, from when, what was fetched, and a reason without a letter. */
export const leastGapBytes = 19

export function writeGap(writer: ByteWriter, { from, to, reason, action, backfilled, fault }: RelayedGap): void {
  writer.reserve(leastGapBytes + 8)
  writer.u8((to === null ? 0 : hasTo) | (fault === null ? 0 : hasFault))
  writer.u8(gapActionCodes.codeOf[action])
  writer.f64(from)
  if (to !== null) writer.f64(to)
  writer.f64(backfilled)
  writer.text(reason)
  if (fault !== null) writer.text(fault)
}

export function readGapRecord(reader: ByteReader): RelayedGap {
  const bits = reader.u8()
  if ((bits & ~known) !== 0) reader.fail()
  const action = reader.word(gapActionCodes)
  const from = reader.f64()
  const to = (bits & hasTo) === 0 ? null : reader.f64()
  const backfilled = reader.f64()
  const reason = reader.text()
  const fault = (bits & hasFault) === 0 ? null : reader.text()
  return { from, to, reason, action, backfilled, fault }
}
