import { malformedFrame } from '../decode/compose-message.js'
import type { InboundFrame } from '../model/inbound-frame.js'
import type { ParsedMessage } from '../model/message.js'
import type { MessageParser } from './message-parser.js'

/** What a parser makes of one frame. */
export type Parsed = ParsedMessage | readonly ParsedMessage[]

/** Reads a frame. A parser must neither throw nor return what is no message; one that does costs a frame, which is reported as malformed, not the process. */
export function readFrame(parser: MessageParser, frame: InboundFrame): Parsed {
  try {
    const parsed = parser.parse(frame)
    if (isMany(parsed) ? areMessages(parsed) : isMessage(parsed)) return parsed
    return malformedFrame(frame.receivedAt, 'the parser returned something that is no message')
  } catch (thrown) {
    const fault = thrown instanceof Error ? thrown.message : String(thrown)
    return malformedFrame(frame.receivedAt, `the parser failed on it (${fault})`)
  }
}

export function isMany(parsed: Parsed): parsed is readonly ParsedMessage[] {
  return Array.isArray(parsed)
}

/** The messages of one frame. */
export function many(parsed: Parsed): readonly ParsedMessage[] {
  return isMany(parsed) ? parsed : [parsed]
}

/** Whatever the types say, an adapter may have been written without them. A `stream` that is none could not be routed, and nobody could use a message without `data`. */
function isMessage(parsed: ParsedMessage | null | undefined): boolean {
  return typeof parsed?.type === 'number' && typeof parsed.stream === 'object' && parsed.data != null
}

/** Index by index: `every` would step over the holes of a list. */
function areMessages(parsed: readonly (ParsedMessage | null | undefined)[]): boolean {
  for (let index = 0; index < parsed.length; index += 1) if (!isMessage(parsed[index])) return false
  return true
}
