import { fixed32Wire, fixed64Wire, lengthWire, varintWire } from './wire.js'

/** One field as bytes: its tag, and the content behind it. */
export interface WireField {
  readonly number: number
  readonly tag: Buffer
  readonly content: Buffer
}

/** A message of these fields. */
export function compose(fields: readonly WireField[]): Buffer {
  return Buffer.concat(fields.flatMap(({ tag, content }) => [tag, content]))
}

export function varintField(number: number, value: bigint): WireField {
  return wireField(number, varintWire, varint(value))
}

export function lengthField(number: number, content: Uint8Array): WireField {
  return wireField(number, lengthWire, Buffer.concat([varint(BigInt(content.length)), content]))
}

export function textField(number: number, text: string): WireField {
  return lengthField(number, Buffer.from(text))
}

/** Four bytes or eight, as many as there are. */
export function fixedField(number: number, content: Buffer): WireField {
  return wireField(number, content.length === 8 ? fixed64Wire : fixed32Wire, content)
}

export function wireField(number: number, wire: number, content: Buffer): WireField {
  return { number, tag: varint(BigInt(number * 8 + wire)), content }
}

/** Negative numbers as 64 bits in two's complement. */
export function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}

/** The same varint in a byte more than it needs. */
export function padded(varintBytes: Buffer): Buffer {
  const bytes = Buffer.concat([varintBytes, Buffer.of(0)])
  bytes[bytes.length - 2] = (bytes[bytes.length - 2] as number) | 0x80
  return bytes
}
