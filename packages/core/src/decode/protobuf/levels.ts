import { readDecimal } from './decimal-window.js'

const priceTag = 0x0a
const sizeTag = 0x12
/** Price and size of the level that was read last. */
const numbers = new Float64Array(2)

/**
 * Reads a level as it nearly always looks, and adds its price and size: field 1, field 2 and nothing else, both shorter than 128 bytes. False, with nothing
 * added, for one that looks otherwise, which may still be a level.
 */
export function readPlainLevel(bytes: Buffer, start: number, end: number, levels: number[]): boolean {
  if (end - start < 6 || bytes[start] !== priceTag) return false
  const price = start + 2
  const priceEnd = price + (bytes[price - 1] as number)
  const size = priceEnd + 2
  if (size >= end || bytes[priceEnd] !== sizeTag || size + (bytes[size - 1] as number) !== end) return false
  if (price === priceEnd || !readDecimal(bytes, price, priceEnd, numbers, 0)) return false
  if (!readDecimal(bytes, size, end, numbers, 1)) return false
  levels.push(numbers[0] as number, numbers[1] as number)
  return true
}
