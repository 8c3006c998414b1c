import type { FailureKind } from '../model/failure-kind.js'
import type { ReconnectionPolicy } from '../strategy/connection-strategy.js'

/** Least wait after the exchange said that we are too fast, ms. */
const rateLimitedDelayMs = 5_000

/** Kinds that are usually over as soon as they happened: the first attempt follows at once. */
const transient: ReadonlySet<FailureKind> = new Set(['closed-without-code', 'closed', 'abrupt', 'upgrade', 'corrupt'])

/**
 * Delay before the next attempt: exponential, capped, with full jitter so that a fleet does not return in step.
 * `attempt` is 1 for the first retry; returns milliseconds, 0 to `policy.maxDelayMs`.
 */
export function backoffDelayMs(policy: ReconnectionPolicy, attempt: number, random: () => number): number {
  // The power can overflow, and no delay times infinity is not a number.
  const growth = Math.min(Number.MAX_VALUE, policy.backoffFactor ** (attempt - 1))
  const ceiling = Math.min(policy.maxDelayMs, policy.initialDelayMs * growth)
  return Math.floor(ceiling * random())
}

/**
 * Delay before retry number `attempt` after a failure of this kind, ms. `wasStable` says whether the lost connection had delivered anything:
 * only then does an immediate retry make sense, because an exchange that accepts and closes at once would otherwise be hammered.
 */
export function retryDelayMs(
  kind: FailureKind,
  attempt: number,
  wasStable: boolean,
  policy: ReconnectionPolicy,
  random: () => number,
): number {
  if (attempt === 1 && wasStable && transient.has(kind)) return 0
  const delay = backoffDelayMs(policy, attempt, random)
  if (kind === 'rate-limited') return Math.max(delay, rateLimitedDelayMs)
  // Congestion: neither at once, as a full jitter allows, nor as late as the cap.
  if (kind === 'timeout') return Math.max(delay, policy.initialDelayMs / 2)
  return delay
}
