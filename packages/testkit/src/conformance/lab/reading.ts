import type { InboundFrame, MessageParser, ParsedMessage, Peek } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import { CheckFailure, shown } from '../check-failure.js'
import { thrownAt } from '../thrown-at.js'
import type { RecordedFrame } from './recording.js'

/** One frame as a parser read it. */
export interface ReadFrame {
  readonly frame: RecordedFrame
  readonly peek: Peek
  readonly messages: readonly ParsedMessage[]
}

/** What a parser makes of one frame, looked at first as a frame that waits is. Fails where it throws. */
function readFrame(parser: MessageParser, frame: RecordedFrame): ReadFrame {
  return { frame, peek: peekOf(parser, frame), messages: messagesOf(parser, frame) }
}

/** What a parser makes of what came over one connection, in order. */
export function readAll(parser: MessageParser, frames: readonly RecordedFrame[]): readonly ReadFrame[] {
  return frames.filter(({ dir }) => dir === 'in').map((frame) => readFrame(parser, frame))
}

/** What a look at a frame tells. Fails where it throws. */
export function peekOf(parser: MessageParser, { content, at }: Omit<RecordedFrame, 'dir'>): Peek {
  return guarded('peek', content, () => parser.peek(frameOf(content, at)))
}

/** The messages of a frame. Fails where the parser throws, or gives something else than messages. */
export function messagesOf(
  parser: MessageParser,
  { content, at }: Omit<RecordedFrame, 'dir'>,
): readonly ParsedMessage[] {
  return messagesIn(parser, frameOf(content, at))
}

/** As `messagesOf`, of a window on memory. */
export function messagesIn(parser: MessageParser, frame: InboundFrame): readonly ParsedMessage[] {
  const content = frame.bytes.subarray(frame.start, frame.end)
  const parsed: unknown = guarded('parse', content, () => parser.parse(frame))
  const messages: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed]
  const isMessage = (one: unknown): boolean => typeof one === 'object' && one !== null && 'type' in one
  if (messages.every(isMessage)) return messages as readonly ParsedMessage[]
  throw new CheckFailure('parse() returned something else than a message or a list of messages', {
    frame: Buffer.from(content),
    file: 'parser.ts',
    expected: 'a message, or a list of messages',
    got: shown(parsed),
  })
}

function guarded<Result>(method: string, frame: string | Buffer, read: () => Result): Result {
  try {
    return read()
  } catch (thrown) {
    const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
    const at = thrownAt(thrown)
    throw new CheckFailure([`${method}() threw: ${words}`, ...(at === null ? [] : [at.line])].join(', '), {
      frame: Buffer.from(frame),
      file: at?.file ?? 'parser.ts',
      expected: 'a message',
      got: words,
    })
  }
}
