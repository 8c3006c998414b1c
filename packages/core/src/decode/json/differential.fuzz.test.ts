import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameOf } from '../../model/inbound-frame.js'
import { ByteTable } from '../byte-table.js'
import { frameJson } from '../frame-text.js'
import { seeded } from '../seeded.js'
import {
  amount,
  amountOrEmpty,
  arrayOf,
  choice,
  choiceOrOther,
  constant,
  decimal,
  decimalEither,
  decimalNumber,
  decimalOrEmpty,
  flag,
  id,
  integer,
  type JsonDeclaration,
  type JsonField,
  type JsonPart,
  nullable,
  optional,
  percentage,
  priceLevels,
  priceLevelsOf,
  signedInteger,
  text,
  tuple,
} from './field.js'
import { type JsonShape, jsonShape, type ListSlots, type Slot } from './json-shape.js'
import { deviantJson, sampleJson } from './sample.js'

/** How many declarations the fuzz tests try. */
const fuzzCases = Number(process.env.TAPEWIRE_FUZZ_CASES ?? 60)
const fuzzTimeout = 20_000 + fuzzCases * 100

const fields: readonly JsonField[] = [
  amount,
  amountOrEmpty,
  choice('buy', 'sell', 'b"\\é'),
  choiceOrOther('limit', 'market'),
  constant('spot.example'),
  decimal,
  decimalEither,
  decimalNumber,
  decimalOrEmpty,
  flag,
  id,
  integer,
  percentage,
  priceLevels,
  priceLevelsOf({ names: ['p', 's'], keepsDigits: true }),
  priceLevelsOf({ names: ['price', 'size'], notation: 'bare' }),
  priceLevelsOf({ notation: 'bare', ignored: 1, keepsDigits: true }),
  priceLevelsOf({ ignored: 2 }),
  signedInteger,
  text,
]

const { declaration: declarations } = fc.letrec<{ declaration: JsonDeclaration; required: JsonPart; part: JsonPart }>(
  (tie) => ({
    required: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 5, arbitrary: fc.constantFrom(...fields) },
      { weight: 1, arbitrary: tie('declaration') },
      { weight: 1, arbitrary: tie('declaration').map(arrayOf) },
      { weight: 1, arbitrary: tie('declaration').filter(isTupleLike).map(tuple) },
      {
        weight: 1,
        arbitrary: tie('declaration')
          .filter(isTupleLike)
          .map((elements) => arrayOf(tuple(elements))),
      },
    ),
    part: fc.tuple(tie('required'), fc.constantFrom('required', 'optional', 'nullable')).map(([part, presence]) => {
      if (presence === 'required' || part.kind === 'constant') return part
      return presence === 'optional' ? optional(part as JsonField) : nullable(part as JsonField)
    }),
    declaration: fc
      .tuple(
        fc.uniqueArray(fc.constantFrom(...'abcdefgh', 'kind', 'a"b', 'é'), { minLength: 1, maxLength: 5 }),
        fc.array(tie('part'), { minLength: 5, maxLength: 5 }),
      )
      .map(([names, parts]) => Object.fromEntries(names.map((name, index) => [name, parts[index] as JsonPart])))
      .filter((declaration) => Object.values(declaration)[0]?.kind !== 'optional'),
  }),
)

/** Nothing stands behind an optional element. */
function isTupleLike(declaration: JsonDeclaration): boolean {
  const parts = Object.values(declaration)
  const absent = parts.findIndex(({ kind }) => kind === 'optional')
  return absent === -1 || parts.slice(absent).every(({ kind }) => kind === 'optional')
}

const symbols = new ByteTable<string>()
symbols.set('ABC7_USDT', 'seven')
symbols.set('limit', 'limit')

type Shape = JsonShape<JsonDeclaration>

/** All that the accessors say of a part. */
function read(shape: Shape, part: JsonPart, slots: unknown): unknown {
  if (typeof part.kind !== 'string') return readGroup(shape, part as JsonDeclaration, slots)
  const field = part as Exclude<JsonPart, JsonDeclaration>
  switch (field.kind) {
    case 'optional':
    case 'nullable':
      return read(shape, field.part, slots)
    case 'tuple':
      return readGroup(shape, field.elements, slots)
    case 'list': {
      const list = slots as ListSlots
      const readItem = (_: unknown, place: number): unknown => {
        shape.item(list, place)
        return read(shape, field.item, list.item)
      }
      return Array.from({ length: shape.count(list) }, readItem).reverse()
    }
    case 'constant':
      return slots
    case 'flag':
      return shape.flag(slots as Slot<'flag'>)
    case 'choice':
      return shape.choice(slots as Slot<'choice'>)
    case 'levels':
      return [shape.levels(slots as Slot<'levels'>), shape.levelDigits(slots as Slot<'levels'>)]
    case 'decimal':
      return shape.number(slots as Slot<'decimal'>)
    case 'integer':
      return [shape.number(slots as Slot<'integer'>), shape.digits(slots as Slot<'integer'>)]
    case 'text':
      return readText(shape, slots as Slot<'text'>)
    case 'openChoice':
      return [shape.choice(slots as Slot<'openChoice'>), readText(shape, slots as Slot<'openChoice'>)]
    default:
      return [shape.numberOrNull(slots as Slot<'id'>), readText(shape, slots as Slot<'id'>)]
  }
}

function readGroup(shape: Shape, declaration: JsonDeclaration, slots: unknown): unknown {
  const entries = Object.entries(declaration)
  return entries.map(([name, part]) => read(shape, part, (slots as Readonly<Record<string, unknown>>)[name]))
}

function readText(shape: Shape, slot: Slot<'text' | 'openChoice' | 'id'>): unknown {
  const start = shape.start(slot)
  const window = start === -1 ? null : shape.bytes.toString('utf8', start, shape.end(slot))
  return [shape.text(slot), window, shape.lookUp(slot, symbols)]
}

/** What a scan of the text reads; null where it says no. Other bytes stand around it. */
function scanned(shape: Shape, json: string): unknown {
  const bytes = Buffer.from(`7"${json}7"}`)
  return shape.scan(bytes, 2, bytes.length - 3) ? read(shape, shape.declaration, shape.slots) : null
}

/** What the reference reads, or its fault as text. */
function loaded(shape: Shape, json: string): unknown {
  const parsed = frameJson(frameOf(json))
  if ('fault' in parsed) return parsed.fault
  return shape.load(parsed.value) ?? read(shape, shape.declaration, shape.slots)
}

function demand(reference: unknown, read: unknown, json: string): void {
  if (!isDeepStrictEqual(reference, read)) expect(reference, json).toStrictEqual(read)
}

test('a scan reads every declared payload, and reads what the reference does', { timeout: fuzzTimeout }, () => {
  fc.assert(
    fc.property(declarations, fc.nat(), (declaration, seed) => {
      const shape = jsonShape(declaration)
      const random = seeded(seed)
      for (let run = 0; run < 8; run += 1) {
        const json = sampleJson(declaration, random)
        const read = scanned(shape, json)
        if (read === null) expect.fail(`refused ${json}`)
        demand(loaded(shape, json), read, json)
      }
    }),
    { numRuns: fuzzCases },
  )
})

test('whatever a scan accepts, the reference reads alike', { timeout: fuzzTimeout }, () => {
  let accepted = 0
  fc.assert(
    fc.property(declarations, fc.nat(), (declaration, seed) => {
      const shape = jsonShape(declaration)
      const random = seeded(seed)
      for (let run = 0; run < 12; run += 1) {
        const json = deviantJson(declaration, random)
        const read = scanned(shape, json)
        const reference = loaded(shape, json)
        if (read === null) continue
        accepted += 1
        demand(reference, read, json)
      }
    }),
    { numRuns: fuzzCases },
  )
  expect(accepted).toBeGreaterThan(fuzzCases)
})
