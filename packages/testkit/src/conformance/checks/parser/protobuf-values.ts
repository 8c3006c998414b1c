import type { ConformanceCheck } from '../../check.js'
import { skip } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import {
  delimitedField,
  eachFieldChanged,
  fieldStarts,
  type ProtobufField,
  varintField,
} from '../../lab/protobuf-bytes.js'
import { messagesOf, peekOf } from '../../lab/reading.js'
import { samples } from '../../lab/samples.js'
import { expectKinds } from './garbage.js'

const area = {
  level: 'must',
  needs: ['frames'],
  file: 'parser.ts',
  docs: 'writing-an-adapter.md#strategy-3-the-parser',
} as const

/** Changed frames that are tried of each: of the many levels of a book, the first are as good as any. */
const mostChanged = 300

const wrongTexts = ['', 'x', '-1', '1e400', 'NaN'] as const

/** Protobuf frames that are whole, and do not say what they should. */
export const protobufValueChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'parser.protobuf-missing-fields',
    title: 'a protobuf field that is not there never throws, and no NaN comes of it',
    run: (lab) => eachChangedFrame(lab, () => [Buffer.alloc(0)]),
  },
  {
    ...area,
    id: 'parser.protobuf-wrong-values',
    title: 'a protobuf field with a value of another kind never throws, and no NaN comes of it',
    run: (lab) =>
      eachChangedFrame(lab, ({ number }) => [
        ...wrongTexts.map((text) => delimitedField(number, text)),
        varintField(number, 0),
        varintField(number, 2 ** 40),
      ]),
  },
]

async function eachChangedFrame(lab: Lab, change: (field: ProtobufField) => readonly Uint8Array[]): Promise<void> {
  let count = 0
  for (const { frame, parser: makeParser } of await samples(lab)) {
    if (typeof frame.content === 'string' || (fieldStarts(frame.content) ?? []).length === 0) continue
    count += 1
    const parser = makeParser()
    let tried = 0
    for (const content of eachFieldChanged(frame.content, change)) {
      peekOf(parser, { content, at: frame.at })
      expectKinds(messagesOf(parser, { content, at: frame.at }), content)
      tried += 1
      if (tried === mostChanged) break
    }
  }
  if (count === 0) skip('None of its frames are protobuf.')
}
