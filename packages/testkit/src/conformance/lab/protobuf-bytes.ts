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

/** One field of a message: its number, its wire type, and all of its bytes, the tag included. */
export interface ProtobufField {
  readonly number: number
  readonly wireType: number
  readonly bytes: Uint8Array
}

/** A message with each of its fields changed in turn, in every way that `change` names; those of messages inside it too. Text whose bytes might be a message is taken for both. */
export function* eachFieldChanged(
  bytes: Uint8Array,
  change: (field: ProtobufField) => readonly Uint8Array[],
): Generator<Buffer> {
  const starts = fieldStarts(bytes) ?? []
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1] ?? bytes.length
    const [before, behind] = [bytes.subarray(0, start), bytes.subarray(end)]
    const tag = readVarint(bytes, start) as Varint
    const [number, wireType] = [Math.floor(tag.value / 8), tag.value % 8]
    const field = { number, wireType, bytes: bytes.subarray(start, end) }
    for (const changed of change(field)) yield Buffer.concat([before, changed, behind])
    if (wireType !== delimited) continue
    const content = bytes.subarray((readVarint(bytes, tag.end) as Varint).end, end)
    for (const changed of eachFieldChanged(content, change)) {
      yield Buffer.concat([before, delimitedField(number, changed), behind])
    }
  }
}

/** A field with this text or message in it. */
export function delimitedField(number: number, content: Uint8Array | string): Buffer {
  return Buffer.concat([writeVarint(number * 8 + delimited), writeVarint(content.length), Buffer.from(content)])
}

/** A field with this whole number in it, 0 or above. */
export function varintField(number: number, value: number): Buffer {
  return Buffer.concat([writeVarint(number * 8 + varint), writeVarint(value)])
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

interface Varint {
  readonly value: number
  readonly end: number
}

function readVarint(bytes: Uint8Array, place: number): Varint | null {
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
