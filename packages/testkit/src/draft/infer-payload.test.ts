import {
  arrayOf,
  choice,
  decimal,
  decimalEither,
  decimalNumber,
  decimalOrEmpty,
  flag,
  frameJson,
  id,
  integer,
  type JsonDeclaration,
  type JsonPart,
  jsonShape,
  nullable,
  optional,
  priceLevels,
  priceLevelsOf,
  signedInteger,
  text,
  tuple,
} from '@tapewire/core/adapter'
import { frameOf, sampleJson } from '@tapewire/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random.js'
import { inferPayload } from './infer-payload.js'
import { type ObjectNode, readJsonNode } from './json-node.js'

const context = { eras: [], constants: new Map<string, string>(), loose: new Set<string>() }

const scalar = fc.constantFrom<JsonPart>(
  integer,
  signedInteger,
  id,
  decimal,
  decimalOrEmpty,
  decimalNumber,
  decimalEither,
  text,
  flag,
  choice('taker', 'maker'),
)
const levels = fc.constantFrom<JsonPart>(
  priceLevels,
  priceLevelsOf({ notation: 'bare', ignored: 1 }),
  priceLevelsOf({ names: ['p', 's'] }),
)
/** Names that say nothing of what a field is for. */
const names = ['alpha', 'beta', 'gamma', 'delta', 'kappa'] as const

const { payload } = fc.letrec<{ payload: JsonDeclaration; part: JsonPart }>((tie) => ({
  payload: fc
    .tuple(
      tie('part'),
      fc.array(fc.tuple(tie('part'), fc.constantFrom('firm', 'optional', 'nullable')), { maxLength: 3 }),
      fc.option(levels),
    )
    .map(([first, more, bids]) => {
      const rest = more.map(([part, presence]) => {
        if (presence === 'firm') return part
        return presence === 'optional' ? optional(part as typeof text) : nullable(part as typeof text)
      })
      const parts = [first, ...rest].map((part, place): [string, JsonPart] => [names[place] as string, part])
      return Object.fromEntries(bids === null ? parts : [...parts, ['bids', bids]])
    }),
  part: fc.oneof(
    { maxDepth: 1, depthIdentifier: 'payload' },
    scalar,
    tie('payload'),
    tie('payload').map((item) => arrayOf(item)),
    fc.tuple(scalar, scalar).map(([one, other]) => arrayOf(tuple({ e0: one, e1: other }))),
  ),
}))

describe('the declaration of frames', () => {
  it('is the one that they are samples of, as far as frames can tell', () => {
    fc.assert(
      fc.property(payload, fc.integer({ min: 1 }), (declaration, seed) => {
        const random = createRandom(seed)
        const samples = Array.from({ length: 80 }, () => sampleJson(declaration, random))
        const inferred = inferPayload(
          samples.map((sample) => readJsonNode(sample) as ObjectNode),
          context,
        )
        expect(told(inferred.declaration as JsonDeclaration)).toEqual(told(declaration))
      }),
      { numRuns: 15 },
    )
  })

  it('reads every frame that it was made of', () => {
    fc.assert(
      fc.property(payload, fc.integer({ min: 1 }), fc.integer({ min: 1, max: 4 }), (declaration, seed, count) => {
        const random = createRandom(seed)
        const samples = Array.from({ length: count }, () => sampleJson(declaration, random))
        const inferred = inferPayload(
          samples.map((sample) => readJsonNode(sample) as ObjectNode),
          context,
        )
        if (inferred.declaration === null) return
        const shape = jsonShape(inferred.declaration)
        for (const sample of samples) {
          const json = frameJson(frameOf(sample))
          expect('fault' in json ? json.fault : shape.load(json.value)).toBeNull()
        }
      }),
      { numRuns: 30 },
    )
  })

  it.each([
    ['in whole ms', ['1767225600123', '1767225601456'], id],
    ['in whole ns', ['1767225600123000111', '1767225601456000222'], id],
    ['in s with a part of one', ['1767225600.123', '1767225601.456'], decimal],
    ['in whole ms, and empty now and then', ['1767225600123', ''], decimalOrEmpty],
  ])('keeps every digit of a time in quotes: %s', (_what, times, word) => {
    const frames = times.map((ts) => readJsonNode(JSON.stringify({ v: 1.5, ts })) as ObjectNode)
    expect(inferPayload(frames, context).declaration?.ts).toEqual(word)
  })
})

/** What frames can tell of a declaration: which texts there may be they do not. */
function told(part: JsonPart): unknown {
  if (typeof part.kind !== 'string')
    return Object.fromEntries(Object.entries(part).map(([name, held]) => [name, told(held as JsonPart)]))
  switch (part.kind) {
    case 'optional':
    case 'nullable':
      return [part.kind, told(part.part as JsonPart)]
    case 'list':
      return ['list', told(part.item as JsonPart)]
    case 'tuple':
      return ['tuple', told(part.elements as JsonPart)]
    case 'choice':
      return text
    default:
      return part
  }
}
