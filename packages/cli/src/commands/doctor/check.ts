import { systemClock } from '@tapewire/core/adapter'
import { describeFailure } from '../../failure.js'

export type CheckStatus = 'ok' | 'failed' | 'skipped'

/** What one check found. `ms` is how long it took; null where it was not run. */
export interface CheckResult {
  readonly name: string
  readonly status: CheckStatus
  readonly ms: number | null
  /** What was found, or what is wrong, one sentence without its full stop. */
  readonly detail: string
  /** The code of what is wrong; null otherwise. */
  readonly code: string | null
  /** What to do about it; null where nothing is wrong. */
  readonly hint: string | null
}

/** Something a check can only say, without having gone wrong. */
export class NotApplicable extends Error {}

/** Runs one check. Whatever it throws is what it found, unless the signal ended it. */
export async function runCheck(name: string, signal: AbortSignal, work: () => Promise<string>): Promise<CheckResult> {
  signal.throwIfAborted()
  const startedAt = systemClock.now()
  const finish = (status: CheckStatus, detail: string, code: string | null, hint: string | null): CheckResult => {
    const ms = status === 'skipped' ? null : Math.round((systemClock.now() - startedAt) * 10) / 10
    return { name, status, ms, detail: detail.replace(/\.$/, ''), code, hint }
  }
  try {
    return finish('ok', await work(), null, null)
  } catch (thrown) {
    signal.throwIfAborted()
    if (thrown instanceof NotApplicable) return finish('skipped', thrown.message, null, null)
    const { message, code, hint, context } = describeFailure(thrown)
    const reason = context.Reason ?? context.System ?? context.Body
    return finish('failed', reason === undefined ? message : `${message.replace(/\.$/, '')} (${reason})`, code, hint)
  }
}

/** A check that another one's failure makes pointless. */
export function skippedCheck(name: string, detail: string): CheckResult {
  return { name, status: 'skipped', ms: null, detail, code: null, hint: null }
}
