import { MessageType } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { type FailureDetails, fail, skip } from '../../check-failure.js'
import { recordings } from '../../lab/corpus.js'
import { eachChanged, type JsonNode, readJson, writeJson } from '../../lab/json-text.js'
import type { Lab } from '../../lab/lab.js'
import { fieldStarts } from '../../lab/protobuf-bytes.js'
import { messagesOf, peekOf } from '../../lab/reading.js'
import { differentSamples, type Sample, samples } from '../../lab/samples.js'
import { dataChannelOf, kindFault, typeNameOf } from '../../truth/message-faults.js'
import { garbage } from './garbage-frames.js'

const area = {
  level: 'must',
  needs: ['frames'],
  file: 'parser.ts',
  docs: 'writing-an-adapter.md#strategy-3-the-parser',
} as const

/** Frames that no exchange should send. */
export const garbageChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'parser.garbage-is-no-data',
    title:
      'garbage never throws, and is neither data nor an answer: empty, random, not UTF-8, deep, or JSON of nothing',
    async run(lab) {
      for (const { parser } of await recordings(lab)) {
        const reading = parser()
        for (const { name, content } of garbage()) {
          peekOf(reading, { content, at: 1 })
          const messages = messagesOf(reading, { content, at: 1 })
          expectKinds(messages, content)
          const wrong = messages.find(isMeant)
          if (wrong !== undefined) {
            fail(`${name} is read as ${typeNameOf(wrong)}`, {
              expected: 'ERROR, UNKNOWN or OTHER',
              got: wrong,
              frame: content,
            })
          }
        }
      }
    },
  },
  {
    ...area,
    id: 'parser.garbage-is-told',
    title: 'garbage is told: what cannot be read is ERROR, and what nobody knows UNKNOWN, never nothing',
    async run(lab) {
      for (const { parser } of await recordings(lab)) {
        const reading = parser()
        for (const { name, content, isWellFormed } of garbage()) {
          const messages = messagesOf(reading, { content, at: 1 })
          const isTold = messages.some(({ type }) => type === MessageType.Error || type === MessageType.Unknown)
          if (isTold || (isWellFormed && messages.length > 0)) continue
          fail(`${name} goes unnoticed`, {
            expected: isWellFormed ? 'UNKNOWN, or ERROR' : 'ERROR',
            got: messages.map(typeNameOf),
            frame: content,
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'parser.huge-frames',
    title: 'a frame of 1 MB is read or refused, and never throws',
    async run(lab) {
      const size = 1024 * 1024
      const [recording] = await recordings(lab)
      if (recording === undefined) return
      const parser = recording.parser()
      for (const content of [
        `[${'0,'.repeat(size / 2)}0]`,
        `{"a":"${'x'.repeat(size)}"}`,
        Buffer.alloc(size, 0x0a),
        ' '.repeat(size),
      ]) {
        peekOf(parser, { content, at: 1 })
        expectKinds(messagesOf(parser, { content, at: 1 }), content.slice(0, 64))
      }
    },
  },
  {
    ...area,
    id: 'parser.truncated-frames',
    title: 'a frame that was cut off anywhere never throws, and is no data where it is JSON',
    async run(lab) {
      for (const sample of await differentSamples(lab)) {
        const parser = sample.parser()
        const whole = Buffer.from(sample.frame.content)
        const isText = typeof sample.frame.content === 'string'
        const isJson = isText && readJson(sample.frame.content) !== null
        for (const length of lengths(whole.length)) {
          const cut = whole.subarray(0, length)
          const content = isText ? cut.toString() : cut
          peekOf(parser, { content, at: sample.frame.at })
          const messages = messagesOf(parser, { content, at: sample.frame.at })
          expectKinds(messages, content)
          if (isJson && messages.some(isMeant)) failCut(sample, content, messages)
        }
      }
    },
  },
  {
    ...area,
    id: 'parser.truncated-data-is-an-error',
    title: 'data that was cut off is ERROR, so that its stream is gapped and healed',
    async run(lab) {
      for (const sample of await samples(lab)) {
        const { content, at } = sample.frame
        if (!sample.messages.some((message) => dataChannelOf(message) !== null)) continue
        for (const share of [0.5, 0.9]) {
          const cut = content.slice(0, Math.floor(content.length * share))
          if (!isSurelyCut(content, cut)) continue
          const messages = messagesOf(sample.parser(), { content: cut, at })
          if (messages.some(({ type }) => type === MessageType.Error)) continue
          fail(`a frame of ${sample.kind} that was cut off is not reported`, {
            expected: 'ERROR, ERR_MALFORMED_FRAME',
            got: messages.map(typeNameOf),
            frame: cut,
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'parser.wrong-kinds-of-values',
    title: 'a field with a value of another kind never throws, and no NaN comes of it',
    async run(lab) {
      await eachJson(lab, (sample, node) => {
        const parser = sample.parser()
        for (const text of wrongValues) {
          const wrong: JsonNode = { kind: 'scalar', text }
          for (const changed of some(eachChanged(node, () => wrong))) expectReadable(sample, parser, writeJson(changed))
        }
      })
    },
  },
  {
    ...area,
    id: 'parser.missing-fields',
    title: 'a field that is not there never throws, and no NaN comes of it',
    async run(lab) {
      await eachJson(lab, (sample, node) => {
        const parser = sample.parser()
        for (const changed of some(eachChanged(node, () => null))) expectReadable(sample, parser, writeJson(changed))
      })
    },
  },
  {
    ...area,
    id: 'parser.opcode-that-is-wrong',
    title: 'text in a binary frame, or bytes in one of text, never throw',
    async run(lab) {
      for (const sample of await samples(lab)) {
        const { content, at } = sample.frame
        const flipped = typeof content === 'string' ? Buffer.from(content) : content.toString('latin1')
        const parser = sample.parser()
        peekOf(parser, { content: flipped, at })
        expectKinds(messagesOf(parser, { content: flipped, at }), flipped)
      }
    },
  },
]

const wrongValues = [
  'null',
  'true',
  '{}',
  '[]',
  '""',
  '"x"',
  '-1',
  '1e400',
  '"1e400"',
  '[null]',
  '{"toString":1,"valueOf":1}',
] as const

/** Places of one frame that are tried: of the many levels of a book, the first are as good as any. */
const mostPlaces = 60

function some(changed: Iterable<JsonNode>): readonly JsonNode[] {
  const taken: JsonNode[] = []
  for (const one of changed) {
    if (taken.length === mostPlaces) break
    taken.push(one)
  }
  return taken
}

/** Whether a message says that the frame meant something: data, an answer, a pong. */
function isMeant(message: ParsedMessage): boolean {
  const { type } = message
  return type !== MessageType.Error && type !== MessageType.Unknown && type !== MessageType.Other
}

/** Fails where what was made of a wrong frame is not of the kinds that messages have. */
export function expectKinds(messages: readonly ParsedMessage[], frame: string | Uint8Array): void {
  for (const message of messages) {
    const fault = kindFault(message)
    if (fault === null) continue
    const { place, expected, got } = fault
    fail(`${place} should be ${expected} in what is made of a frame that is wrong`, { expected, got, frame })
  }
}

function expectReadable({ frame }: Sample, parser: ReturnType<Sample['parser']>, text: string): void {
  const content = typeof frame.content === 'string' ? text : Buffer.from(text)
  peekOf(parser, { content, at: frame.at })
  expectKinds(messagesOf(parser, { content, at: frame.at }), content)
}

function failCut({ kind }: Sample, frame: string | Uint8Array, messages: readonly ParsedMessage[]): never {
  const details: FailureDetails = { expected: 'ERROR', got: messages.map(typeNameOf), frame }
  fail(`a frame of ${kind} that was cut off is read as if it were whole`, details)
}

async function eachJson(lab: Lab, look: (sample: Sample, node: JsonNode) => void): Promise<void> {
  let count = 0
  for (const sample of await differentSamples(lab)) {
    const node = readJson(sample.frame.content.toString())
    if (node === null || node.kind === 'scalar') continue
    count += 1
    look(sample, node)
  }
  if (count === 0) skip('None of its frames are JSON.')
}

/** Whether what is left of a frame can be no whole one: of JSON any part, of protobuf one that ends within a field. */
function isSurelyCut(whole: string | Buffer, cut: string | Buffer): boolean {
  if (typeof whole === 'string') return readJson(whole) !== null
  return fieldStarts(whole) !== null && typeof cut !== 'string' && fieldStarts(cut) === null
}

/** Every length below the whole; of long frames each near both ends, and some between. */
function lengths(whole: number): readonly number[] {
  const step = Math.max(1, Math.floor(whole / 60))
  return Array.from({ length: whole }, (_, length) => length).filter(
    (length) => length < 120 || length > whole - 30 || length % step === 0,
  )
}
