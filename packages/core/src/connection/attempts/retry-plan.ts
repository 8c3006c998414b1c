import type { BreakerState } from '../../model/breaker-state.js'
import type { ReconnectionPolicy } from '../../strategy/connection-strategy.js'
import type { Failure } from '../failure.js'
import { breakerDelayMs, obeyRetryAfter, retryDelayMs } from './retry-delay.js'

/** After credentials were refused so often since the connection was last up, there are no more attempts. */
const maxRefusedLogins = 3

/** A connection that lasted this long worked; one that did not may have been let in only to be thrown out again, ms. */
const stableAfterMs = 1_000

/** A connection that lasts this long proves that the exchange is back: what failed before is forgotten, ms. */
export const provenAfterMs = 120_000

/** What the lost connection had been like. */
export interface PastConnection {
  /** Whether it delivered a frame. */
  readonly delivered: boolean
  readonly lastedMs: number
}

/** How failures of one connection are paced. */
export interface RetryPlanOptions {
  readonly breakerIntervalMs: number
  readonly random: () => number
}

/** On what terms there is another attempt. */
export interface RetryTerms {
  /** Whether we say who we are, and can be refused for it. */
  readonly hasCredentials: boolean
  /** How long the exchange wants to be left alone for still, ms; 0 and less where it does not. */
  readonly putOffMs: number
  /** How long it may take until it begins, ms. */
  readonly leftMs: number
}

/** Decides after each failure of one connection whether to try again, and when; it holds the connection's circuit breaker. */
export class RetryPlan {
  readonly #options: RetryPlanOptions
  #attempts = 0
  #refusedLogins = 0
  #breaker: BreakerState = 'closed'
  /**
   * Connections in a row that did not last, the first one left out. They lengthen the delay though each was a success: an exchange that lets us in and
   * closes at once would be hammered otherwise.
   */
  #shortLived = 0
  #lasted = true
  /** Connections in a row that did not prove themselves, the first one left out: to the breaker each is an attempt that came to nothing. */
  #unproven = 0
  #wasProven = true
  #delivered = false

  constructor(options: RetryPlanOptions) {
    this.#options = options
  }

  /** Attempts since the connection was lost. */
  get attempts(): number {
    return this.#attempts
  }

  get breaker(): BreakerState {
    return this.#breaker
  }

  /** A connection that was up is lost. */
  lost({ delivered, lastedMs }: PastConnection): void {
    const lasted = lastedMs >= stableAfterMs
    this.#shortLived = this.#lasted || lasted ? 0 : this.#shortLived + 1
    this.#lasted = lasted
    const isProven = lastedMs >= provenAfterMs
    this.#unproven = this.#wasProven || isProven ? 0 : this.#unproven + 1
    this.#wasProven = isProven
    this.#delivered = delivered
  }

  /**
   * The delay before the next attempt, ms; null where there is to be none: the policy has no attempts, credentials were refused too often, or the attempt would begin
   * too late. After `policy.maxAttempts` in a row the breaker is open.
   */
  next(failure: Failure, policy: ReconnectionPolicy, { hasCredentials, putOffMs, leftMs }: RetryTerms): number | null {
    const { random, breakerIntervalMs } = this.#options
    if (failure.kind === 'closed-without-code' && policy.resetOn1005 && this.#delivered) this.#attempts = 0
    if (failure.kind === 'authentication' && hasCredentials) this.#refusedLogins += 1
    if (policy.maxAttempts === 0 || this.#refusedLogins >= maxRefusedLogins) return null
    if (this.#breaker !== 'closed' || this.#attempts + this.#unproven >= policy.maxAttempts) this.#breaker = 'open'
    const attempt = this.#attempts + 1
    const ownDelayMs =
      this.#breaker === 'open'
        ? breakerDelayMs(breakerIntervalMs, random)
        : retryDelayMs(failure.kind, attempt + this.#shortLived, this.#delivered, policy, random)
    const delayMs = obeyRetryAfter(Math.max(ownDelayMs, putOffMs), failure.error, random)
    if (delayMs > leftMs) return null
    this.#attempts = attempt
    return delayMs
  }

  /** The attempt begins; whether the breaker was open and is half-open now. */
  begin(): boolean {
    const isOpen = this.#breaker === 'open'
    if (isOpen) this.#breaker = 'half-open'
    return isOpen
  }

  /** The connection is up and ready again. */
  recovered(): void {
    this.#attempts = 0
    this.#refusedLogins = 0
  }

  /** The connection has lasted for `provenAfterMs`. */
  proven(): void {
    this.#breaker = 'closed'
  }
}
