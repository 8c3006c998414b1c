const maxSafe = 2 ** 53
const maxBytes = 10

/** In place of a position. */
export const refused = -1

/** Where a varint ends: the first byte behind it; `refused` where it does not end, or is longer than ten bytes. */
export function varintEnd(bytes: Buffer, start: number, end: number): number {
  const last = Math.min(end, start + maxBytes)
  for (let position = start; position < last; position += 1) if ((bytes[position] as number) < 0x80) return position + 1
  return refused
}

/** The number between the first byte of a varint and its end; from 2^53 on it is rounded. */
export function varintValue(bytes: Buffer, start: number, end: number): number {
  let value = 0
  for (let position = end - 1; position >= start; position -= 1)
    value = value * 128 + ((bytes[position] as number) & 0x7f)
  return value
}

/** Puts a varint into `numbers`. Returns where it ends; `refused` where it does not end, or is 2^53 or more. */
export function readVarint(bytes: Buffer, start: number, end: number, numbers: Float64Array, slot: number): number {
  const last = Math.min(end, start + maxBytes)
  let value = 0
  let scale = 1
  for (let position = start; position < last; position += 1) {
    const byte = bytes[position] as number
    if (byte < 0x80) {
      value += byte * scale
      numbers[slot] = value
      return value < maxSafe ? position + 1 : refused
    }
    value += (byte & 0x7f) * scale
    scale *= 128
  }
  return refused
}
