import { describe, expect, expectTypeOf, test } from 'vitest'
import { frameOf } from '../../model/inbound-frame.js'
import { tradingPair } from '../../model/instrument.js'
import { ByteTable } from '../byte-table.js'
import { frameJson } from '../frame-text.js'
import { seeded } from '../seeded.js'
import { SymbolTable } from '../symbol-table.js'
import {
  arrayOf,
  choice,
  choiceOrOther,
  constant,
  decimal,
  decimalNumber,
  decimalOrEmpty,
  flag,
  id,
  integer,
  nullable,
  optional,
  percentage,
  priceLevels,
  priceLevelsOf,
  signedInteger,
  text,
  tuple,
} from './field.js'
import { jsonShape, type Slot } from './json-shape.js'
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

interface Wire {
  readonly time: number
  readonly time_ms?: number
  readonly result: {
    readonly t: number
    readonly s: string
    readonly side: string
    readonly p: string
    readonly q: string
    readonly full?: boolean
    readonly note?: string
    readonly b?: readonly (readonly [string, string])[]
    readonly a: readonly (readonly [string, string])[]
  }
}

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

function parse(json: string): unknown {
  const parsed = frameJson(frameOf(json))
  return 'value' in parsed ? parsed.value : expect.fail(parsed.fault)
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

  test.each([
    ['{"v":-12}', -12],
    ['{"v":0}', 0],
    ['{"v":999999999999999}', 999999999999999],
    ['{"v":-01}', null],
    ['{"v":-}', null],
    ['{"v":1.0}', null],
    ['{"v":1234567890123456}', null],
  ])('reads %s with a sign: %s', (json, expected) => {
    const signed = jsonShape({ v: signedInteger })
    const isRead = signed.scan(Buffer.from(json), 0, json.length)
    expect(isRead ? signed.number(signed.slots.v) : null).toBe(expected)
    if (isRead) expect(signed.digits(signed.slots.v)).toBe(String(expected))
  })

  test.each(['0', '-0.5', '12.50', '8.75E+4', '1e-7', '123456789012345678.5'])('reads %s without quotes', (number) => {
    const json = `{"v":${number}}`
    const bare = jsonShape({ v: decimalNumber })
    expect(bare.scan(Buffer.from(json), 0, json.length)).toBe(true)
    expect(bare.number(bare.slots.v)).toBe(Number(number))
  })

  test.each(['', '-', '.5', '5.', '01', '-01.5', '+1', '1e', '1e+', '1e999', '"1"', 'NaN', '1.2.3'])(
    'refuses %j, which no JSON has without quotes',
    (number) => {
      const json = `{"v":${number}}`
      const bare = jsonShape({ v: decimalNumber })
      expect(bare.scan(Buffer.from(json), 0, json.length)).toBe(false)
    },
  )

  test('keeps every item of an array, and makes one current at a time', () => {
    const trades = jsonShape({
      rows: arrayOf({ id: integer, fills: arrayOf(tuple({ p: decimal, tag: text })), b: priceLevels }),
    })
    const json =
      '{"rows":[{"id":1,"fills":[["1.5","x"],["2.5","y"]],"b":[["1","2"]]},{"id":2,"fills":[],"b":[]},{"id":3,"fills":[["3.5","z"]],"b":[["3","4"]]}]}'
    expect(trades.scan(Buffer.from(json), 0, json.length)).toBe(true)
    const { rows } = trades.slots
    const { fills } = rows.item
    const read = [2, 0, 1].map((row) => {
      trades.item(rows, row)
      const tags = Array.from({ length: trades.count(fills) }, (_, fill) => {
        trades.item(fills, fill)
        return `${trades.number(fills.item.p)}${trades.text(fills.item.tag)}`
      })
      return [trades.digits(rows.item.id), tags, trades.levels(rows.item.b)]
    })
    expect(trades.count(rows)).toBe(3)
    expect(read).toEqual([
      ['3', ['3.5z'], [3, 4]],
      ['1', ['1.5x', '2.5y'], [1, 2]],
      ['2', [], []],
    ])
  })

  test('forgets the items of the frame before', () => {
    const list = jsonShape({ rows: arrayOf({ n: integer }), more: optional(arrayOf({ n: integer })) })
    const read = (json: string): readonly number[] => {
      expect(list.scan(Buffer.from(json), 0, json.length)).toBe(true)
      return [list.count(list.slots.rows), list.count(list.slots.more)]
    }
    expect(read('{"rows":[{"n":1},{"n":2}],"more":[{"n":3}]}')).toEqual([2, 1])
    expect(read('{"rows":[]}')).toEqual([0, 0])
    expect(read(`{"rows":[${'{"n":7},'.repeat(70_000)}{"n":8}]}`)).toEqual([70_001, 0])
    expect(read('{"rows":[{"n":1}]}')).toEqual([1, 0])
  })

  test('reads an optional object whole, or as absent', () => {
    const nested = jsonShape({ n: integer, o: optional({ s: text, p: optional(decimal) }) })
    const read = (json: string): unknown => {
      if (!nested.scan(Buffer.from(json), 0, json.length)) return null
      return [nested.text(nested.slots.o.s), nested.numberOrNull(nested.slots.o.p)]
    }
    expect(read('{"n":1,"o":{"s":"x","p":"2.5"}}')).toEqual(['x', 2.5])
    expect(read('{"n":1,"o":{"s":"x"}}')).toEqual(['x', null])
    expect(read('{"n":1}')).toEqual([null, null])
    expect(read('{"n":1,"o":{}}')).toBeNull()
  })

  test('takes null where it is declared, and only there', () => {
    const json = '{"n":null,"o":null,"l":null,"b":null}'
    const nulls = jsonShape({
      n: nullable(integer),
      o: nullable({ s: text }),
      l: nullable(arrayOf({ s: text })),
      b: nullable(priceLevels),
    })
    const { slots } = nulls
    expect(nulls.scan(Buffer.from(json), 0, json.length)).toBe(true)
    expect([nulls.digits(slots.n), nulls.text(slots.o.s), nulls.count(slots.l), nulls.levels(slots.b)]).toEqual([
      null,
      null,
      0,
      [],
    ])
    const required = jsonShape({ n: integer })
    expect(required.scan(Buffer.from('{"n":null}'), 0, 10)).toBe(false)
  })

  test.each([
    [
      priceLevelsOf({ names: ['p', 's'] }),
      '[{"p":"90012.2","s":"350"},{"p":"90013.3","s":"0"}]',
      [90012.2, 350, 90013.3, 0],
    ],
    [priceLevelsOf({ notation: 'bare', ignored: 1 }), '[[87501.5,3446,2],[8.75E+4,0,0]]', [87501.5, 3446, 87500, 0]],
    [priceLevelsOf({ notation: 'bare', names: ['price', 'qty'] }), '[{"price":0.5,"qty":7}]', [0.5, 7]],
    [priceLevelsOf({ keepsDigits: true }), '[["0.50","1.00"]]', [0.5, 1]],
  ])('reads levels in the form %j', (form, json, expected) => {
    const book = jsonShape({ b: form })
    const frame = `{"b":${json}}`
    expect(book.scan(Buffer.from(frame), 0, frame.length)).toBe(true)
    expect(book.levels(book.slots.b)).toEqual(expected)
    for (let length = 0; length < frame.length; length += 1) {
      expect(book.scan(Buffer.from(frame), 0, length)).toBe(false)
    }
  })

  test('keeps the digits of levels as they were sent, for checksums', () => {
    const book = jsonShape({ b: priceLevelsOf({ notation: 'bare', keepsDigits: true }) })
    const json = '{"b":[[0.05005,0.00000500],[8.75E+4,1.0]]}'
    expect(book.scan(Buffer.from(json), 0, json.length)).toBe(true)
    expect(book.levelDigits(book.slots.b)).toEqual(['0.05005', '0.00000500', '8.75E+4', '1.0'])
    expect(book.load(parse(json))).toBeNull()
    expect(book.levelDigits(book.slots.b)).toEqual(['0.05005', '0.00000500', '8.75E+4', '1.0'])
  })

  test('reads a choice that has grown as the index behind the last, and says what it was', () => {
    const order = jsonShape({ type: choiceOrOther('limit', 'market'), n: integer })
    const { type } = order.slots
    const read = (json: string): unknown => {
      expect(order.scan(Buffer.from(json), 0, json.length)).toBe(true)
      return [order.choice(type), order.text(type)]
    }
    expect(read('{"type":"market","n":1}')).toEqual([1, 'market'])
    expect(read('{"type":"marketish","n":1}')).toEqual([2, 'marketish'])
    expect(read('{"type":"","n":1}')).toEqual([2, ''])
  })

  test('looks a text up in a table without a string', () => {
    const streams = new ByteTable<string>()
    streams.set('BTC_USDT', 'the stream')
    const named = jsonShape({ n: integer, s: optional(text) })
    const lookUp = (json: string): unknown => {
      expect(named.scan(Buffer.from(json), 0, json.length)).toBe(true)
      return named.lookUp(named.slots.s, streams)
    }
    expect(lookUp('{"n":1,"s":"BTC_USDT"}')).toBe('the stream')
    expect(lookUp('{"n":1,"s":"ETH_USDT"}')).toBeUndefined()
    expect(lookUp('{"n":1}')).toBeUndefined()
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
    expect(named.instrument(named.slots.s, symbols)).toBeNull()
  })

  test('interns the instrument of a symbol without a string', () => {
    scan(sampleJson(shape.declaration, seeded(5)).replace(/"s":"[^"]*"/, '"s":"BTC_USDT"'))
    expect(shape.instrument(slots.result.s, symbols)).toBe(tradingPair('BTC', 'USDT'))
  })

  test('types its slots', () => {
    const typed = jsonShape({
      channel: constant('x'),
      at: nullable(integer),
      rows: optional(arrayOf(tuple({ id, sides: optional({ side: choiceOrOther('buy', 'sell') }) }))),
    })
    expectTypeOf(typed.slots.at).toEqualTypeOf<Slot<'integer'>>()
    expectTypeOf(typed.slots.channel).toEqualTypeOf<never>()
    expectTypeOf(typed.slots.rows.item.id).toEqualTypeOf<Slot<'id'>>()
    expectTypeOf(typed.slots.rows.item.sides.side).toEqualTypeOf<Slot<'openChoice'>>()
    expectTypeOf(typed.declaration.channel.text).toEqualTypeOf<'x'>()
    // @ts-expect-error A number is not read as text.
    typed.text(typed.slots.at)
  })

  test('refuses declarations that cannot be scanned', () => {
    expect(() => jsonShape({ first: optional(integer) })).toThrow('first is optional and cannot be the first field')
    expect(() => jsonShape({ inner: {} })).toThrow('inner has no fields')
    expect(() => jsonShape({ n: integer, c: nullable(constant('x')) })).toThrow('c: a constant cannot be nullable')
    const hole = tuple({ n: integer, may: optional(integer), must: integer })
    expect(() => jsonShape({ list: arrayOf(hole) })).toThrow('list.must stands behind an optional element')
  })
})

describe('SymbolTable', () => {
  test('finds spellings by their bytes however many there are', () => {
    const table = new SymbolTable((wire) => tradingPair(wire, 'USDT'))
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 500; index += 1) {
        const bytes = Buffer.from(`xxSYM${index}yy`)
        expect(table.instrumentAt(bytes, 2, bytes.length - 2)?.name).toBe(`SYM${index}/USDT`)
      }
    }
  })
})
