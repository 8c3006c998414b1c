import { abortable } from '../clock/abortable.js'
import { within } from '../clock/within.js'
import { askStrategy, invalidStrategy } from '../connection/strategy-fault.js'
import { StreamError } from '../errors/stream-error.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { EndedGap, GapOutcome, GapOutcomeOf } from '../strategy/gap-outcome.js'

/** How long strategies may wait until they know what became of a gap, ms: whoever fetches for them gives up after two minutes, and has to tell it. */
const longestAskMs = 180_000

export const endedBefore = 'ended before it was made up for'

/** The present state is whole again, whatever was in between. */
export const wholeAgain: GapOutcome = { action: 'resynchronised', backfilled: 0, fault: null }

/** Nothing was fetched, for this reason. */
export function lost(fault: string): GapOutcome {
  return { action: 'lost', backfilled: 0, fault }
}

/** What the strategies say of a gap; null where they do not know, and where they fail or take too long. Never rejects. */
export async function askOutcome(
  gapOutcome: GapOutcomeOf,
  gap: EndedGap,
  env: StrategyEnv,
  signal: AbortSignal,
): Promise<GapOutcome | null> {
  const limits = { clock: env.clock, signal, timeoutMs: longestAskMs, timeoutError: tookTooLong }
  const { stream, reason } = gap
  try {
    const outcome = await within(limits, (attempt) =>
      abortable(
        askStrategy('gapOutcome', async () => gapOutcome(gap, { ...env, signal: attempt })),
        attempt,
      ),
    )
    if (outcome === null || isOutcome(outcome)) return outcome
    throw invalidStrategy('gapOutcome() returned no outcome.')
  } catch (err) {
    if (!signal.aborted) env.log.warn({ event: 'gap-outcome-failed', stream: stream.id, reason, err })
    return null
  }
}

/** What an adapter returned, which may be anything. */
function isOutcome(outcome: Partial<GapOutcome> | undefined): boolean {
  const { action, backfilled, fault } = outcome ?? {}
  if (!Number.isSafeInteger(backfilled) || (backfilled as number) < 0) return false
  const isWhole = action === 'backfilled' || action === 'resynchronised'
  if (isWhole) return fault === null
  return (action === 'partly-backfilled' || action === 'lost') && typeof fault === 'string'
}

function tookTooLong(): StreamError {
  return new StreamError('ERR_CONNECTION_TIMEOUT', 'What became of a gap was not said in time.')
}
