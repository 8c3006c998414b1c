/** The sum of what is measured of each. */
export function sumBy<Item>(items: readonly Item[], measure: (item: Item) => number): number {
  return items.reduce((total, item) => total + measure(item), 0)
}

export function sumOf(values: Iterable<number>): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

/** Of several maps of counts one, by key. */
export function mergeCounts(maps: readonly ReadonlyMap<string, number>[]): Record<string, number> {
  const merged: Record<string, number> = {}
  for (const map of maps) for (const [key, value] of map) merged[key] = (merged[key] ?? 0) + value
  return merged
}
