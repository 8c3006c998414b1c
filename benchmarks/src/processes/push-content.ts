import type { Venue } from '../workloads/workload.js'

/** Where what a push of Gate.io says begins, behind the time at which it left. */
const gateioContent = '"channel"'
const gateioPush = '"event":"update"'

/** MEXC's time at which a push left, by its number and kind: `sendTime`, field 6, a varint. Source: PushDataV3ApiWrapper. */
const mexcSendTimeTag = 0x30

/** What a push says, without when it left: the same on each connection that brings it, and each time that nothing has changed. Null for a frame that is no push. */
export function pushContent(venue: Venue, frame: string | Uint8Array): string | null {
  if (venue === 'mexc') return typeof frame === 'string' ? null : withoutSendTime(frame)
  const text = typeof frame === 'string' ? frame : latin1(frame)
  return text.includes(gateioPush) ? text.slice(text.indexOf(gateioContent)) : null
}

/** The fields of a push are varints and bytes, all with tags below 2,048. */
function withoutSendTime(frame: Uint8Array): string {
  let at = 0
  let kept = ''
  while (at < frame.length) {
    const start = at
    at = endOfVarint(frame, start)
    const isBytes = (frame[start]! & 0b111) === 2
    const valueAt = at
    at = endOfVarint(frame, valueAt)
    if (isBytes) at += varint(frame, valueAt)
    if (frame[start] !== mexcSendTimeTag) kept += latin1(frame.subarray(start, at))
  }
  return kept
}

function endOfVarint(bytes: Uint8Array, start: number): number {
  let at = start
  while ((bytes[at] ?? 0) >= 0x80) at += 1
  return at + 1
}

function varint(bytes: Uint8Array, start: number): number {
  return bytes.subarray(start, endOfVarint(bytes, start)).reduceRight((value, byte) => value * 128 + (byte & 0x7f), 0)
}

function latin1({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1')
}
