import { systemClock } from '@tapewire/core/adapter'
import type { CheckArea, ConformanceCheck } from '../check.js'
import { CheckFailure, CheckSkipped, type FailureDetails, shown } from '../check-failure.js'
import { emulationFault } from '../emulation/emulation-fault.js'
import { Lab, type RunMemory } from '../lab/lab.js'
import { unmetNeed } from '../needs.js'
import type { Subject } from '../subject.js'
import { thrownAt } from '../thrown-at.js'
import type { CheckResult, ReportedFailure } from './report.js'
import { type RootCause, rootCause } from './root-cause.js'

/** How long one check may take where nothing else is said, ms of real time: an adapter that waits for what never comes holds up one check. */
export const usualCheckTimeoutMs = 30_000
/** How much of a frame a report shows. */
const shownBytes = 512

/** How one check is run. */
export interface RunCheckOptions {
  /** How long it may wait, ms of real time, until it has failed. Default 30 000. */
  readonly timeoutMs?: number | undefined
  /** As in `ConformanceOptions`. Default true. */
  readonly asksEmulation?: boolean | undefined
}

/** Runs one check, and ends whatever it opened. Never rejects: what goes wrong is the result. */
export async function runCheck(
  check: ConformanceCheck,
  subject: Subject,
  shared: RunMemory,
  { timeoutMs = usualCheckTimeoutMs, asksEmulation = true }: RunCheckOptions = {},
): Promise<CheckResult> {
  const startedAt = systemClock.now()
  const lab = new Lab(subject, shared)
  const outcome = await outcomeOf(check, lab, { timeoutMs, asksEmulation })
  const { id, title, level } = check
  const ms = Math.round(systemClock.now() - startedAt)
  return { id, title, level, area: id.slice(0, id.indexOf('.')) as CheckArea, ...outcome, ms }
}

type Outcome = Pick<CheckResult, 'status' | 'reason' | 'failure'>

async function outcomeOf(
  check: ConformanceCheck,
  lab: Lab,
  { timeoutMs, asksEmulation }: { readonly timeoutMs: number; readonly asksEmulation: boolean },
): Promise<Outcome> {
  const surprises: unknown[] = []
  const onSurprise = (thrown: unknown): void => void surprises.push(thrown)
  process.on('unhandledRejection', onSurprise)
  try {
    const missing = unmetNeed(check.needs, lab)
    if (missing !== null) return { status: 'skip', reason: missing, failure: null }
    await within(timeoutMs, async () => check.run(lab))
    await lab.close()
    // Rejections that nobody took are told at the end of a turn.
    await new Promise<void>((resolve) => setImmediate(resolve))
    if (surprises.length > 0) {
      const { words, details } = whatWasThrown(check, lab, 'a promise was rejected and nobody took it', surprises[0])
      return { status: 'fail', reason: words, failure: failureOf(check, details) }
    }
    return { status: 'pass', reason: null, failure: null }
  } catch (thrown) {
    await lab.close().catch(() => {})
    if (thrown instanceof CheckSkipped) return { status: 'skip', reason: thrown.message, failure: null }
    const seen =
      thrown instanceof CheckFailure
        ? { words: thrown.message, details: thrown.details }
        : whatWasThrown(check, lab, null, thrown)
    const causes: readonly RootCause[] = await causesOf(check, lab, { thrown, ...seen }, asksEmulation ? timeoutMs : 0)
    const file = causes.at(-1)?.file
    return {
      status: 'fail',
      reason: [seen.words, ...causes.map(({ words }) => words)].join('; '),
      failure: failureOf(check, { ...seen.details, ...(file === undefined ? {} : { file }) }),
    }
  } finally {
    process.off('unhandledRejection', onSurprise)
  }
}

/** What lies under a failure, the deepest last: in the adapter where it shows, and in the emulation, which is asked itself for so long; 0 asks it nothing. */
async function causesOf(
  check: ConformanceCheck,
  lab: Lab,
  seen: { readonly thrown: unknown; readonly words: string; readonly details: FailureDetails },
  askedForMs: number,
): Promise<readonly RootCause[]> {
  const cause = await rootCause(check, lab, seen.thrown, seen.words)
  const named = cause?.file ?? seen.details.file ?? check.file
  const causes = cause === null ? [] : [cause]
  if (named.startsWith('testing/') || askedForMs === 0) return causes
  const audit = lab.another()
  // What cannot be asked in time is not known.
  const fault = await within(askedForMs, () => emulationFault(check, audit, named)).catch(() => null)
  await audit.close().catch(() => {})
  return fault === null ? causes : [...causes, fault]
}

/** Something was thrown that is no verdict of the check's: said with where, and of whoever threw it. */
function whatWasThrown(
  check: ConformanceCheck,
  { subject }: Lab,
  what: string | null,
  thrown: unknown,
): { readonly words: string; readonly details: FailureDetails } {
  const at = thrownAt(thrown, subject.packageFolder ?? null)
  const file = at?.file ?? check.file
  const who = file.startsWith('testing/') ? 'the emulation' : 'the adapter'
  const words = [`${what ?? `${who} threw`}: ${wordsOf(thrown)}`, ...(at === null ? [] : [at.line])].join(', ')
  return { words, details: { file } }
}

function failureOf({ file, docs }: ConformanceCheck, details: FailureDetails): ReportedFailure {
  const { frame } = details
  const bytes = frame === undefined ? null : Buffer.from(frame)
  return {
    expected: 'expected' in details ? shown(details.expected) : null,
    got: 'got' in details ? shown(details.got) : null,
    frame:
      bytes === null
        ? null
        : { hex: bytes.toString('hex', 0, shownBytes), text: bytes.toString('utf8', 0, shownBytes) },
    file: details.file ?? file,
    docs,
  }
}

function wordsOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  } catch {
    // An adapter may throw anything.
    return 'something that has no text'
  }
}

async function within<Result>(limitMs: number, work: () => Promise<Result>): Promise<Result> {
  let cancel = (): void => {}
  const late = new Promise<never>((_resolve, reject) => {
    const timer = systemClock.setTimer(limitMs, () =>
      reject(new CheckFailure(`it did not come to an end in ${limitMs / 1_000} s of real time`)),
    )
    cancel = () => timer.cancel()
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    cancel()
  }
}
