import { describe, expect, test } from 'vitest'
import { frameOf } from '../../model/inbound-frame.js'
import { tradingPair } from '../../model/instrument.js'
import { ByteTable } from '../byte-table.js'
import { frameJson } from '../frame-text.js'
import { LoadedText } from '../loaded-text.js'
import { SymbolTable } from '../symbol-table.js'
import {
  amount,
  amountOrEmpty,
  arrayOf,
  choice,
  constant,
  decimal,
  decimalOrEmpty,
  flag,
  id,
  integer,
  optional,
  percentage,
  priceLevels,
  text,
  tuple,
} from './field.js'
import { jsonShape } from './json-shape.js'
import { compile } from './layout.js'
import { Loader } from './load.js'
import { createRegisters } from './registers.js'

const shape = jsonShape({
  channel: constant('trades'),
  time: optional(integer),
  rows: arrayOf(tuple({ id, p: decimal, side: choice('b', 's'), more: optional({ full: flag }) })),
})
const { rows } = shape.slots

function parse(json: string): unknown {
  const parsed = frameJson(frameOf(json))
  return 'value' in parsed ? parsed.value : expect.fail(parsed.fault)
}

describe('JsonShape.load', () => {
  test('takes any order, notation and escape, null for what is optional, and fields and elements that are new', () => {
    const json = String.raw`{ "rows" : [ ["18", 1.5e1, "\u0073", {"full":true}, 7] ], "new": {}, "time": null, "channel":"trades" }`
    expect(shape.load(parse(json))).toBeNull()
    expect(shape.numberOrNull(shape.slots.time)).toBeNull()
    expect(shape.count(rows)).toBe(1)
    shape.item(rows, 0)
    expect(shape.text(rows.item.id)).toBe('18')
    expect(shape.number(rows.item.p)).toBe(15)
    expect(shape.choice(rows.item.side)).toBe(1)
    expect(shape.flag(rows.item.more.full)).toBe(true)
  })

  test.each([
    ['7', 'the payload is 7, not an object'],
    ['[]', 'the payload is [], not an object'],
    ['9007199254740993', 'the payload is 9007199254740993, not an object'],
    ['{"channel":"trade","rows":[]}', 'channel is "trade", not "trades"'],
    ['{"channel":"trades"}', 'rows is missing'],
    ['{"channel":"trades","rows":null}', 'rows is null, not a list'],
    ['{"channel":"trades","rows":[],"time":"x"}', 'time is "x", not a whole number'],
    ['{"channel":"trades","rows":[],"time":1.5}', 'time is 1.5, not a whole number'],
    ['{"channel":"trades","rows":[],"time":9007199254740993}', 'time is 9007199254740993, not a whole number'],
    ['{"channel":"trades","rows":[{}]}', 'rows[0] is {}, not a list'],
    ['{"channel":"trades","rows":[["1","2","b"],["1","x","b"]]}', 'rows[1].p is "x", not a decimal number'],
    ['{"channel":"trades","rows":[["1"]]}', 'rows[0].p is missing'],
    ['{"channel":"trades","rows":[[1.5,"2","b"]]}', 'rows[0].id is 1.5, not an id'],
    ['{"channel":"trades","rows":[["1","2","buy"]]}', 'rows[0].side is "buy", not b or s'],
    ['{"channel":"trades","rows":[["1","2","b",{"full":"yes"}]]}', 'rows[0].more.full is "yes", not true or false'],
    [`{"channel":"trades","rows":"${'x'.repeat(90)}"}`, `rows is "${'x'.repeat(59)}…, not a list`],
  ])('says of %s: %s', (json, fault) => {
    expect(shape.load(parse(json))).toBe(fault)
  })

  test('does not take what every object has for a field', () => {
    expect(jsonShape({ constructor: text }).load({})).toBe('constructor is missing')
    expect(jsonShape({ n: integer, toString: optional(text) }).load({ n: 1 })).toBeNull()
  })

  test('keeps every digit of an id and of an amount', () => {
    const order = jsonShape({ id, price: amount, fee: amount, left: amountOrEmpty })
    const json = '{"id":9007199254740993,"price":"123456789012345678.1234567890","fee":-0.0090,"left":""}'
    for (const readIt of [
      () => order.scan(Buffer.from(json), 0, json.length),
      () => order.load(parse(json)) === null,
    ]) {
      expect(readIt()).toBe(true)
      const { slots } = order
      expect(order.digits(slots.id)).toBe('9007199254740993')
      expect(order.number(slots.id)).toBeNaN()
      expect(order.text(slots.price)).toBe('123456789012345678.1234567890')
      expect(order.text(slots.fee)).toBe('-0.0090')
      expect(order.number(slots.fee)).toBe(-0.009)
      expect(order.text(slots.left)).toBeNull()
    }
  })

  test.each([
    [
      'decimal',
      decimal,
      ['1e5', '-1.5E-3', '+7', '.5', '5.', 7, -0],
      ['', ' 1', '0x10', 'NaN', '1e999', null, true, {}],
    ],
    ['decimal or empty', decimalOrEmpty, ['1', '', null], [' ', 'x', undefined]],
    ['amount', amount, ['1e5', 7, '00.10'], ['', 'x', '1e999', null]],
    ['id', id, ['t-1', 7, '007'], ['', 1.5, null, true]],
    ['integer', integer, ['12', '1e3', 12, -12], ['1.5', '', 2 ** 53, null]],
    ['levels', priceLevels, [[], [['1', 2]], [['1', '2', 'more']]], [{}, [['1']], [{ p: 1 }], ['12']]],
  ])('knows a good %s from a bad one', (_, field, good, bad) => {
    const single = jsonShape({ v: field })
    for (const v of good) expect(single.load({ v }), String(v)).toBeNull()
    for (const v of bad) expect(single.load({ v }), String(v)).toMatch(/^v is /)
  })

  test('moves the point of a percentage in its text', () => {
    const change = jsonShape({ v: percentage })
    for (const [v, expected] of [
      ['-0.57', -0.0057],
      [0.57, 0.0057],
      ['5.7e-1', 0.0057],
      ['', null],
    ] as const) {
      expect(change.load({ v })).toBeNull()
      expect(change.numberOrNull(change.slots.v)).toBe(expected)
    }
  })

  test('finds symbols and streams by text of any letters', () => {
    const named = jsonShape({ s: text })
    const symbols = new SymbolTable((wire) => tradingPair(wire.slice(0, -5), 'USDT'))
    const streams = new ByteTable<number>()
    streams.set('龙虾_USDT', 7)
    expect(named.load({ s: '龙虾_USDT' })).toBeNull()
    expect(named.text(named.slots.s)).toBe('龙虾_USDT')
    expect(named.instrument(named.slots.s, symbols)).toBe(tradingPair('龙虾', 'USDT'))
    expect(named.lookUp(named.slots.s, streams)).toBe(7)
    expect(named.bytes.toString('utf8', named.start(named.slots.s), named.end(named.slots.s))).toBe('龙虾_USDT')
  })

  test('keeps the items of the last payload only', () => {
    const compiled = compile({ rows: arrayOf({ n: integer }) })
    const registers = createRegisters(compiled.slotCount, compiled.lists)
    const loader = new Loader(compiled.root, registers, new LoadedText())
    for (let run = 0; run < 3; run += 1) expect(loader.load({ rows: [{ n: 1 }, { n: 2 }] })).toBeNull()
    expect(registers.lists[0]?.count).toBe(2)
  })

  test('takes turns with scans', () => {
    const named = jsonShape({ s: text })
    const frame = Buffer.from('{"s":"scanned"}')
    expect(named.scan(frame, 0, frame.length)).toBe(true)
    expect(named.load({ s: 'é'.repeat(100_000) })).toBeNull()
    expect(named.text(named.slots.s)).toBe('é'.repeat(100_000))
    expect(named.scan(frame, 0, frame.length)).toBe(true)
    expect(named.text(named.slots.s)).toBe('scanned')
    expect(named.load({ s: 'ü' })).toBeNull()
    expect(named.text(named.slots.s)).toBe('ü')
  })
})
