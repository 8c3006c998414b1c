/** A field of a protobuf message as its bytes tell it: names and types are not in them. */
export type WireValue =
  | { readonly kind: 'varint'; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'fixed'; readonly width: 4 | 8 }

/** The fields of a message by their numbers, each in the order of the wire. */
export type WireMessage = ReadonlyMap<number, readonly WireValue[]>

/** No exchange numbers its fields as high as this; bytes that are no message often do. */
const highestNumber = 100_000

/** Reads bytes as a message; null for bytes that are none, or empty. */
export function readWireMessage(bytes: Buffer): WireMessage | null {
  const fields = new Map<number, WireValue[]>()
  let at = 0
  const varint = (): bigint | null => {
    let value = 0n
    for (let shift = 0n; shift < 70n && at < bytes.length; shift += 7n) {
      const byte = bytes[at] as number
      at += 1
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    return null
  }
  const content = (wire: number): WireValue | null => {
    if (wire === 0) {
      const value = varint()
      return value === null ? null : { kind: 'varint', value }
    }
    if (wire === 1 || wire === 5) {
      const width = wire === 1 ? 8 : 4
      at += width
      return { kind: 'fixed', width }
    }
    const length = wire === 2 ? varint() : null
    if (length === null || length > BigInt(bytes.length - at)) return null
    at += Number(length)
    return { kind: 'bytes', bytes: bytes.subarray(at - Number(length), at) }
  }
  while (at < bytes.length) {
    const tag = varint()
    if (tag === null) return null
    const number = Number(tag >> 3n)
    const value = number === 0 || number > highestNumber ? null : content(Number(tag & 7n))
    if (value === null || at > bytes.length) return null
    fields.set(number, [...(fields.get(number) ?? []), value])
  }
  return fields.size === 0 ? null : fields
}
