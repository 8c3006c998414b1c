/** How a frame departs from a final, unmasked one with the shortest form of its length. */
export interface FrameForm {
  readonly isFinal?: boolean
  /** Reserved bits, 0x40, 0x20 and 0x10, or-ed. */
  readonly reserved?: number
  readonly isMasked?: boolean
  /** A longer form of the length than it needs. */
  readonly lengthBits?: 16 | 64
  /** The length that the header claims, where it is not the payload's. */
  readonly claimedLength?: number
}

/** The bytes of a frame as a server sends it, or as a broken one might. */
export function serverFrame(opcode: number, payload: string | Uint8Array = '', form: FrameForm = {}): Buffer {
  const body = Buffer.from(payload as Uint8Array)
  const length = form.claimedLength ?? body.length
  const bits = Math.max(form.lengthBits ?? 7, length < 126 ? 7 : length < 0x10000 ? 16 : 64)
  const header = Buffer.alloc(bits === 7 ? 2 : bits === 16 ? 4 : 10)
  header[0] = (form.isFinal === false ? 0 : 0x80) | (form.reserved ?? 0) | opcode
  header[1] = (form.isMasked === true ? 0x80 : 0) | (bits === 7 ? length : bits === 16 ? 126 : 127)
  if (bits === 16) header.writeUInt16BE(length, 2)
  if (bits === 64) header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat(form.isMasked === true ? [header, Buffer.alloc(4), body] : [header, body])
}

/** A close frame's payload. */
export function closePayload(code: number, reason: string | Uint8Array = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason as Uint8Array)])
}
