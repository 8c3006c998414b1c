import { longestTimerMs } from '../../clock/longest-timer.js'
import { longestRetryAfterMs } from '../../errors/longest-retry-after.js'
import { StreamError } from '../../errors/stream-error.js'
import type { FailureKind } from '../../model/failure-kind.js'
import type { ReconnectionPolicy } from '../../strategy/connection-strategy.js'

/** Least wait after the exchange said that we are too fast, ms. */
const rateLimitedDelayMs = 5_000

/** Those who are sent away together return spread over this share of the time they were told, and over no less than this, ms. */
const retryAfterSpread = 0.1
const leastSpreadMs = 5_000

/** Kinds that are usually over as soon as they happened: the first attempt follows at once. */
const transient: ReadonlySet<FailureKind> = new Set([
  'closed-without-code',
  'closed',
  'abrupt',
  'upgrade',
  'corrupt',
  'expired',
])

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
  if (kind === 'rate-limited') return rateLimitedDelayMs + delay
  // Congestion: neither at once, as a full jitter allows, nor as late as the cap.
  if (kind === 'timeout') return Math.max(delay, policy.initialDelayMs / 2)
  return delay
}

/** Delay before a half-open attempt, ms: the interval, and up to as much again, so that a fleet does not return in step. */
export function breakerDelayMs(intervalMs: number, random: () => number): number {
  return intervalMs + Math.floor(intervalMs * random())
}

/**
 * The delay, ms, or what the exchange asked for in this error or what caused it, where that is longer: 24 hours at most, with jitter on top, since whoever was sent away
 * together would return together. Never longer than a timer can wait.
 */
export function obeyRetryAfter(delayMs: number, error: StreamError, random: () => number): number {
  let askedMs = 0
  for (const cause of error.walk()) {
    if (cause instanceof StreamError && cause.retryAfterMs !== null) askedMs = Math.max(askedMs, cause.retryAfterMs)
  }
  askedMs = Math.min(askedMs, longestRetryAfterMs)
  const spreadMs = Math.max(leastSpreadMs, askedMs * retryAfterSpread)
  const obeyedMs = askedMs > 0 ? askedMs + Math.floor(spreadMs * random()) : 0
  return Math.min(longestTimerMs, Math.max(delayMs, obeyedMs))
}
