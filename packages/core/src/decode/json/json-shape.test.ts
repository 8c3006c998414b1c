import { describe, expect, expectTypeOf, test } from 'vitest'
import { tradingPair } from '../../model/instrument.js'
import { SymbolTable } from '../symbol-table.js'
import {
  choice,
  constant,
  decimal,
  decimalOrEmpty,
  flag,
  integer,
  type JsonOf,
  optional,
  percentage,
  priceLevels,
  text,
} from './field.js'
import { jsonShape } from './json-shape.js'
import { deviantJson, sampleJson } from './sample.js'

const shape = jsonShape({
  time: integer,
  time_ms: optional(integer),
  channel: constant('spot.example'),
  result: {
    t: integer,
    s: text,
    side: choice('buy', 'sell'),
    p: decimal,
    q: decimalOrEmpty,
    full: optional(flag),
    note: optional(text),
    b: optional(priceLevels),
    a: priceLevels,
  },
})

type Wire = JsonOf<(typeof shape)['declaration']>

const { slots } = shape
const symbols = new SymbolTable((wire) => {
  const [base, quote] = wire.split('_')
  return base && quote ? tradingPair(base, quote) : null
})

function scan(json: string): boolean {
  const padded = Buffer.from(`##${json}{"time":1`)
  return shape.scan(padded, 2, padded.length - '{"time":1'.length)
}

/** What the scan read, in the form of the JSON. */
function scanned(): unknown {
  const { result } = slots
  return {
    time: shape.number(slots.time),
    time_ms: shape.numberOrNull(slots.time_ms),
    t: shape.number(result.t),
    s: shape.text(result.s),
    side: ['buy', 'sell'][shape.choice(result.side)],
    p: shape.number(result.p),
    q: shape.numberOrNull(result.q),
    full: shape.flag(result.full),
    note: shape.text(result.note),
    b: shape.levels(result.b),
    a: shape.levels(result.a),
  }
}

/** What `JSON.parse` reads of it; null where it is not of the declared shape. */
function reference(json: string): unknown {
  const wire = JSON.parse(json) as Wire
  const { result } = wire
  const flat = (levels: readonly (readonly [string, string])[] | undefined): number[] =>
    (levels ?? []).flat().map(Number)
  return {
    time: wire.time,
    time_ms: wire.time_ms ?? null,
    t: result.t,
    s: result.s,
    side: result.side,
    p: Number(result.p),
    q: result.q === '' ? null : Number(result.q),
    full: result.full ?? null,
    note: result.note ?? null,
    b: flat(result.b),
    a: flat(result.a),
  }
}

/** A small generator with a seed: failures repeat. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('JsonShape', () => {
  test('reads every declared payload exactly as JSON.parse does', () => {
    const random = seeded(1)
    for (let run = 0; run < 3_000; run += 1) {
      const json = sampleJson(shape.declaration, random)
      expect(scan(json), json).toBe(true)
      expect(scanned()).toEqual(reference(json))
    }
  })

  test('refuses what deviates, or reads it exactly as JSON.parse does', () => {
    const random = seeded(2)
    let accepted = 0
    for (let run = 0; run < 3_000; run += 1) {
      const json = deviantJson(shape.declaration, random)
      if (!scan(json)) continue
      accepted += 1
      expect(scanned(), json).toEqual(reference(json))
    }
    expect(accepted).toBeLessThan(2_000)
  })

  test('never reads past the end of its frame, nor of the memory', () => {
    const json = sampleJson(shape.declaration, seeded(3))
    for (let length = 0; length < json.length; length += 1) {
      const bytes = Buffer.from(new Uint8Array(Buffer.from(json.slice(0, length))).buffer)
      expect(shape.scan(bytes, 0, bytes.length)).toBe(false)
      const inChunk = Buffer.from(json)
      expect(shape.scan(inChunk, 0, length)).toBe(false)
    }
  })

  test('never throws on random bytes', () => {
    const random = seeded(4)
    for (let run = 0; run < 2_000; run += 1) {
      const json = Buffer.from(sampleJson(shape.declaration, random))
      for (let flips = 0; flips < 3; flips += 1) json[Math.floor(random() * json.length)] = Math.floor(random() * 256)
      expect(() => shape.scan(json, 0, json.length)).not.toThrow()
    }
  })

  test.each([
    ['{"n":-12,"p":"1"}', 'a sign'],
    ['{"n":01,"p":"1"}', 'a leading zero'],
    ['{"n":1234567890123456,"p":"1"}', 'more digits than a number is sure to hold'],
    [`{"n":1,"p":"${'9'.repeat(400)}"}`, 'a decimal beyond all numbers'],
    ['{"n":1,"p":"1e5"}', 'an exponent'],
    ['{"n":1,"p":1}', 'a number without its quotes'],
    ['{"n":1,"p":"1"}}', 'something behind the end'],
  ])('refuses %s: %s', (json) => {
    const small = jsonShape({ n: integer, p: decimal })
    expect(small.scan(Buffer.from('{"n":12,"p":"1"}'), 0, 16)).toBe(true)
    expect(small.number(small.slots.n)).toBe(12)
    expect(small.scan(Buffer.from(json), 0, Buffer.byteLength(json))).toBe(false)
  })

  test('reads percentages as fractions, rounded once', () => {
    const change = jsonShape({ change: percentage })
    const random = seeded(6)
    for (let run = 0; run < 2_000; run += 1) {
      const json = sampleJson(change.declaration, random)
      expect(change.scan(Buffer.from(json), 0, json.length), json).toBe(true)
      const { change: written } = JSON.parse(json) as { change: string }
      expect(change.numberOrNull(change.slots.change)).toBe(written === '' ? null : Number(`${written}e-2`))
    }
  })

  test('reads frames that are buffers of their own, in one memory or in several', () => {
    const memory = Buffer.from('{"n":1}{"n":22}')
    const small = jsonShape({ n: integer })
    for (const [bytes, n] of [
      [memory.subarray(0, 7), 1],
      [memory.subarray(7), 22],
      [Buffer.from('{"n":333}'), 333],
      [memory.subarray(0, 7), 1],
    ] as const) {
      expect(small.scan(bytes, 0, bytes.length)).toBe(true)
      expect(small.number(small.slots.n)).toBe(n)
      expect(small.digits(small.slots.n)).toBe(String(n))
    }
  })

  test('says where a text stands, and that it is absent', () => {
    const named = jsonShape({ n: integer, s: optional(text) })
    const json = '{"n":1,"s":"1m_BTC_USDT"}'
    expect(named.scan(Buffer.from(json), 0, json.length)).toBe(true)
    expect(json.slice(named.start(named.slots.s), named.end(named.slots.s))).toBe('1m_BTC_USDT')
    expect(named.scan(Buffer.from('{"n":1}'), 0, 7)).toBe(true)
    expect(named.start(named.slots.s)).toBe(-1)
    expect(named.text(named.slots.s)).toBeNull()
    expect(named.pair(named.slots.s, symbols)).toBeNull()
  })

  test('interns the pair of a symbol without a string', () => {
    scan(sampleJson(shape.declaration, seeded(5)).replace(/"s":"[^"]*"/, '"s":"BTC_USDT"'))
    expect(shape.pair(slots.result.s, symbols)).toBe(tradingPair('BTC', 'USDT'))
  })

  test('types what it describes', () => {
    expectTypeOf<Wire['result']['side']>().toEqualTypeOf<'buy' | 'sell'>()
    expectTypeOf<Wire['time_ms']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<Wire['result']['a']>().toEqualTypeOf<readonly (readonly [price: string, size: string])[]>()
  })

  test('refuses declarations that cannot be scanned', () => {
    expect(() => jsonShape({ first: optional(integer) })).toThrow('first is optional and cannot be the first field')
    expect(() => jsonShape({ inner: {} })).toThrow('inner has no fields')
  })
})

describe('SymbolTable', () => {
  test('finds spellings by their bytes however many there are', () => {
    const table = new SymbolTable((wire) => tradingPair(wire, 'USDT'))
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 500; index += 1) {
        const bytes = Buffer.from(`xxSYM${index}yy`)
        expect(table.pairAt(bytes, 2, bytes.length - 2)?.name).toBe(`SYM${index}/USDT`)
      }
    }
  })
})
