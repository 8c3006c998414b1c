import { isDeepStrictEqual } from 'node:util'
import {
  deviantProto,
  frameOf,
  type InboundFrame,
  type ParsedMessage,
  type ProtoDeclaration,
  protoMessage,
  type SymbolTable,
  sampleProto,
} from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { FastPush, fastBodies, pushDeclaration } from '../src/parsers/fast-push.js'
import { ReferencePush } from '../src/parsers/reference-push.js'
import { UnchangedQuotes } from '../src/parsers/unchanged-quotes.js'
import { createSymbolTable } from '../src/symbols.js'

const cases = Number(process.env.TAPEWIRE_FUZZ_CASES ?? 2_000)
const firstSeed = Number(process.env.TAPEWIRE_FUZZ_SEED ?? 1)
type Parsed = ParsedMessage | readonly ParsedMessage[]

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('fast', () => {
  it.each(fastBodies)('$channel agrees', ({ field, shape }) => {
    const declaration: ProtoDeclaration = { ...pushDeclaration, body: protoMessage(field, shape.declaration) }
    let fastCount = 0
    let n = 0
    const run = (generate: typeof sampleProto) => {
      for (const quotes of [false, true]) {
        const fast = new FastPush(createSymbolTable(), quotes ? new UnchangedQuotes() : null)
        const fallback = new ReferencePush(createSymbolTable(), quotes ? new UnchangedQuotes() : null)
        const random = seeded(firstSeed)
        fastCount = 0
        n = 0
        for (let i = 0; i < cases / 2; i += 1) {
          const bytes = generate(declaration, random)
          const frame = { ...frameOf(Buffer.concat([Buffer.from('99'), bytes, Buffer.from('99')]), 7), start: 2, end: bytes.length + 2 }
          const expected = fallback.read(frame)
          const got = fast.read(frame)
          n += 1
          if (got === null) continue
          fastCount += 1
          if (!isDeepStrictEqual(got, expected)) {
            console.log(bytes.toString('hex'))
            expect(got).toStrictEqual(expected)
          }
        }
        console.log(field, generate.name, quotes, fastCount, n)
      }
    }
    run(sampleProto)
    run(deviantProto)
  })
})
