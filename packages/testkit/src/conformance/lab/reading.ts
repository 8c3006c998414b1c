import type { MessageParser, ParsedMessage, Peek } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import { CheckFailure } from '../check-failure.js'
import type { RecordedFrame } from './recording.js'

/** One frame as a parser read it. */
export interface ReadFrame {
  readonly frame: RecordedFrame
  readonly peek: Peek
  readonly messages: readonly ParsedMessage[]
}

/** What a parser makes of one frame, looked at first as a frame that waits is. Fails where it throws. */
function readFrame(parser: MessageParser, frame: RecordedFrame): ReadFrame {
  const peek = guarded('peek', frame, () => parser.peek(frameOf(frame.content, frame.at)))
  const parsed = guarded('parse', frame, () => parser.parse(frameOf(frame.content, frame.at)))
  return { frame, peek, messages: Array.isArray(parsed) ? parsed : [parsed as ParsedMessage] }
}

/** What a parser makes of what came over one connection, in order. */
export function readAll(parser: MessageParser, frames: readonly RecordedFrame[]): readonly ReadFrame[] {
  return frames.filter(({ dir }) => dir === 'in').map((frame) => readFrame(parser, frame))
}

function guarded<Result>(method: string, frame: RecordedFrame, read: () => Result): Result {
  try {
    return read()
  } catch (thrown) {
    const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
    throw new CheckFailure(`${method}() threw: ${words}`, {
      frame: frame.content,
      file: 'parser.ts',
      expected: 'a message',
      got: words,
    })
  }
}
