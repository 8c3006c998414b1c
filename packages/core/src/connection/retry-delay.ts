import { StreamError } from '../errors/stream-error.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { Failure } from './failure.js'

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
 * only then does an immediate retry make sense, because an exchange that accepts and closes at once would otherwise be hammered. Where the exchange said when to
 * return, nobody returns sooner, and all who were told the same do not return together.
 */
export function retryDelayMs(
  { kind, error }: Failure,
  attempt: number,
  wasStable: boolean,
  policy: ReconnectionPolicy,
  random: () => number,
): number {
  const askedMs = askedDelayMs(error)
  if (askedMs !== null) return askedMs + backoffDelayMs(policy, attempt, random)
  if (attempt === 1 && wasStable && transient.has(kind)) return 0
  const delay = backoffDelayMs(policy, attempt, random)
  if (kind === 'rate-limited') return Math.max(delay, rateLimitedDelayMs)
  // Congestion: neither at once, as a full jitter allows, nor as late as the cap.
  if (kind === 'timeout') return Math.max(delay, policy.initialDelayMs / 2)
  return delay
}

/** How long the exchange asked us to wait, by the error or one of its causes, ms; null where none says it. */
function askedDelayMs(error: StreamError): number | null {
  for (const cause of error.walk()) {
    if (cause instanceof StreamError && cause.retryAfterMs !== null) return cause.retryAfterMs
  }
  return null
}
