import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tradingPair } from '../../model/instrument.js'
import { ByteTable } from '../byte-table.js'
import { seeded } from '../seeded.js'
import { SymbolTable } from '../symbol-table.js'
import {
  type ProtoDeclaration,
  type ProtoField,
  protoAmount,
  protoAmountOrNone,
  protoDecimal,
  protoDigits,
  protoInt32,
  protoInteger,
  protoLevels,
  protoMessage,
  protoOneOf,
  protoRepeated,
  protoText,
} from './proto-field.js'
import { type ProtoShape, type ProtoSlot, protoShape } from './proto-shape.js'
import { deviantProto, sampleProto } from './sample.js'
import { decodeSlowly } from './slow-decoder.js'

/** How many declarations the fuzz tests try. */
const fuzzCases = Number(process.env.TAPEWIRE_FUZZ_CASES ?? 60)
const fuzzTimeout = 20_000 + fuzzCases * 100

const deal = protoShape({ price: protoDecimal(1), fee: protoAmount(2), isMaker: protoInteger(3), id: protoText(4) })
const push = protoShape({
  channel: protoText(1),
  version: protoDigits(2),
  sendTime: protoInteger(3),
  bids: protoLevels(4),
  deals: protoRepeated(5, deal.declaration),
  last: protoMessage(6, deal.declaration),
  body: protoOneOf(301, 302, { publicDeals: 301, publicDepth: 302 }),
})
const { slots } = push
const blank = { channel: '', version: '', sendTime: 0, bids: [], deals: [], last: undefined, body: undefined }
const blankDeal = { price: '', fee: '', isMaker: false, id: '' }

describe('ProtoShape.load', () => {
  test('fills the slots from what a library decoded', () => {
    const message = {
      channel: 'spot@龙虾USDT',
      version: '80000000014',
      sendTime: 1_767_225_600_000,
      bids: [{ price: '0.50', quantity: '2e1' }],
      deals: [blankDeal, { price: '7.5', fee: '0.0010', isMaker: true, id: 'x' }],
      last: { ...blankDeal, id: 'the last' },
      body: { $case: 'publicDepth', value: { ...blankDeal, price: '9' } },
    }
    expect(push.load(message)).toBeNull()
    expect(push.text(slots.channel)).toBe('spot@龙虾USDT')
    expect(push.number(slots.version)).toBe(80_000_000_014)
    expect(push.number(slots.sendTime)).toBe(1_767_225_600_000)
    expect(push.levels(slots.bids)).toEqual([0.5, 20])
    expect(push.count(slots.deals)).toBe(2)
    expect(push.scanItem(slots.deals, 1, deal)).toBe(true)
    expect(deal.number(deal.slots.price)).toBe(7.5)
    expect(deal.textOrNull(deal.slots.fee)).toBe('0.0010')
    expect(deal.number(deal.slots.isMaker)).toBe(1)
    expect(push.scanItem(slots.deals, 0, deal)).toBe(true)
    expect([deal.numberOrNull(deal.slots.price), deal.textOrNull(deal.slots.fee)]).toEqual([null, null])
    expect(push.scanWithin(slots.last, deal)).toBe(true)
    expect(deal.text(deal.slots.id)).toBe('the last')
    expect(push.which(slots.body)).toBe(302)
    expect(push.scanWithin(slots.body, deal)).toBe(true)
    expect(deal.number(deal.slots.price)).toBe(9)
  })

  test('gives absent fields their default, whatever was there before', () => {
    expect(push.load({ ...blank, sendTime: 7, body: { $case: 'publicDeals', value: {} } })).toBeNull()
    expect([push.has(slots.sendTime), push.has(slots.body)]).toEqual([true, true])
    expect(push.load({ ...blank, sendTime: undefined })).toBeNull()
    expect([push.has(slots.sendTime), push.has(slots.body), push.which(slots.body)]).toEqual([false, false, 0])
    expect([push.numberOrNull(slots.version), push.textOrNull(slots.channel)]).toEqual([null, null])
    expect([push.count(slots.deals), push.levels(slots.bids)]).toEqual([0, []])
    expect(push.scanWithin(slots.last, deal)).toBe(true)
    expect(deal.numberOrNull(deal.slots.price)).toBeNull()
  })

  test.each([
    [{ channel: 7 }, 'channel is 7, not text'],
    [{ version: '1.0' }, 'version is "1.0", not a whole number'],
    [{ version: '9007199254740993' }, 'version is "9007199254740993", not a whole number'],
    [{ sendTime: '7' }, 'sendTime is "7", not a whole number'],
    [{ bids: {} }, 'bids is {}, not a list of messages'],
    [{ bids: [{ price: '', quantity: '1' }] }, 'bids is [{"price":"","quantity":"1"}], not a list of prices and sizes'],
    [{ deals: [7] }, 'deals is [7], not a list of messages'],
    [{ last: 'x' }, 'last is "x", not a message'],
    [{ body: { $case: 'new', value: {} } }, 'body is {"$case":"new","value":{}}, not one of the declared cases'],
  ])('says what is wrong with %j', (changes, fault) => {
    expect(push.load({ ...blank, ...changes })).toBe(fault)
    expect(push.fault).toBe(fault)
  })

  test('says what is wrong with a message within', () => {
    expect(
      push.load({
        ...blank,
        deals: [
          { ...blankDeal, price: 'x' },
          { ...blankDeal, fee: '1,5' },
        ],
      }),
    ).toBeNull()
    expect(push.scanItem(slots.deals, 0, deal)).toBe(false)
    expect(deal.fault).toBe('price is "x", not a decimal number')
    expect(push.scanItem(slots.deals, 1, deal)).toBe(false)
    expect(deal.fault).toBe('fee is "1,5", not an exact amount')
  })

  test('takes what is no amount for none, where one that matters less than its message may be so', () => {
    const order = protoShape({ price: protoAmountOrNone(1), id: protoText(2) })
    const { price, id } = order.slots
    for (const text of ['1,5', '0x10', 'abc', '1e999']) {
      expect(order.load({ price: text, id: '7' })).toBeNull()
      expect([order.textOrNull(price), order.numberOrNull(price), order.text(id)]).toEqual([null, null, '7'])
    }
    expect(order.load({ price: '1.5e-7', id: '7' })).toBeNull()
    expect(order.textOrNull(price)).toBe('1.5e-7')
  })

  test('finds symbols and streams by text', () => {
    const symbols = new SymbolTable((wire) => tradingPair(wire.slice(0, -4), wire.slice(-4)))
    const streams = new ByteTable<number>()
    streams.set('龙虾USDT', 7)
    expect(push.load({ ...blank, channel: '龙虾USDT' })).toBeNull()
    expect(push.instrument(slots.channel, symbols)).toBe(tradingPair('龙虾', 'USDT'))
    expect(push.lookUp(slots.channel, streams)).toBe(7)
    expect(push.load(blank)).toBeNull()
    expect(push.lookUp(slots.channel, streams)).toBeUndefined()
  })
})

const kinds: readonly ((number: number) => ProtoField)[] = [
  protoAmount,
  protoAmountOrNone,
  protoDecimal,
  protoDigits,
  (number) => protoInteger(number, 1, 2),
  (number) => protoInt32(number, 1, 2),
  protoText,
  protoLevels,
]
const { declaration: declarations } = fc.letrec<{
  declaration: ProtoDeclaration
  field: (number: number) => ProtoField
}>((tie) => ({
  field: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 4, arbitrary: fc.constantFrom(...kinds) },
    { weight: 1, arbitrary: tie('declaration').map((inner) => (number: number) => protoMessage(number, inner)) },
    { weight: 1, arbitrary: tie('declaration').map((inner) => (number: number) => protoRepeated(number, inner)) },
  ),
  declaration: fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }),
      fc.array(tie('field'), { minLength: 6, maxLength: 6 }),
      fc.boolean(),
    )
    .map(([numbers, fields, hasBody]) => ({
      ...Object.fromEntries(numbers.map((number, index) => [`f${number}`, fields[index]?.(number) as ProtoField])),
      ...(hasBody ? { body: protoOneOf(301, 303, { one: 301, two: 302, three: 303 }) } : {}),
    })),
}))

const shapes = new WeakMap<ProtoDeclaration, ProtoShape<ProtoDeclaration>>()

function shapeOf(declaration: ProtoDeclaration): ProtoShape<ProtoDeclaration> {
  const shape = shapes.get(declaration) ?? protoShape(declaration)
  shapes.set(declaration, shape)
  return shape
}

/** All that the accessors say of a message; null where a message within is refused. */
function read(declaration: ProtoDeclaration): unknown[] | null {
  const shape = shapeOf(declaration)
  const own = Object.entries(declaration).map(([name, field]) =>
    readField(shape, field, shape.slots[name] as ProtoSlot<never>),
  )
  // Messages within come last: they may be of this very shape.
  const within = Object.entries(declaration).map(([name, field]) =>
    readWithin(shape, field, shape.slots[name] as ProtoSlot<never>),
  )
  return within.includes(null) ? null : [own, within]
}

function readField(shape: ProtoShape<ProtoDeclaration>, field: ProtoField, slot: ProtoSlot<never>): unknown {
  switch (field.kind) {
    case 'levels':
      return shape.levels(slot)
    case 'repeated':
      return shape.count(slot)
    case 'oneOf':
      return [shape.has(slot), shape.which(slot)]
    case 'text':
      return [shape.has(slot), shape.text(slot), shape.bytes.toString('utf8', shape.start(slot), shape.end(slot))]
    case 'amount':
      return [shape.has(slot), shape.number(slot), shape.textOrNull(slot)]
    case 'message':
      return shape.has(slot)
    default:
      return [shape.has(slot), shape.number(slot)]
  }
}

function readWithin(shape: ProtoShape<ProtoDeclaration>, field: ProtoField, slot: ProtoSlot<never>): unknown {
  if (field.kind === 'message') return shape.scanWithin(slot, shapeOf(field.inner)) ? read(field.inner) : null
  if (field.kind !== 'repeated') return undefined
  const items = Array.from({ length: shape.count(slot) }, (_, index) =>
    shape.scanItem(slot, index, shapeOf(field.inner)) ? read(field.inner) : null,
  )
  return items.includes(null) ? null : items
}

/** The message as a library would decode it. */
function decode(declaration: ProtoDeclaration, bytes: Buffer): Record<string, unknown> {
  const fields = decodeSlowly(bytes)
  return Object.fromEntries(Object.entries(declaration).map(([name, field]) => [name, decodeField(field, fields)]))
}

function decodeField(field: ProtoField, fields: ReturnType<typeof decodeSlowly>): unknown {
  const values = fields.get(field.number) ?? []
  switch (field.kind) {
    case 'oneOf': {
      const [name] = Object.entries(field.cases).find(([, number]) => fields.has(number)) ?? []
      return name === undefined ? undefined : { $case: name, value: {} }
    }
    case 'repeated':
      return values.map((value) => decode(field.inner, value as Buffer))
    case 'levels':
      return values.map((value) => decode({ price: protoText(1), quantity: protoText(2) }, value as Buffer))
    case 'message':
      return values.length === 0 ? undefined : decode(field.inner, values[0] as Buffer)
    default:
      return typeof values[0] === 'bigint' ? Number(values[0]) : values[0]?.toString('utf8')
  }
}

/** Compares what a scan reads with what is loaded; false where it reads nothing. */
function isReadAlike(declaration: ProtoDeclaration, bytes: Buffer): boolean {
  const shape = shapeOf(declaration)
  const scanned = shape.scan(bytes, 0, bytes.length) ? read(declaration) : null
  if (scanned === null) return false
  expect(shape.load(decode(declaration, bytes)), bytes.toString('hex')).toBeNull()
  const loaded = read(declaration)
  if (!isDeepStrictEqual(loaded, scanned)) expect(loaded, bytes.toString('hex')).toStrictEqual(scanned)
  return true
}

test('a scan reads every declared message, and reads what is loaded of it', { timeout: fuzzTimeout }, () => {
  fc.assert(
    fc.property(declarations, fc.nat(), (declaration, seed) => {
      const random = seeded(seed)
      for (let run = 0; run < 10; run += 1)
        expect(isReadAlike(declaration, sampleProto(declaration, random))).toBe(true)
    }),
    { numRuns: fuzzCases },
  )
})

test('whatever a scan accepts is loaded alike', { timeout: fuzzTimeout }, () => {
  let accepted = 0
  fc.assert(
    fc.property(declarations, fc.nat(), (declaration, seed) => {
      const random = seeded(seed)
      for (let run = 0; run < 20; run += 1)
        accepted += Number(isReadAlike(declaration, deviantProto(declaration, random)))
    }),
    { numRuns: fuzzCases },
  )
  expect(accepted).toBeGreaterThan(fuzzCases)
})
