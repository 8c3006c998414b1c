/** The fields of a message, read without any haste: by number, in order. Throws on whatever is no message. For tests of whatever is faster. */
export function decodeSlowly(bytes: Buffer): Map<number, (bigint | Buffer)[]> {
  let position = 0
  const take = (count: number): Buffer => {
    if (position + count > bytes.length) throw new RangeError('cut off')
    position += count
    return bytes.subarray(position - count, position)
  }
  const takeVarint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = take(1)[0] as number
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new RangeError('a varint without an end')
  }
  const takeValue = (wire: bigint): bigint | Buffer => {
    if (wire === 0n) return takeVarint()
    if (wire === 1n) return take(8)
    if (wire === 2n) return take(Number(takeVarint()))
    if (wire === 5n) return take(4)
    throw new RangeError('no wire type')
  }
  const fields = new Map<number, (bigint | Buffer)[]>()
  while (position < bytes.length) {
    const tag = takeVarint()
    const number = Number(tag >> 3n)
    if (number === 0) throw new RangeError('no field number')
    fields.set(number, [...(fields.get(number) ?? []), takeValue(tag & 7n)])
  }
  return fields
}
