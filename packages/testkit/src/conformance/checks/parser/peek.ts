import type { ParsedMessage, Peek } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { fail } from '../../check-failure.js'
import { recordings } from '../../lab/corpus.js'
import { readJson, writeJson } from '../../lab/json-text.js'
import type { Lab } from '../../lab/lab.js'
import { peekOf, type ReadFrame, readAll } from '../../lab/reading.js'
import { samples } from '../../lab/samples.js'
import { dataChannelOf, isControl, typeNameOf } from '../../truth/message-faults.js'

const area = {
  level: 'must',
  needs: ['frames'],
  file: 'parser.ts',
  docs: 'writing-an-adapter.md#a-look-before-reading',
} as const

/** A look at a frame that waits, against what reading it gives. */
export const peekChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'parser.peek-sees-control',
    title: 'an answer, a pong or a notice is seen as `control`, so that it overtakes data that waits',
    async run(lab) {
      await eachLook(lab, ({ frame, peek, messages }) => {
        if (messages.length === 0 || !messages.every(isControl) || peek === 'control') return
        fail(`peek() does not see control in a frame that is ${typesOf(messages)}`, {
          expected: 'control',
          got: peekText(peek),
          frame: frame.content,
        })
      })
    },
  },
  {
    ...area,
    id: 'parser.peek-leaves-data-in-its-place',
    title: 'data is not taken for `control`: it would overtake what came before it',
    async run(lab) {
      await eachLook(lab, ({ frame, peek, messages }) => {
        if (peek !== 'control' || messages.every((message) => dataChannelOf(message) === null)) return
        fail(`peek() takes a frame for control that is ${typesOf(messages)}`, {
          expected: 'its stream, or null',
          got: 'control',
          frame: frame.content,
        })
      })
    },
  },
  {
    ...area,
    id: 'parser.peek-names-the-stream',
    title: 'a stream that a look at a frame tells is the one whose data reading it gives, and its only one',
    async run(lab) {
      await eachLook(lab, ({ frame, peek, messages }) => {
        if (peek === null || peek === 'control') return
        const other = messages.find(({ stream }) => stream !== peek)
        if (other === undefined) return
        fail('peek() tells another stream than parse()', {
          expected: other.stream?.id ?? typeNameOf(other),
          got: peek.id,
          frame: frame.content,
        })
      })
    },
  },
  {
    ...area,
    id: 'parser.peek-tells-market-data',
    title:
      'of market data that is one stream’s, a look tells the stream, so that what is dropped is counted without reading it',
    level: 'should',
    async run(lab) {
      const untold = new Map<string, ReadFrame>()
      let told = 0
      await eachLook(lab, (read, scope) => {
        const { peek, messages } = read
        const [first] = messages
        if (scope === 'private' || first?.stream == null || messages.some(({ stream }) => stream !== first.stream))
          return
        if (peek === null) untold.set(first.stream.wireChannel, read)
        else told += 1
      })
      const [[wireChannel, read] = []] = untold
      if (wireChannel === undefined) return
      fail(`peek() tells nothing of frames of ${[...untold.keys()].join(', ')}; of ${told} others it told the stream`, {
        expected: read?.messages[0]?.stream?.id,
        got: null,
        ...(read === undefined ? {} : { frame: read.frame.content }),
      })
    },
  },
  {
    ...area,
    id: 'parser.peek-in-any-notation',
    title: 'data that is written in another way is not taken for `control`: null costs only time',
    level: 'should',
    async run(lab) {
      for (const sample of await samples(lab)) {
        const node = readJson(sample.frame.content.toString())
        if (node === null || sample.messages.every((message) => dataChannelOf(message) === null)) continue
        for (const style of [{ space: ' ' }, { isReversed: true }]) {
          const content = writeJson(node, style)
          if (peekOf(sample.parser(), { ...sample.frame, content }) !== 'control') continue
          fail(`peek() takes a frame of ${sample.kind} for control that is written in another way`, {
            expected: 'its stream, or null',
            got: 'control',
            frame: content,
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'parser.peek-changes-nothing',
    title: 'a look at a frame changes nothing: a second look tells the same',
    async run(lab) {
      for (const { parser, frames } of await recordings(lab)) {
        const looking = parser()
        for (const frame of frames) {
          if (frame.dir === 'out') continue
          const [first, second] = [peekOf(looking, frame), peekOf(looking, frame)]
          if (first !== second) {
            fail('peek() tells something else the second time', {
              expected: peekText(first),
              got: peekText(second),
              frame: frame.content,
            })
          }
        }
      }
    },
  },
]

async function eachLook(lab: Lab, look: (read: ReadFrame, scope: 'public' | 'private') => void): Promise<void> {
  for (const { parser, frames, scope } of await recordings(lab)) {
    for (const read of readAll(parser(), frames)) look(read, scope)
  }
}

function typesOf(messages: readonly ParsedMessage[]): string {
  return [...new Set(messages.map(typeNameOf))].join(' and ')
}

function peekText(peek: Peek): string {
  return peek === null ? 'null' : peek === 'control' ? 'control' : `the stream ${peek.id}`
}
