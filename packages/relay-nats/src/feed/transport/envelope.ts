/**
 * What passes between the transport and the parser of a consumer, as one binary frame: what arrived and on which subject, so that a recording of it can be read by itself.
 *
 *     byte 0       kind: 1 a frame of a relay, 2 what is wrong with the stream from here on (until when it was whole, float64, little endian, NaN where nobody knows; then UTF-8), 3 bytes that are nobody's frame,
 *                  4 what was stored has been told until here (UTF-8), 5 of every stream, and nothing follows (UTF-8)
 *     bytes 1-4    the mark, unsigned, little endian. Of 1: how many of its records were told already; of a stored one 1 where its relay has been followed by another. Of 2: 1 where who called
 *                  itself the owner last is none. Otherwise 0
 *     bytes 5-6    length of the subject, unsigned, little endian
 *     then         the subject, and what arrived
 */
export type EnvelopeKind = 'frame' | 'fault' | 'foreign' | 'caught-up' | 'end'

const codeOf: Readonly<Record<EnvelopeKind, number>> = { frame: 1, fault: 2, foreign: 3, 'caught-up': 4, end: 5 }
const kinds: readonly (EnvelopeKind | null)[] = [null, 'frame', 'fault', 'foreign', 'caught-up', 'end']

export const subjectStart = 7

/** The mark of a fault behind which the owner before the last one is followed on. */
export const disownedMark = 1

/** Writes envelopes into one piece of memory that grows as needed: each is good until the next. */
export class EnvelopeWriter {
  #bytes = Buffer.allocUnsafe(64 * 1024)

  /** Returns where the envelope ends in `bytes`. */
  write(kind: EnvelopeKind, subject: Uint8Array, mark: number, payload: Uint8Array): number {
    const payloadStart = subjectStart + subject.length
    const end = payloadStart + payload.length
    if (end > this.#bytes.length) this.#bytes = Buffer.allocUnsafe(end * 2)
    const bytes = this.#bytes
    bytes[0] = codeOf[kind]
    // Cuts off the higher bits itself; Buffer's own checks of the range cost as much as the copy of a short frame.
    bytes[1] = mark
    bytes[2] = mark >>> 8
    bytes[3] = mark >>> 16
    bytes[4] = mark >>> 24
    bytes[5] = subject.length
    bytes[6] = subject.length >>> 8
    bytes.set(subject, subjectStart)
    bytes.set(payload, payloadStart)
    return end
  }

  get bytes(): Buffer {
    return this.#bytes
  }
}

/** What is wrong with a stream, as the payload of an envelope. */
export function faultPayload(reason: string, wholeUntil: number | null): Buffer {
  const text = Buffer.from(reason)
  const payload = Buffer.allocUnsafe(8 + text.length)
  payload.writeDoubleLE(wholeUntil ?? Number.NaN)
  payload.set(text, 8)
  return payload
}

/** Reads it again; null for what is none. */
export function readFault(payload: Buffer): { readonly reason: string; readonly wholeUntil: number | null } | null {
  if (payload.length < 8) return null
  const wholeUntil = payload.readDoubleLE()
  return { reason: payload.toString('utf8', 8), wholeUntil: Number.isFinite(wholeUntil) ? wholeUntil : null }
}

export function kindAt(bytes: Uint8Array, start: number): EnvelopeKind | null {
  return kinds[bytes[start] as number] ?? null
}
