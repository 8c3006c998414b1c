import type { Column, Row, ScenarioTable } from '../scenario.js'

/**
 * The table with a column for each baseline that was measured: how many times its figure each client reached, run by run. Both were measured within one turn, so
 * that a ratio is steadier than the figures it is made of. A baseline is found by how its label begins: a version may follow.
 */
export function withRatios(
  { columns, rows }: Pick<ScenarioTable, 'columns' | 'rows'>,
  key: string,
  baselines: readonly string[],
): Pick<ScenarioTable, 'columns' | 'rows'> {
  const measured = baselines.flatMap(
    (label) => rows.find((row) => row.label.startsWith(label) && row.state === 'measured') ?? [],
  )
  const ratioColumns = measured.map(
    ({ label }): Column => ({ key: ratioKey(label), title: `times ${label}`, decimals: 2 }),
  )
  const [first, ...others] = columns
  return {
    columns: first === undefined ? ratioColumns : [first, ...ratioColumns, ...others],
    rows: rows.map((row) => ({ ...row, samples: { ...row.samples, ...ratios(row, key, measured) } })),
  }
}

function ratios(row: Row, key: string, baselines: readonly Row[]): Record<string, readonly number[]> {
  const own = row.samples[key] ?? []
  return Object.fromEntries(
    baselines.map(({ label, samples }) => [
      ratioKey(label),
      own.map((value, run) => value / (samples[key]?.[run] as number)),
    ]),
  )
}

function ratioKey(label: string): string {
  return `times ${label}`
}
