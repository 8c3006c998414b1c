/** What a frame is, in the low four bits of its first byte; RFC 6455, section 5.2. */
export const opcodes: {
  readonly continuation: 0x0
  readonly text: 0x1
  readonly binary: 0x2
  readonly close: 0x8
  readonly ping: 0x9
  readonly pong: 0xa
} = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa }

/** Opcodes from here on are control frames: short, never fragmented, allowed between fragments. */
export const firstControlOpcode = 0x8

/** A control frame's payload has at most this many bytes; RFC 6455, section 5.5. */
export const maxControlLength = 125

/** A close frame without a code reads as this one; it is never on the wire. RFC 6455, section 7.1.5. */
export const noCodeReceived = 1005

/** A connection that ended without a close frame reads as this one; it is never on the wire. RFC 6455, section 7.1.5. */
export const endedAbruptly = 1006

/** Whether a close frame may carry this code: RFC 6455, section 7.4, and the IANA registry's 1012 to 1014. */
export function isSendableCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== noCodeReceived && code !== endedAbruptly
}
