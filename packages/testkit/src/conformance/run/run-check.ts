import { systemClock } from '@tapewire/core/adapter'
import type { CheckArea, ConformanceCheck } from '../check.js'
import { CheckFailure, CheckSkipped, type FailureDetails, shown } from '../check-failure.js'
import { Lab, type RunMemory } from '../lab/lab.js'
import { unmetNeed } from '../needs.js'
import type { Subject } from '../subject.js'
import { thrownAt } from '../thrown-at.js'
import type { CheckResult, ReportedFailure } from './report.js'
import { rootCause } from './root-cause.js'

/** How long one check may take where nothing else is said, ms of real time: an adapter that waits for what never comes holds up one check. */
export const usualCheckTimeoutMs = 30_000
/** How much of a frame a report shows. */
const shownBytes = 512

/** Runs one check, and ends whatever it opened. Never rejects: what goes wrong is the result. One that waits for longer than `timeoutMs` of real time has failed. */
export async function runCheck(
  check: ConformanceCheck,
  subject: Subject,
  shared: RunMemory,
  timeoutMs: number = usualCheckTimeoutMs,
): Promise<CheckResult> {
  const startedAt = systemClock.now()
  const lab = new Lab(subject, shared)
  const outcome = await outcomeOf(check, lab, timeoutMs)
  const { id, title, level } = check
  const ms = Math.round(systemClock.now() - startedAt)
  return { id, title, level, area: id.slice(0, id.indexOf('.')) as CheckArea, ...outcome, ms }
}

type Outcome = Pick<CheckResult, 'status' | 'reason' | 'failure'>

async function outcomeOf(check: ConformanceCheck, lab: Lab, timeoutMs: number): Promise<Outcome> {
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
    const cause = await rootCause(check, lab, thrown, seen.words)
    return {
      status: 'fail',
      reason: cause === null ? seen.words : `${seen.words}; ${cause.words}`,
      failure: failureOf(check, { ...seen.details, ...(cause === null ? {} : { file: cause.file }) }),
    }
  } finally {
    process.off('unhandledRejection', onSurprise)
  }
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

async function within(limitMs: number, work: () => Promise<void>): Promise<void> {
  let cancel = (): void => {}
  const late = new Promise<never>((_resolve, reject) => {
    const timer = systemClock.setTimer(limitMs, () =>
      reject(new CheckFailure(`it did not come to an end in ${limitMs / 1_000} s of real time`)),
    )
    cancel = () => timer.cancel()
  })
  try {
    await Promise.race([work(), late])
  } finally {
    cancel()
  }
}
