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
  return Object.fromEntries(baselines.map(({ label, samples }) => [ratioKey(label), runByRun(own, samples[key] ?? [])]))
}

/** The ratio of each run's figure to that of the run that stood next to it. */
export function runByRun(own: readonly number[], baseline: readonly number[]): number[] {
  return own.map((value, run) => value / (baseline[run] as number))
}

/** The rows, with a sample `surcharge` where the row's baseline was measured too: by how many per cent its figure is above that of the baseline, run by run. */
export function withSurcharge(rows: readonly Row[], key: string, baselineOf: (label: string) => string): Row[] {
  return rows.map((row) => {
    const baseline = rows.find(({ label }) => label === baselineOf(row.label))
    if (baseline === undefined || baseline === row || baseline.state !== 'measured') return row
    const surcharge = runByRun(row.samples[key] ?? [], baseline.samples[key] ?? []).map((ratio) => (ratio - 1) * 100)
    return { ...row, samples: { ...row.samples, surcharge } }
  })
}

function ratioKey(label: string): string {
  return `times ${label}`
}
