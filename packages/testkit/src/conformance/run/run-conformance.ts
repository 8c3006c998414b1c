import { TestkitError } from '../../testkit-error.js'
import type { ConformanceCheck } from '../check.js'
import { conformanceChecks } from '../checks/all-checks.js'
import type { RunMemory } from '../lab/lab.js'
import type { Subject } from '../subject.js'
import { type CheckResult, type ConformanceReport, reportOf } from './report.js'
import { runCheck } from './run-check.js'

export interface ConformanceOptions extends Subject {
  /** Ids of checks, or areas, to run alone: `['parser', 'book.gap']`. Default: all. */
  readonly only?: readonly string[]
  /** How long one check may take, ms of real time. Default 30 000. Code that never returns holds up the process all the same. */
  readonly checkTimeoutMs?: number
  /** Whether the emulation is asked itself before a failure blames the adapter. Default true; without it a failure is told sooner, and may name the adapter for a fault of the emulation. */
  readonly asksEmulation?: boolean
  /** Hears of each check before it begins. */
  readonly onStart?: (check: ConformanceCheck) => void
  /** Hears each check as it is over. */
  readonly onResult?: (result: CheckResult) => void
}

/**
 * Runs the conformance checks against an adapter, one after the other. A failed check is a result, not a rejection; rejects with a `TestkitError`, `ERR_UNKNOWN_CHECK`,
 * where `only` names what there is not.
 *
 * @example
 * const { failed, checks } = await runConformance({ exchange: acmeSpot, venue: acmeSpotEmulation })
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const { only, checkTimeoutMs, asksEmulation, onStart, onResult, ...subject } = options
  const shared: RunMemory = new Map()
  const results: CheckResult[] = []
  for (const check of chosenChecks(only)) {
    onStart?.(check)
    const result = await runCheck(check, subject, shared, { timeoutMs: checkTimeoutMs, asksEmulation })
    results.push(result)
    onResult?.(result)
  }
  return reportOf(subject.exchange.name, results)
}

/** The checks that these ids and areas name; all where nothing is named. Throws a `TestkitError`, `ERR_UNKNOWN_CHECK`. */
export function chosenChecks(only?: readonly string[]): readonly ConformanceCheck[] {
  if (only === undefined) return conformanceChecks
  const unknown = only.filter((name) => !conformanceChecks.some(({ id }) => isNamed(id, name)))
  if (unknown.length > 0) {
    throw new TestkitError(
      'ERR_UNKNOWN_CHECK',
      `There is no check ${unknown.join(', ')}.`,
      'Name a check by its id, or a whole area: parser, book.gap. `tapewire conformance --list` prints them all.',
    )
  }
  return conformanceChecks.filter(({ id }) => only.some((name) => isNamed(id, name)))
}

function isNamed(id: string, name: string): boolean {
  return id === name || id.startsWith(`${name}.`)
}
