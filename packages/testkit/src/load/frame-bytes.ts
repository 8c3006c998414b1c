/** The bytes of one unfragmented WebSocket frame as a server sends it, unmasked (RFC 6455, section 5.2). */
export function frameBytes(content: string | Buffer): Buffer {
  const payload = typeof content === 'string' ? Buffer.from(content) : content
  const opcode = typeof content === 'string' ? 0x1 : 0x2
  const header = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10)
  header[0] = 0x80 | opcode
  if (payload.length < 126) {
    header[1] = payload.length
  } else if (payload.length < 65_536) {
    header[1] = 126
    header.writeUInt16BE(payload.length, 2)
  } else {
    header[1] = 127
    header.writeBigUInt64BE(BigInt(payload.length), 2)
  }
  return Buffer.concat([header, payload])
}
