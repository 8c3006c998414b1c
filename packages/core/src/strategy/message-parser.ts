import type { InboundFrame } from '../model/inbound-frame.js'
import type { ParsedMessage } from '../model/message.js'

/**
 * Reads frames. Never throws: bytes that cannot be read are ERROR (`ERR_MALFORMED_FRAME`), well-formed messages that nobody knows are UNKNOWN,
 * and known ones outside the normalised channels are OTHER. Keeps nothing of the frame: what the message holds is copied.
 */
export interface MessageParser {
  parse(frame: InboundFrame): ParsedMessage | readonly ParsedMessage[]
  /**
   * Whether the frame is control traffic (acknowledgement, pong, notice) rather than data, told by a cheap look at the bytes.
   * Control frames overtake data that waits for a slow handler, so that a handler may itself await `subscribe()`. A false "yes" costs order, a false "no" only time.
   */
  isControl(frame: InboundFrame): boolean
  /**
   * How often the fast decoder handed a frame to the reference decoder, by wire channel: how a schema change at the venue shows first.
   * Absent where a parser has only one decoder.
   */
  readonly fallbacks?: ReadonlyMap<string, number>
}
