/** Wire types of protobuf, by number. Source: protobuf.dev, "Encoding". */
const varint = 0
const fixed64 = 1
const delimited = 2
const fixed32 = 5

/** Where each field of a message begins; null where the bytes are no protobuf message from their first to their last. */
export function fieldStarts(bytes: Uint8Array): readonly number[] | null {
  const starts: number[] = []
  let place = 0
  while (place < bytes.length) {
    starts.push(place)
    const tag = readVarint(bytes, place)
    if (tag === null || tag.value < 8) return null
    const end = valueEnd(bytes, tag.end, tag.value % 8)
    if (end === null || end > bytes.length) return null
    place = end
  }
  return starts
}

/** A field that no exchange has, number 268,435,455, in each of its wire types. */
export function unknownFields(): readonly Buffer[] {
  const tag = (wireType: number): Buffer => writeVarint(268_435_455 * 8 + wireType)
  return [
    Buffer.concat([tag(varint), Buffer.from([7])]),
    Buffer.concat([tag(fixed64), Buffer.alloc(8, 1)]),
    Buffer.concat([tag(delimited), Buffer.from([3]), Buffer.from('new')]),
    Buffer.concat([tag(fixed32), Buffer.alloc(4, 1)]),
  ]
}

function valueEnd(bytes: Uint8Array, place: number, wireType: number): number | null {
  if (wireType === varint) return readVarint(bytes, place)?.end ?? null
  if (wireType === fixed64) return place + 8
  if (wireType === fixed32) return place + 4
  if (wireType !== delimited) return null
  const length = readVarint(bytes, place)
  return length === null ? null : length.end + length.value
}

function readVarint(bytes: Uint8Array, place: number): { readonly value: number; readonly end: number } | null {
  let value = 0
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[place + index]
    if (byte === undefined) return null
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return { value, end: place + index + 1 }
  }
  return null
}

function writeVarint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return Buffer.from([...bytes, rest])
}
