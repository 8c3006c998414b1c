import type { Column, Row, ScenarioTable } from '../scenario.js'
import { runByRun } from './ratios.js'
import { median } from './statistics.js'

/** How much more of a figure this build may need than the other, in the median of the runs, before it is named. */
const allowedPercent = 5

/** What was measured of this build and, after it, of the other: one run of both. */
export function pairedFigures(
  own: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const renamed = Object.entries(other).map(([key, value]) => [otherKey(key), value] as const)
  return { ...own, ...Object.fromEntries(renamed) }
}

/** The table of both builds, made from one whose samples are paired: of each of these columns, which are costs, what both needed, and the ratio run by run. */
export function compareBuilds({ columns, rows, notes }: ScenarioTable, keys: readonly string[]): ScenarioTable {
  const compared = keys.map((key) => {
    const column = columns.find((one) => one.key === key)
    if (column === undefined) throw new Error(`The table has no column ${key}.`)
    return column
  })
  const withRatio = rows.map((row) => ({ ...row, samples: { ...row.samples, ...ratiosOf(row, keys) } }))
  return {
    columns: compared.flatMap(columnsOf),
    rows: withRatio,
    notes: [
      ...notes,
      'Above 1 this build costs more. Its run and the other’s follow on each other, and the median is of the ratios of such runs.',
    ],
    dearer: withRatio.flatMap((row) => compared.flatMap((column) => dearerBy(row, column))),
  }
}

function ratiosOf({ samples }: Row, keys: readonly string[]): Record<string, readonly number[]> {
  return Object.fromEntries(
    keys.map((key) => [ratioKey(key), runByRun(samples[key] ?? [], samples[otherKey(key)] ?? [])]),
  )
}

function columnsOf(column: Column): Column[] {
  return [
    { key: ratioKey(column.key), title: 'this build / the other', decimals: 3 },
    column,
    { ...column, key: otherKey(column.key), title: `${column.title}, the other` },
  ]
}

function dearerBy({ label, samples }: Row, { key, title }: Column): string[] {
  const ratio = median(samples[ratioKey(key)] ?? [])
  // NaN, where there is no ratio, is not above anything.
  if (!(ratio > 1 + allowedPercent / 100)) return []
  return [`more than ${allowedPercent} % dearer: ${label}, ${title}, by ${((ratio - 1) * 100).toFixed(1)} %`]
}

function otherKey(key: string): string {
  return `${key}, other build`
}

function ratioKey(key: string): string {
  return `${key}, ratio of builds`
}
