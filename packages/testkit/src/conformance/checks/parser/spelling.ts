import { isDeepStrictEqual } from 'node:util'
import { channels, MessageType } from '@tapewire/core'
import { type ParsedMessage, traitsOf } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { fail, skip } from '../../check-failure.js'
import { type JsonNode, mapJson, readJson, scalar, writeJson } from '../../lab/json-text.js'
import type { Lab } from '../../lab/lab.js'
import { fieldStarts, unknownFields } from '../../lab/protobuf-bytes.js'
import { isPlain, readAs, type Sample, samples } from '../../lab/samples.js'
import { dataChannelOf } from '../../truth/message-faults.js'
import { said, saidUnordered } from '../../truth/said.js'

const area = {
  level: 'must',
  needs: ['frames'],
  file: 'parser.ts',
  docs: 'writing-an-adapter.md#a-payload',
} as const

/** Frames that mean the same and are written otherwise. */
export const spellingChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'parser.fields-that-are-new',
    title: 'a field that the exchange adds to its messages changes nothing',
    async run(lab) {
      await eachJson(lab, (sample, node) => {
        if (node.kind === 'object') expectSame(sample, writeJson(withField(node)), 'with a new field at its end')
      })
    },
  },
  {
    ...area,
    id: 'parser.fields-that-are-new-inside',
    title: 'a field that the exchange adds to the rows of its messages changes nothing',
    level: 'should',
    async run(lab) {
      await eachJson(lab, (sample, node) => {
        const everywhere = mapJson(node, (one) => (one.kind === 'object' ? withField(one) : one))
        expectSame(sample, writeJson(everywhere), 'with a new field in every object')
      })
    },
  },
  {
    ...area,
    id: 'parser.fields-in-any-order',
    title: 'the order of fields says nothing',
    async run(lab) {
      await eachJson(lab, (sample, node) => {
        const content = writeJson(node, { isReversed: true })
        const messages = readAs(sample, content)
        if (isDeepStrictEqual(saidUnordered(messages), saidUnordered(sample.messages))) return
        failOf(sample, content, messages, 'with its fields in the opposite order')
      })
    },
  },
  {
    ...area,
    id: 'parser.spaces-say-nothing',
    title: 'spaces between the fields of JSON say nothing',
    async run(lab) {
      await eachJson(lab, (sample, node) => {
        for (const space of [' ', '\r\n\t ']) {
          expectSame(sample, writeJson(node, { space }), `with ${JSON.stringify(space)} between its fields`)
        }
      })
    },
  },
  {
    ...area,
    id: 'parser.numbers-in-any-notation',
    title: 'a price is the same number with a zero behind it, or an exponent',
    level: 'should',
    docs: 'messages.md#numbers-ids-and-times',
    async run(lab) {
      await eachJson(lab, (sample, node) => {
        if (!sample.messages.every(isOfNumbers)) return
        for (const [change, how] of notations) {
          const respelt = mapJson(node, (one) =>
            one.kind === 'scalar' ? { kind: 'scalar', text: change(one.text) } : one,
          )
          expectSame(sample, writeJson(respelt), how)
        }
      })
    },
  },
  {
    ...area,
    id: 'parser.protobuf-fields-that-are-new',
    title: 'a protobuf field that nobody knows changes nothing',
    async run(lab) {
      const binary = (await samples(lab)).filter(({ frame }) => fieldsOf(frame.content) !== null)
      if (binary.length === 0) skip('None of its frames are protobuf.')
      for (const sample of binary.filter(isPlain)) {
        for (const field of unknownFields()) {
          const content = Buffer.concat([sample.frame.content as Buffer, field])
          expectSame(sample, content, 'with a field behind it that nobody knows')
        }
      }
    },
  },
]

/** Every JSON sample whose messages do not show the frame's own words. Skips the check where there is none. */
async function eachJson(lab: Lab, look: (sample: Sample, node: JsonNode) => void): Promise<void> {
  let count = 0
  for (const sample of (await samples(lab)).filter(isPlain)) {
    const node = readJson(sample.frame.content.toString())
    if (node === null) continue
    count += 1
    look(sample, node)
  }
  if (count === 0) skip('None of its frames are JSON.')
}

function expectSame(sample: Sample, written: string | Buffer, how: string): void {
  const content = typeof sample.frame.content === 'string' ? written : Buffer.from(written)
  const messages = readAs(sample, content)
  if (!isDeepStrictEqual(said(messages), said(sample.messages))) failOf(sample, content, messages, how)
}

function failOf({ kind, messages }: Sample, frame: string | Buffer, got: readonly ParsedMessage[], how: string): never {
  fail(`a frame of ${kind} is read otherwise ${how}`, { expected: said(messages), got: said(got), frame })
}

function withField(node: JsonNode & { readonly kind: 'object' }): JsonNode {
  const added: JsonNode = { kind: 'array', items: [scalar({ of: 'tomorrow' }), scalar(1), scalar(null)] }
  return { kind: 'object', members: [...node.members, ['"new_field_of_tomorrow"', added]] }
}

/** What keeps no text of a number: market data without the digits of a checksum. */
function isOfNumbers(message: ParsedMessage): boolean {
  const channel = dataChannelOf(message)
  if (channel === null || !channels.includes(channel) || traitsOf(channel).scope === 'private') return false
  return message.type !== MessageType.Orderbook || message.data.digits === null
}

const decimal = /^("?)(\d+)\.(\d+)("?)$/

const notations: readonly (readonly [change: (text: string) => string, how: string])[] = [
  [(text) => text.replace(decimal, '$1$2.$30$4'), 'with a zero behind each of its decimals'],
  [
    (text) =>
      text.replace(decimal, (_, open: string, whole: string, fraction: string, close: string) => {
        const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, '')
        return `${open}${digits}e-${fraction.length}${close}`
      }),
    'with an exponent in each of its decimals',
  ],
]

function fieldsOf(content: string | Buffer): readonly number[] | null {
  return typeof content === 'string' || content.length === 0 ? null : fieldStarts(content)
}
