/** What a push is made of, before it is written: by field numbers as the fields come, from 1. */
export type Fields = Readonly<Record<string, FieldValue>>
export type FieldValue = string | number | boolean | null | readonly (readonly [string, string])[]

/** A push as Newex sends it: the name of its stream, when it was sent, and what it holds. */
export function encodePush(stream: string, time: number, data: Fields): Uint8Array {
  return Buffer.concat([textField(1, stream), varintField(2, time), messageField(3, encodeFields(data))])
}

function encodeFields(data: Fields): Buffer {
  return Buffer.concat(Object.values(data).map((value, place) => encodeField(place + 1, value)))
}

/** What is null is absent; levels are messages with the price in field 1 and the size in field 2. */
function encodeField(number: number, value: FieldValue): Buffer {
  if (value === null) return Buffer.alloc(0)
  if (typeof value === 'string') return textField(number, value)
  if (typeof value === 'number' || typeof value === 'boolean') return varintField(number, Number(value))
  const levels = value.map(([price, size]) => Buffer.concat([textField(1, price), textField(2, size)]))
  return Buffer.concat(levels.map((level) => messageField(number, level)))
}

function textField(number: number, value: string): Buffer {
  return messageField(number, Buffer.from(value))
}

function messageField(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content])
}

function varintField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)])
}

/** A whole number from 0 to 2^53. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return Buffer.from([...bytes, rest])
}
