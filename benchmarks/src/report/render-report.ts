import { median } from '../measure/statistics.js'
import type { Column, Row } from '../scenario.js'
import type { ScenarioResult } from './result.js'

const introduction = `# Benchmark results

Made from \`benchmarks/results.json\` by the command that each table names; not written by hand. How it is measured: \`benchmarks/README.md\`.
Each cell is the median of the runs, with the least and the most in brackets. Clients take turns (A B C A B C …), each in a process of its own.
`

/** \`RESULTS.md\`, whole. */
export function renderReport(results: readonly ScenarioResult[]): string {
  return [introduction, ...results.map(renderResult)].join('\n')
}

/** One scenario as Markdown. */
export function renderResult(result: ScenarioResult): string {
  const { machine } = result
  const columns = result.columns.filter(({ key }) => result.rows.some(({ samples }) => (samples[key] ?? []).length > 0))
  return [
    `## ${result.title}`,
    '',
    ...result.notes.flatMap((note) => [note, '']),
    `| client |${columns.map(({ title }) => ` ${title} |`).join('')}`,
    `| --- |${' ---: |'.repeat(columns.length)}`,
    ...result.rows.map((row) => renderRow(row, columns)),
    '',
    ...dearerLines(result),
    `${result.runs === 1 ? '1 run' : `${result.runs} runs`} of ${result.seconds} s. ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, ` +
      `Node ${machine.node}, load ${machine.loadBefore.toFixed(1)} before. ${result.date.slice(0, 16)}Z.`,
    `\`${result.command}\``,
    '',
  ].join('\n')
}

function dearerLines({ dearer = [] }: ScenarioResult): string[] {
  return dearer.length === 0 ? [] : [...dearer.map((line) => `- ${line}`), '']
}

function renderRow({ label, state, reason, samples }: Row, columns: readonly Column[]): string {
  if (state !== 'measured') {
    const [first, ...others] = columns.map(() => ' |')
    return `| ${label} |${first === undefined ? '' : ` ${state}: ${reason} |`}${others.join('')}`
  }
  return `| ${label} |${columns.map((column) => ` ${renderCell(samples[column.key] ?? [], column.decimals)} |`).join('')}`
}

function renderCell(samples: readonly number[], decimals: number): string {
  if (samples.length === 0) return '–'
  const format = (value: number): string =>
    value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  const [middle, least, most] = [median(samples), Math.min(...samples), Math.max(...samples)].map(format)
  return least === most ? `${middle}` : `${middle} (${least}–${most})`
}
