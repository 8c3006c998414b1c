import type { PriceLevel } from '../generated/market-data.js'
import { readDecimal } from './read-value.js'

/** Levels as the flat `[price, size, …]` of a book message, in wire order. */
export function flatLevels(levels: readonly PriceLevel[]): number[] {
  const flat: number[] = []
  for (const { price, quantity } of levels) {
    flat.push(readDecimal(price, 'price'), readDecimal(quantity, 'quantity'))
  }
  return flat
}
