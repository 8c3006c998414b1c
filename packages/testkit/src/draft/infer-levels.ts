import { type LevelsField, priceLevels, priceLevelsOf } from '@tapewire/core/adapter'
import type { JsonNode } from './json-node.js'

const bookSides = /^(?:bids?|asks?|b|a)$/i
const priceNames = ['p', 'price', 'px']
const sizeNames = ['s', 'size', 'q', 'qty', 'quantity', 'v', 'vol', 'sz', 'amount']

/** How the levels of a book are declared, by the name of the field and what is in it; null where they are none, or of a form that has no word. */
export function inferLevels(
  name: string,
  lists: readonly Extract<JsonNode, { readonly kind: 'list' }>[],
): { readonly part: LevelsField; readonly doubts: readonly string[] } | null {
  if (!bookSides.test(name)) return null
  const levels = lists.flatMap((list) => list.items)
  if (levels.length === 0) {
    return { part: priceLevels, doubts: ['It was empty each time: only its name says that it holds levels.'] }
  }
  return ofTuples(levels) ?? ofObjects(levels)
}

function ofTuples(
  levels: readonly JsonNode[],
): { readonly part: LevelsField; readonly doubts: readonly string[] } | null {
  const rows = levels.map((level) => (level.kind === 'list' ? level.items : []))
  const width = rows[0]?.length ?? 0
  const notation = notationOf(rows.flatMap((row) => row.slice(0, 2)))
  if (width < 2 || notation === null || rows.some((row) => row.length !== width)) return null
  // What nobody reads has to be a number as well.
  if (rows.some((row) => row.slice(2).some((rest) => rest.kind !== 'number'))) return null
  const ignored = width - 2
  const doubts =
    ignored === 0 ? [] : [`The ${ignored === 1 ? 'number' : 'numbers'} behind the size may count the orders.`]
  return { part: priceLevelsOf({ notation, ignored }), doubts }
}

function ofObjects(
  levels: readonly JsonNode[],
): { readonly part: LevelsField; readonly doubts: readonly string[] } | null {
  const [first] = levels
  if (first?.kind !== 'object' || first.members.size !== 2) return null
  const names = [...first.members.keys()] as [string, string]
  if (!priceNames.includes(names[0]) || !sizeNames.includes(names[1])) return null
  const values = levels.flatMap((level): [string, JsonNode][] => (level.kind === 'object' ? [...level.members] : []))
  if (values.length !== 2 * levels.length || values.some(([name], place) => name !== names[place % 2])) return null
  const notation = notationOf(values.map(([, value]) => value))
  return notation === null ? null : { part: priceLevelsOf({ names, notation }), doubts: [] }
}

/** How all of them are written; null where that differs, or one is no number. */
function notationOf(values: readonly JsonNode[]): LevelsField['notation'] | null {
  if (values.every((value) => value.kind === 'number')) return 'bare'
  const areQuoted = values.every(
    (value) => value.kind === 'text' && value.text !== '' && !Number.isNaN(Number(value.text)),
  )
  return areQuoted ? 'quoted' : null
}
