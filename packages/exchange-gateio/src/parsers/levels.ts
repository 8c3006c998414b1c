import type { FlatLevels } from '@tapewire/core'
import { FieldFault, type Fields, numberOf } from './fields.js'

const none: FlatLevels = []

/**
 * `[["90012.4","0.5"], …]` as flat levels. An absent side and `null` both mean "no levels": diffs of `spot.obu` leave out a side that
 * did not change.
 */
export function flatLevels<Name extends string>(fields: Fields<Name>, name: Name): FlatLevels {
  const side = fields[name]
  if (side === undefined || side === null) return none
  if (!Array.isArray(side)) throw new FieldFault(`${name} is not a list of levels`)
  const flat: number[] = []
  for (const level of side as unknown[]) {
    const price = Array.isArray(level) ? numberOf(level[0]) : null
    const size = Array.isArray(level) ? numberOf(level[1]) : null
    if (price === null || size === null) throw new FieldFault(`${name} holds something that is not a price and a size`)
    flat.push(price, size)
  }
  return flat
}
