import type { Reporter } from 'vitest/node'

/** What is read of istanbul's coverage map. */
interface Counted {
  readonly covered: number
  readonly total: number
}

interface CoverageSummary {
  readonly lines: Counted
  readonly statements: Counted
  readonly branches: Counted
}

interface CoverageMap {
  files(): readonly string[]
  fileCoverageFor(file: string): { toSummary(): CoverageSummary; getUncoveredLines(): readonly number[] }
}

interface FileCoverage {
  readonly file: string
  readonly summary: CoverageSummary
  readonly uncoveredLines: readonly number[]
}

const missing = ({ lines, branches }: CoverageSummary): number =>
  lines.total - lines.covered + branches.total - branches.covered

function share(files: readonly FileCoverage[], kind: keyof CoverageSummary): string {
  let covered = 0
  let total = 0
  for (const { summary } of files) {
    covered += summary[kind].covered
    total += summary[kind].total
  }
  // Rounded down, so that what is shown as 95.0 passes where 95 is asked for.
  return `${(total === 0 ? 100 : Math.floor((1000 * covered) / total) / 10).toFixed(1)} %`
}

/** Names the lines of a file that no test ran, neighbours together: `12, 30-34`. */
function ranges(lines: readonly number[]): string {
  const found: [number, number][] = []
  for (const line of lines) {
    const last = found.at(-1)
    if (last !== undefined && line === last[1] + 1) last[1] = line
    else found.push([line, line])
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
}

/**
 * Says of each package how much of it the tests ran, and which files lack most: the place to begin when it is too little. vitest itself compares with the
 * thresholds, and says by how much they are missed.
 */
export default class CoverageReporter implements Reporter {
  /** Files named for each package. */
  readonly #named = 8

  onCoverage(coverage: unknown): void {
    const map = coverage as CoverageMap
    const packages = new Map<string, FileCoverage[]>()
    for (const path of map.files()) {
      const [, name, file] = /packages\/([^/]+)\/(.*)$/.exec(path.replaceAll('\\', '/')) ?? []
      if (name === undefined || file === undefined) continue
      const found = map.fileCoverageFor(path)
      const entry = { file, summary: found.toSummary(), uncoveredLines: found.getUncoveredLines().map(Number) }
      packages.set(name, [...(packages.get(name) ?? []), entry])
    }
    for (const [name, files] of [...packages].sort()) this.#report(name, files)
  }

  #report(name: string, files: readonly FileCoverage[]): void {
    const shares = (['lines', 'statements', 'branches'] as const).map((kind) => `${share(files, kind)} ${kind}`)
    process.stdout.write(`\n${name}: ${shares.join(', ')}\n`)
    const worst = files.filter(({ summary }) => missing(summary) > 0)
    worst.sort((one, other) => missing(other.summary) - missing(one.summary))
    for (const { file, summary, uncoveredLines } of worst.slice(0, this.#named)) {
      const branches = summary.branches.total - summary.branches.covered
      const where = uncoveredLines.length === 0 ? '' : `lines ${ranges(uncoveredLines)}; `
      process.stdout.write(`  ${file}: ${where}${branches} of ${summary.branches.total} branches\n`)
    }
  }
}
