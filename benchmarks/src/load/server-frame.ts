/** The bytes of one unfragmented, unmasked frame (RFC 6455, section 5.2): text for a string, binary for bytes. */
export function serverFrame(content: string | Uint8Array): Buffer {
  const payload = Buffer.from(content as string)
  const opcode = typeof content === 'string' ? 0x1 : 0x2
  const lengthBytes = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8
  const header = Buffer.alloc(2 + lengthBytes)
  header[0] = 0x80 | opcode
  header[1] = lengthBytes === 0 ? payload.length : lengthBytes === 2 ? 126 : 127
  if (lengthBytes === 2) header.writeUInt16BE(payload.length, 2)
  if (lengthBytes === 8) header.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([header, payload])
}
