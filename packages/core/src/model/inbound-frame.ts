/**
 * One frame as a window on the socket's own memory: bytes `start` (inclusive) to `end` (exclusive) of `bytes`.
 * Valid only until the receiver returns: transports reuse both the object and the memory behind it. Copy what must last.
 */
export interface InboundFrame {
  bytes: Buffer
  start: number
  end: number
  /** The opcode: true for a binary frame, false for text. */
  isBinary: boolean
  /** Epoch milliseconds at which the bytes were read from the socket. */
  receivedAt: number
}

/** A frame over a whole buffer or text: for tests and tools. */
export function frameOf(content: Buffer | string, receivedAt = 0): InboundFrame {
  const isBinary = typeof content !== 'string'
  const bytes = isBinary ? content : Buffer.from(content)
  return { bytes, start: 0, end: bytes.length, isBinary, receivedAt }
}
