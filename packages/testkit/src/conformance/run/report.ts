import type { CheckArea, CheckLevel } from '../check.js'

/** Why a check failed, for whoever has to mend it. */
export interface ReportedFailure {
  /** What was expected and what there was, as text; null where the words say it all. */
  readonly expected: string | null
  readonly got: string | null
  /** The frame in question. */
  readonly frame: { readonly hex: string; readonly text: string } | null
  /** The file of the adapter that is most likely wrong. */
  readonly file: string
  /** The page and heading that explain it. */
  readonly docs: string
}

/** How one check came out. */
export interface CheckResult {
  readonly id: string
  readonly title: string
  readonly level: CheckLevel
  readonly area: CheckArea
  readonly status: 'pass' | 'fail' | 'skip'
  /** Why it failed or was skipped, a sentence; null where it passed. */
  readonly reason: string | null
  /** How long it took, ms. */
  readonly ms: number
  /** Set where it failed. */
  readonly failure: ReportedFailure | null
}

/** How an exchange came out. */
export interface ConformanceReport {
  readonly exchange: string
  readonly checks: readonly CheckResult[]
  readonly passed: number
  /** Failed checks of the level `must`. */
  readonly failed: number
  readonly skipped: number
  /** Failed checks of the level `should`. */
  readonly warned: number
}

/** These results of an exchange, counted. */
export function reportOf(exchange: string, checks: readonly CheckResult[]): ConformanceReport {
  const count = (wanted: (result: CheckResult) => boolean): number => checks.filter(wanted).length
  return {
    exchange,
    checks,
    passed: count(({ status }) => status === 'pass'),
    failed: count(({ status, level }) => status === 'fail' && level === 'must'),
    skipped: count(({ status }) => status === 'skip'),
    warned: count(({ status, level }) => status === 'fail' && level === 'should'),
  }
}
