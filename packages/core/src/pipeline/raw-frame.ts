import type { InboundFrame } from '../model/inbound-frame.js'

/** The frame's content as `ParsedMessage.raw` holds it: text, or bytes of its own. */
export function rawOf(frame: InboundFrame): string | Uint8Array {
  return frame.isBinary
    ? new Uint8Array(frame.bytes.subarray(frame.start, frame.end))
    : frame.bytes.toString('utf8', frame.start, frame.end)
}

/** The frame over memory of its own, for after the window is gone. */
export function copyOf(frame: InboundFrame): InboundFrame {
  const bytes = Buffer.from(frame.bytes.subarray(frame.start, frame.end))
  return { ...frame, bytes, start: 0, end: bytes.length }
}
