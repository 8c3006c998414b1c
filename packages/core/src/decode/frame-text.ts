import { isUtf8 } from 'node:buffer'
import type { InboundFrame } from '../model/inbound-frame.js'

/** The frame's bytes as text; null where they are not valid UTF-8. */
export function frameText(frame: InboundFrame): string | null {
  const window = frame.bytes.subarray(frame.start, frame.end)
  return isUtf8(window) ? window.toString('utf8') : null
}

/** The frame read as JSON, or why it could not be. The reference for every faster way of reading one. */
export function frameJson(frame: InboundFrame): { readonly value: unknown } | { readonly fault: string } {
  const text = frameText(frame)
  if (text === null) return { fault: 'not valid UTF-8' }
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { fault: 'not valid JSON' }
  }
}
