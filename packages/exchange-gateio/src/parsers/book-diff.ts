import type { JsonDeclaration, JsonShape, OrderbookData, Slot } from '@tapewire/core'
import { type Fields, integer } from './fields.js'
import { flatLevels } from './levels.js'

/** What `spot.order_book_update` and `spot.obu` share beside the time. */
type DiffName = 'full' | 'U' | 'u' | 'b' | 'a'

/**
 * The fields that `spot.order_book_update` and `spot.obu` share: absolute sizes for the ids `U` to `u`, size 0 removes, levels in no promised order, a side
 * may be left out. `full: true` (left out when false) replaces the book, may come at any time, and needs no `U`.
 */
export function bookDiff<Name extends string>(fields: Fields<Name | DiffName>): OrderbookData {
  const isFull = fields.full === true
  const lastSequence = integer(fields, 'u')
  return {
    kind: isFull ? 'snapshot' : 'delta',
    bids: flatLevels(fields, 'b'),
    asks: flatLevels(fields, 'a'),
    firstSequence: isFull ? null : integer(fields, 'U'),
    lastSequence,
  }
}

interface DiffSlots {
  readonly full: Slot<'flag'>
  readonly U: Slot<'integer'>
  readonly u: Slot<'integer'>
  readonly b: Slot<'levels'>
  readonly a: Slot<'levels'>
}

/** The same from a push that was scanned; null where a diff has no `U`. */
export function scannedBookDiff(
  shape: Pick<JsonShape<JsonDeclaration>, 'flag' | 'number' | 'numberOrNull' | 'levels'>,
  slots: DiffSlots,
): OrderbookData | null {
  const isFull = shape.flag(slots.full) === true
  const firstSequence = isFull ? null : shape.numberOrNull(slots.U)
  if (!isFull && firstSequence === null) return null
  return {
    kind: isFull ? 'snapshot' : 'delta',
    bids: shape.levels(slots.b),
    asks: shape.levels(slots.a),
    firstSequence,
    lastSequence: shape.number(slots.u),
  }
}
