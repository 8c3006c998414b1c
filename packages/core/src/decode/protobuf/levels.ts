import { protoDecimal } from './proto-field.js'
import { protoShape } from './proto-shape.js'

/** A book level as most protobuf feeds have it: price in field 1, size in field 2. */
const level = protoShape({ price: protoDecimal(1), size: protoDecimal(2) })

/** The levels in the windows of a repeated field, flat; null where one of them cannot be read. The array is the caller's to keep. */
export function readLevels(bytes: Buffer, windows: readonly number[]): number[] | null {
  const levels: number[] = []
  const { price, size } = level.slots
  for (let index = 0; index < windows.length; index += 2) {
    if (!level.scan(bytes, windows[index] as number, windows[index + 1] as number)) return null
    const priceValue = level.number(price)
    const sizeValue = level.number(size)
    if (Number.isNaN(priceValue) || Number.isNaN(sizeValue)) return null
    levels.push(priceValue, sizeValue)
  }
  return levels
}
