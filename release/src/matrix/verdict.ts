import type { Row } from './matrix.js'

/** How a run ends. */
export interface Verdict {
  /** The table, what was not tried, and the last line. */
  readonly text: string
  readonly code: 0 | 1
}

/**
 * The table of a run, and whether it is good. A runtime that could not be had is told, and is a failure where `mustHaveAll`: in CI nobody reads what was left out.
 */
export function verdictOn(rows: readonly Row[], mustHaveAll: boolean): Verdict {
  const missing = rows.filter((row) => row.missing !== null)
  const cells = rows.flatMap((row) => row.cells)
  const faults = rows.flatMap(({ runtime, cells }) =>
    cells.filter(({ fault }) => fault !== null).map(({ check }) => `${runtime}: ${check}`),
  )
  if (mustHaveAll) faults.push(...missing.map(({ runtime }) => `${runtime}: not tried`))
  const last = faults.length > 0 ? `${faults.join('; ')}: failed` : `${cells.length} checks passed`
  const untried = missing.map(({ runtime, missing }) => `${runtime} was not tried: ${missing}`)
  return {
    text: [...tableOf(rows), ...untried, `matrix: ${last}`].join('\n'),
    code: faults.length > 0 ? 1 : 0,
  }
}

/** A runtime a line, a check a column, as wide as what stands in them. */
function tableOf(rows: readonly Row[]): readonly string[] {
  const checks = rows.find(({ cells }) => cells.length > 0)?.cells.map(({ check }) => check) ?? []
  const table = [
    ['runtime', ...checks],
    ...rows.map(({ runtime, cells }) => [runtime, ...checks.map((_, index) => cells[index]?.text ?? 'not tried')]),
  ]
  const widths = ['runtime', ...checks].map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)))
  return table.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
