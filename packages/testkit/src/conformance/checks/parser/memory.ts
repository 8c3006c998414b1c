import type { InboundFrame, Peek } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { fail } from '../../check-failure.js'
import { recordings } from '../../lab/corpus.js'
import { messagesIn } from '../../lab/reading.js'
import type { RecordedFrame } from '../../lab/recording.js'
import { type Sample, samples } from '../../lab/samples.js'
import { saidText } from '../../truth/said.js'

const area = {
  level: 'must',
  needs: ['frames'],
  file: 'parser.ts',
  docs: 'writing-an-adapter.md#strategy-3-the-parser',
} as const

/** A frame is a window on memory that is used again. */
export const memoryChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'parser.keeps-nothing-of-a-frame',
    title: 'what a message holds is its own: the memory of its frame may be used again',
    async run(lab) {
      for (const { parser, frames } of await recordings(lab)) {
        const reading = parser()
        for (const frame of frames) {
          if (frame.dir === 'out') continue
          const window = windowOf(frame, 0, 0)
          const messages = messagesIn(reading, window)
          const before = saidText(messages)
          window.bytes.fill(0xa5)
          const after = saidText(messages)
          if (before === after) continue
          fail('a message changes when the memory of its frame is used again', {
            expected: before,
            got: after,
            frame: frame.content,
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'parser.remembers-nothing-of-a-frame',
    title:
      'what a parser remembers is its own too: what it reads later does not depend on the memory of earlier frames',
    async run(lab) {
      for (const { parser, frames } of await recordings(lab)) {
        const [kept, spoilt] = [parser(), parser()]
        for (const frame of frames) {
          if (frame.dir === 'out') continue
          const window = windowOf(frame, 0, 0)
          const expected = saidText(messagesIn(kept, windowOf(frame, 0, 0)))
          const got = saidText(messagesIn(spoilt, window))
          window.bytes.fill(0xa5)
          if (expected === got) continue
          fail('a frame is read otherwise where the memory of the frames before it was used again', {
            expected,
            got,
            frame: frame.content,
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'parser.reads-its-window-alone',
    title: 'a frame is read from `start` to `end`, whatever lies before and behind it',
    async run(lab) {
      for (const sample of await samples(lab)) {
        const expected = saidText(sample.messages)
        const alone = peekText(sample.parser().peek(windowOf(sample.frame, 0, 0)))
        for (const [before, behind] of surroundings(sample.frame)) {
          const window = windowOf(sample.frame, before, behind)
          const parser = sample.parser()
          const peek = peekText(parser.peek(window))
          const got = saidText(messagesIn(parser, window))
          if (expected !== got) failOf(sample, expected, got)
          if (peek !== alone) failOf(sample, alone, peek)
        }
      }
    },
  },
]

function peekText(peek: Peek): string {
  return peek === null || peek === 'control' ? String(peek) : peek.id
}

function failOf({ frame, kind }: Sample, expected: unknown, got: unknown): never {
  fail(`a frame of ${kind} is read otherwise where other bytes lie around it`, { expected, got, frame: frame.content })
}

/** Bytes before and behind: nonsense, the frame itself once more, and what continues a number, a text or a list. */
function surroundings({ content }: RecordedFrame): readonly (readonly [before: Buffer | 0, behind: Buffer | 0])[] {
  const whole = Buffer.from(content)
  const nonsense = Buffer.alloc(61, 0xa5)
  return [
    [nonsense, nonsense],
    [whole, whole],
    [Buffer.from('[{"a":"'), Buffer.from('5"}]')],
    [Buffer.alloc(3, 0x7b), Buffer.alloc(70, 0x30)],
    [0, Buffer.from('}'.repeat(9))],
  ]
}

/** A frame as a transport lends it: in the middle of memory. */
function windowOf({ content, at }: RecordedFrame, before: Buffer | 0, behind: Buffer | 0): InboundFrame {
  const whole = Buffer.from(content)
  const [head, tail] = [before === 0 ? Buffer.alloc(0) : before, behind === 0 ? Buffer.alloc(0) : behind]
  // Memory of its own, not a part of what Node shares between small buffers.
  const bytes = Buffer.from(new ArrayBuffer(head.length + whole.length + tail.length))
  bytes.set(head, 0)
  bytes.set(whole, head.length)
  bytes.set(tail, head.length + whole.length)
  return {
    bytes,
    start: head.length,
    end: head.length + whole.length,
    isBinary: typeof content !== 'string',
    receivedAt: at,
  }
}
