import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLevels } from './levels.js'
import { protoDecimal, protoInteger, protoRepeated, protoWindow } from './proto-field.js'
import { protoShape } from './proto-shape.js'

const shape = protoShape({
  price: protoDecimal(1),
  count: protoInteger(3),
  note: protoWindow(4),
  items: protoRepeated(15),
  body: protoWindow(313),
})
const { slots } = shape

function varint(value: bigint): number[] {
  const bytes: number[] = []
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 0x80n) return [...bytes, Number(rest)]
    bytes.push(Number(rest & 0x7fn) | 0x80)
  }
}

const tag = (field: number, wire: number): number[] => varint(BigInt(field * 8 + wire))
const lengthField = (field: number, content: Uint8Array): number[] => [
  ...tag(field, 2),
  ...varint(BigInt(content.length)),
  ...content,
]
const textField = (field: number, text: string): number[] => lengthField(field, Buffer.from(text))
const scan = (...parts: number[][]): boolean => {
  const message = Buffer.from([...[9, 9], ...parts.flat(), ...[9]])
  return shape.scan(message, 2, message.length - 1)
}

describe('ProtoShape', () => {
  test('reads declared fields in any order, one- and two-byte tags alike', () => {
    expect(
      scan(
        textField(313, 'in'),
        [...tag(3, 0), ...varint(1767225600125n)],
        textField(1, '87500.12'),
        textField(4, '龙'),
      ),
    ).toBe(true)
    expect([
      shape.number(slots.price),
      shape.number(slots.count),
      shape.text(slots.note),
      shape.text(slots.body),
    ]).toEqual([87500.12, 1767225600125, '龙', 'in'])
  })

  test('gives absent fields their default, whatever the scan before found', () => {
    scan(textField(1, '1'), [...tag(3, 0), 7], textField(4, 'x'), textField(15, 'y'))
    expect(scan()).toBe(true)
    expect([
      shape.numberOrNull(slots.price),
      shape.number(slots.count),
      shape.text(slots.note),
      shape.has(slots.note),
    ]).toEqual([null, 0, '', false])
    expect(shape.windows(slots.items)).toEqual([])
  })

  test('skips unknown fields of every wire type', () => {
    const unknown = [
      [...tag(900, 0), ...varint(2n ** 64n - 1n)],
      [...tag(901, 1), ...new Uint8Array(8)],
      textField(902, 'new'),
      [...tag(903, 5), ...new Uint8Array(4)],
    ]
    expect(scan(...unknown, textField(1, '2'))).toBe(true)
    expect(shape.number(slots.price)).toBe(2)
  })

  test.each([
    ['a varint that does not end', [...tag(3, 0), 0x80]],
    ['a varint longer than ten bytes', [...tag(3, 0), ...new Array(11).fill(0x80), 1]],
    ['a tag that does not end', [0x80]],
    ['field number 0', [0, 0]],
    ['a length beyond the message', [...tag(4, 2), 5, 1]],
    ['a length beyond anything', [...tag(4, 2), ...varint(2n ** 63n)]],
    ['an unknown field beyond the message', [...tag(900, 2), 5, 1]],
    ['a wrong wire type', textField(3, 'x')],
    ['an integer no double holds', [...tag(3, 0), ...varint(2n ** 53n)]],
    ['a negative integer', [...tag(3, 0), ...varint(-1n)]],
    ['a decimal that is none', textField(1, '1e5')],
    ['a group', tag(900, 3)],
  ])('refuses %s', (_what, bytes) => {
    expect(scan(bytes)).toBe(false)
  })

  test('never throws on any bytes, and never reads outside its window', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const message = Buffer.concat([Buffer.from('xx'), bytes, Buffer.alloc(20, 1)])
        shape.scan(message, 2, 2 + bytes.length)
        expect(shape.end(slots.note)).toBeLessThanOrEqual(2 + bytes.length)
      }),
    )
  })

  test('walks repeated messages', () => {
    const level = (price: string, size: string): Uint8Array =>
      Uint8Array.from([...textField(1, price), ...textField(2, size)])
    expect(scan(lengthField(15, level('87501.5', '0.75')), lengthField(15, level('87502', '0')))).toBe(true)
    const bytes = Buffer.from([
      9,
      9,
      ...lengthField(15, level('87501.5', '0.75')),
      ...lengthField(15, level('87502', '0')),
    ])
    expect(readLevels(bytes, shape.windows(slots.items))).toEqual([87501.5, 0.75, 87502, 0])
  })

  test('refuses two fields of one number', () => {
    expect(() => protoShape({ a: protoDecimal(1), b: protoDecimal(1) })).toThrow('b has the number 1 of another field')
  })
})
