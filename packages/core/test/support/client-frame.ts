/** A frame as a client sends it, unmasked. */
export interface ClientFrame {
  readonly isFinal: boolean
  readonly opcode: number
  readonly isMasked: boolean
  /** The form of its length: 0 to 125 itself, 126 for 16 bits, 127 for 64. */
  readonly lengthForm: number
  readonly mask: Buffer
  readonly payload: Buffer
  /** Bytes on the wire, header included. */
  readonly size: number
}

/** The frame at the start of `bytes`, by the letter of RFC 6455, section 5.2; null where it is not all there. */
export function readClientFrame(bytes: Buffer): ClientFrame | null {
  if (bytes.length < 2) return null
  const [first, second] = [bytes[0] as number, bytes[1] as number]
  const lengthForm = second & 0x7f
  const lengthBytes = lengthForm === 126 ? 2 : lengthForm === 127 ? 8 : 0
  const maskAt = 2 + lengthBytes
  const start = maskAt + (second >= 0x80 ? 4 : 0)
  if (bytes.length < start) return null
  const length = lengthBytes === 0 ? lengthForm : Number.parseInt(bytes.toString('hex', 2, maskAt), 16)
  const size = start + length
  if (bytes.length < size) return null
  const mask = Buffer.from(bytes.subarray(maskAt, start))
  const payload = Buffer.from(bytes.subarray(start, size))
  for (let index = 0; mask.length > 0 && index < length; index += 1) {
    payload[index] = (payload[index] as number) ^ (mask[index % 4] as number)
  }
  return { isFinal: first >= 0x80, opcode: first & 0x0f, isMasked: second >= 0x80, lengthForm, mask, payload, size }
}
