import { type CheckResult, type ConformanceReport, checkAreas, failureText } from '@tapewire/testkit'
import type { Palette } from '../../terminal/palette.js'
import { type Column, renderTable } from '../../terminal/table.js'

const columns: readonly Column[] = [
  { title: 'area' },
  { title: 'passed', align: 'right' },
  { title: 'failed', align: 'right' },
  { title: 'warned', align: 'right' },
  { title: 'skipped', align: 'right' },
  { title: 'ms', align: 'right' },
]

/** How an exchange came out: a table by area, why checks were skipped, each failure in full, and a line that sums up. */
export function reportText(report: ConformanceReport, palette: Palette): string {
  const { exchange, checks, passed, failed, warned, skipped } = report
  const failures = checks.filter(({ status }) => status === 'fail')
  const sum = `${exchange}: ${passed} passed, ${failed} failed, ${warned} warned, ${skipped} skipped`
  const parts = [
    tableOf(checks),
    ...skipsOf(checks),
    ...failures.map(
      (result) =>
        `${result.level === 'must' ? palette.red('failed') : palette.yellow('warned')}  ${failureText(result)}`,
    ),
    failed > 0 ? palette.red(sum) : palette.green(sum),
  ]
  return parts.join('\n\n')
}

function tableOf(checks: readonly CheckResult[]): string {
  const used = checkAreas.filter((area) => checks.some((check) => check.area === area))
  const row = (title: string, of: readonly CheckResult[]): readonly string[] => {
    const count = (wanted: (check: CheckResult) => boolean): string => String(of.filter(wanted).length)
    return [
      title,
      count(({ status }) => status === 'pass'),
      count(({ status, level }) => status === 'fail' && level === 'must'),
      count(({ status, level }) => status === 'fail' && level === 'should'),
      count(({ status }) => status === 'skip'),
      String(of.reduce((all, { ms }) => all + ms, 0)),
    ]
  }
  const rows = used.map((area) =>
    row(
      area,
      checks.filter((check) => check.area === area),
    ),
  )
  return renderTable(columns, [...rows, row('all', checks)])
}

/** Each reason once, with what was not checked for it. */
function skipsOf(checks: readonly CheckResult[]): readonly string[] {
  const ids = new Map<string, string[]>()
  for (const { status, reason, id } of checks) {
    if (status !== 'skip') continue
    const ofReason = ids.get(reason ?? '') ?? []
    ids.set(reason ?? '', [...ofReason, id])
  }
  if (ids.size === 0) return []
  return [['Not checked:', ...[...ids].map(([reason, skipped]) => `  ${reason} ${skipped.join(', ')}`)].join('\n')]
}
