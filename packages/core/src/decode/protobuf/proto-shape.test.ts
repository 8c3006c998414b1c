import { describe, expect, expectTypeOf, test } from 'vitest'
import { tradingPair } from '../../model/instrument.js'
import { seeded } from '../seeded.js'
import { SymbolTable } from '../symbol-table.js'
import {
  type ProtoDeclaration,
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
import { type ProtoSlot, protoShape } from './proto-shape.js'
import { deviantProto, sampleProto } from './sample.js'
import { decodeSlowly } from './slow-decoder.js'
import { compose, lengthField, textField, varint, varintField, wireField } from './wire-field.js'

const item = protoShape({ price: protoDecimal(1), id: protoText(2), kind: protoInteger(3, 1, 2) })
const shape = protoShape({
  price: protoDecimal(1),
  version: protoDigits(2),
  count: protoInteger(3),
  note: protoText(4),
  levels: protoLevels(5),
  items: protoRepeated(15, item.declaration),
  inner: protoMessage(16, item.declaration),
  body: protoOneOf(301, 315),
})
const { slots } = shape

/** Scans a message in the middle of other bytes. */
function scan(message: Buffer): boolean {
  const bytes = Buffer.concat([Buffer.of(0x0a, 0x31), message, Buffer.of(0x31, 0x0a)])
  return shape.scan(bytes, 2, bytes.length - 2)
}

/** What the scan read; null where a message within was refused. */
function scanned(): unknown {
  const items = Array.from({ length: shape.count(slots.items) }, (_, index) =>
    shape.scanItem(slots.items, index, item) ? scannedItem() : null,
  )
  const inner = shape.scanWithin(slots.inner, item) ? scannedItem() : null
  if (inner === null || items.includes(null)) return null
  return {
    price: shape.numberOrNull(slots.price),
    version: shape.numberOrNull(slots.version),
    count: shape.number(slots.count),
    hasCount: shape.has(slots.count),
    note: shape.text(slots.note),
    levels: shape.levels(slots.levels),
    items,
    inner,
    body: shape.which(slots.body),
  }
}

function scannedItem(): unknown {
  return {
    price: item.numberOrNull(item.slots.price),
    id: item.textOrNull(item.slots.id),
    kind: item.number(item.slots.kind),
  }
}

/** What a message says, by the slow decoder. Throws where a declared field is in another wire type or there twice. */
function reference(bytes: Buffer): unknown {
  const fields = decodeSlowly(bytes)
  const bodies = [...fields.keys()].filter((number) => number >= 301 && number <= 315)
  for (const number of bodies) windowsOf(fields, number)
  if (bodies.length > 1) throw new RangeError('two bodies')
  return {
    price: numberOf(fields, 1),
    version: numberOf(fields, 2),
    count: Number(single(fields, 3, 'bigint') ?? 0n),
    hasCount: fields.has(3),
    note: textOf(fields, 4),
    levels: windowsOf(fields, 5).flatMap((level) => {
      const parts = decodeSlowly(level)
      return [Number(textOf(parts, 1)), Number(textOf(parts, 2))]
    }),
    items: windowsOf(fields, 15).map(referenceItem),
    inner: referenceItem((single(fields, 16, 'object') as Buffer | undefined) ?? Buffer.alloc(0)),
    body: bodies[0] ?? 0,
  }
}

function referenceItem(bytes: Buffer): unknown {
  const fields = decodeSlowly(bytes)
  return {
    price: numberOf(fields, 1),
    id: textOf(fields, 2) || null,
    kind: Number(single(fields, 3, 'bigint') ?? 0n),
  }
}

type Fields = ReturnType<typeof decodeSlowly>

function single(fields: Fields, number: number, type: 'bigint' | 'object'): bigint | Buffer | undefined {
  const [value, ...more] = fields.get(number) ?? []
  if (more.length > 0 || (value !== undefined && typeof value !== type)) throw new RangeError(`field ${number}`)
  return value
}

function windowsOf(fields: Fields, number: number): Buffer[] {
  return (fields.get(number) ?? []).map((value) => {
    if (typeof value === 'bigint') throw new RangeError(`field ${number}`)
    return value
  })
}

function textOf(fields: Fields, number: number): string {
  const bytes = single(fields, number, 'object') as Buffer | undefined
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes ?? Buffer.alloc(0))
}

function numberOf(fields: Fields, number: number): number | null {
  const text = textOf(fields, number)
  return text === '' ? null : Number(text)
}

describe('ProtoShape', () => {
  test.each([
    ['087f', 127],
    ['08ffffffff07', 2 ** 31 - 1],
    ['088080808008', null],
    ['08ffffffffffffffffff01', null],
  ])('reads %s as 32 bits, or leaves it to the reference, which cuts off the rest: %j', (hex, expected) => {
    const small = protoShape({ status: protoInt32(1) })
    const bytes = Buffer.from(hex, 'hex')
    const isRead = small.scan(bytes, 0, bytes.length)
    expect(isRead ? small.number(small.slots.status) : null).toBe(expected)
  })

  test('reads every declared message exactly as a slow decoder does', () => {
    const random = seeded(1)
    for (let run = 0; run < 3_000; run += 1) {
      const bytes = sampleProto(shape.declaration, random)
      expect(scan(bytes), bytes.toString('hex')).toBe(true)
      expect(scanned()).toEqual(reference(bytes))
    }
  })

  test('refuses what deviates, or reads it exactly as a slow decoder does', () => {
    const random = seeded(2)
    let accepted = 0
    for (let run = 0; run < 6_000; run += 1) {
      const bytes = deviantProto(shape.declaration, random)
      const read = scan(bytes) ? scanned() : null
      if (read === null) continue
      accepted += 1
      expect(read, bytes.toString('hex')).toEqual(reference(bytes))
    }
    expect(accepted).toBeGreaterThan(500)
    expect(accepted).toBeLessThan(4_000)
  })

  test('gives absent fields their default, whatever the scan before found', () => {
    scan(sampleProto(shape.declaration, seeded(3)))
    expect(scan(Buffer.alloc(0))).toBe(true)
    expect(scanned()).toEqual({
      price: null,
      version: null,
      count: 0,
      hasCount: false,
      note: '',
      levels: [],
      items: [],
      inner: { price: null, id: null, kind: 0 },
      body: 0,
    })
    expect(shape.number(slots.price)).toBeNaN()
  })

  test.each([
    ['a varint that does not end', Buffer.of(0x18, 0x80)],
    ['a varint longer than ten bytes', Buffer.of(0x18, ...new Array(11).fill(0x80), 1)],
    ['an unknown varint longer than ten bytes', Buffer.of(0x30, ...new Array(11).fill(0x80), 1)],
    ['a tag that does not end', Buffer.of(0x80)],
    ['a tag without a length behind it', Buffer.of(0x22)],
    ['field number 0', Buffer.of(0, 0)],
    ['a length beyond the message', Buffer.of(0x22, 5, 1)],
    ['a length beyond anything', Buffer.concat([Buffer.of(0x22), varint(2n ** 63n)])],
    ['an unknown field beyond the message', compose([wireField(900, 2, Buffer.of(5, 1))])],
    ['an unknown fixed field beyond the message', compose([wireField(900, 1, Buffer.alloc(7))])],
    ['a wrong wire type', compose([textField(3, 'x')])],
    ['an integer no double holds', compose([varintField(3, 2n ** 53n)])],
    ['a negative integer', compose([varintField(3, -1n)])],
    ['a decimal that is none', compose([textField(1, '1e5')])],
    ['a version with a point', compose([textField(2, '1.0')])],
    ['text that is not UTF-8', compose([lengthField(4, Buffer.of(0x41, 0xc3))])],
    ['a level without a size', compose([lengthField(5, compose([textField(1, '7')]))])],
    ['a level of an empty price', compose([lengthField(5, compose([textField(1, ''), textField(2, '7.5')]))])],
    ['a group', compose([wireField(900, 3, Buffer.alloc(0))])],
    ['a field twice', compose([textField(1, '7'), textField(1, '7')])],
    ['two of which there is one', compose([lengthField(301, Buffer.alloc(0)), lengthField(302, Buffer.alloc(0))])],
  ])('refuses %s', (_what, bytes) => {
    expect(scan(bytes)).toBe(false)
  })

  test('keeps apart a number and the tag behind it that looks like a digit', () => {
    const message = compose([textField(2, '80000000014'), textField(1, '5'), varintField(6, 9n), varintField(3, 1n)])
    expect(scan(message)).toBe(true)
    expect([shape.number(slots.version), shape.number(slots.price)]).toEqual([80000000014, 5])
  })

  test('reads levels in any order of their fields, and with new ones among them', () => {
    const level = [textField(1, '87501.5'), textField(2, '0.75')]
    // The last one's new field looks like two more digits.
    const levels = [level, [...level].reverse(), [varintField(3, 7n), ...level], [...level, varintField(6, 0x31n)]]
    expect(scan(compose(levels.map((fields) => lengthField(5, compose(fields)))))).toBe(true)
    expect(shape.levels(slots.levels)).toEqual([87501.5, 0.75, 87501.5, 0.75, 87501.5, 0.75, 87501.5, 0.75])
  })

  test('gives levels away: the next scan leaves them alone', () => {
    const message = compose([lengthField(5, compose([textField(1, '7'), textField(2, '8')]))])
    scan(message)
    const levels = shape.levels(slots.levels)
    scan(message)
    expect(levels).toEqual([7, 8])
  })

  test('interns the instrument of a symbol without a string', () => {
    const symbols = new SymbolTable((wire) => tradingPair(wire.slice(0, -4), wire.slice(-4)))
    scan(compose([textField(4, '龙虾USDT')]))
    expect(shape.instrument(slots.note, symbols)).toBe(tradingPair('龙虾', 'USDT'))
    scan(compose([textField(4, '')]))
    expect(shape.instrument(slots.note, symbols)).toBeNull()
  })

  test('types its slots, and demands the declared names of what it loads', () => {
    expectTypeOf(slots.count).toEqualTypeOf<ProtoSlot<'integer'>>()
    const generated: { price: string; id?: string | undefined; kind: number; more: string } = {
      price: '',
      kind: 0,
      more: '',
    }
    expect(item.load(generated)).toBeNull()
    // @ts-expect-error The library's message has no kind.
    expect(item.load({ price: '', id: '', kin: 0 })).toBeNull()
  })

  test('refuses declarations that cannot be scanned', () => {
    expect(() => protoShape({ a: protoDecimal(1), b: protoDecimal(1) })).toThrow('b has the number 1 of another field')
    expect(() => protoShape({ a: protoOneOf(3, 9), b: protoText(7) })).toThrow('b has the number 7 of another field')
    const many = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`f${index}`, protoText(index + 1)]))
    expect(() => protoShape(many satisfies ProtoDeclaration)).toThrow('a message of 32 fields, more than 31')
  })
})
