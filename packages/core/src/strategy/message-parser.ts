import type { InboundFrame } from '../model/inbound-frame.js'
import type { ParsedMessage } from '../model/message.js'
import type { Stream } from '../model/stream.js'

/**
 * What a cheap look at a frame tells: `control` for an acknowledgement, a pong, a reply or a notice; otherwise the stream whose data it holds, or null where
 * only parsing can tell.
 */
export type Peek = 'control' | Stream | null

/**
 * Reads frames. Never throws: bytes that cannot be read are ERROR (`ERR_MALFORMED_FRAME`), well-formed messages that nobody knows are UNKNOWN,
 * and known ones outside the normalised channels are OTHER. Keeps nothing of the frame: what the message holds is copied.
 *
 * What a parser that remembers may rely on: no frame is read twice. Frames of which `peek` told a stream may never be read at all, where they are dropped or superseded,
 * and one that supersedes may be read before what came earlier on other streams; `control` is read on arrival, before data that waits. Where a frame must be seen
 * whatever becomes of its message, `peek` says null (it is then read in its turn, or when it is dropped), or `control` where it must be seen at once.
 */
export interface MessageParser {
  /** An empty list is an answer: the frame holds nothing to tell. */
  parse(frame: InboundFrame): ParsedMessage | readonly ParsedMessage[]
  /**
   * A cheap look at a frame that has to wait, taken once for each. Control overtakes data that waits for a slow handler, so that a handler may itself await
   * `subscribe()`; what is dropped is counted by its stream without being parsed. A false `control` costs order, a null only time.
   */
  peek(frame: InboundFrame): Peek
  /**
   * A parser of its own for each connection, where reading depends on what the same connection sent before: asked anew whenever a socket has opened, after each
   * reconnect as well. It reads all that this socket brings, the login's answers included, and what of it is delivered after it is gone. Absent where one reads for all.
   */
  forConnection?(): MessageParser
  /**
   * How often the fast decoder handed a frame to the reference decoder, by wire channel: how a schema change at the exchange shows first.
   * Absent where a parser has only one decoder.
   */
  readonly fallbacks?: ReadonlyMap<string, number>
}
