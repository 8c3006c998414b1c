import { randomFillSync } from 'node:crypto'
import { isSendableCloseCode, maxControlLength } from './protocol.js'

const fin = 0x80
const masked = 0x80
const maskBytes = 4

/** A whole frame as a client sends it, masked with four random bytes of its own; RFC 6455, sections 5.2 and 5.3. */
export function composeFrame(opcode: number, payload: string | Uint8Array): Buffer {
  const length = Buffer.byteLength(payload)
  const lengthBytes = length <= 125 ? 0 : length <= 0xffff ? 2 : 8
  const mask = 2 + lengthBytes
  const start = mask + maskBytes
  const frame = Buffer.allocUnsafe(start + length)
  frame[0] = fin | opcode
  frame[1] = masked | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127)
  if (lengthBytes === 2) frame.writeUInt16BE(length, 2)
  if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(length), 2)
  randomFillSync(frame, mask, maskBytes)
  if (typeof payload === 'string') frame.write(payload, start)
  else frame.set(payload, start)
  for (let index = 0; index < length; index += 1) {
    frame[start + index] = (frame[start + index] as number) ^ (frame[mask + (index & 3)] as number)
  }
  return frame
}

/**
 * The payload of a close frame: two bytes of code, then the reason in UTF-8. Throws a `TypeError` for a code that may not be sent, and a `RangeError` for a
 * reason of more than 123 bytes.
 */
export function composeClose(code: number, reason: string): Buffer {
  if (!isSendableCloseCode(code)) {
    throw new TypeError(`${code} is not a close code that may be sent: use 1000 to 1003, 1007 to 1014 or 3000 to 4999.`)
  }
  const length = 2 + Buffer.byteLength(reason)
  if (length > maxControlLength) {
    throw new RangeError(`The close reason has ${length - 2} bytes; ${maxControlLength - 2} are allowed.`)
  }
  const payload = Buffer.allocUnsafe(length)
  payload.writeUInt16BE(code, 0)
  payload.write(reason, 2)
  return payload
}
