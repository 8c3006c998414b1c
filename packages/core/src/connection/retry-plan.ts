import type { FailureKind } from '../model/failure-kind.js'
import type { ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { Failure } from './failure.js'
import { retryDelayMs } from './retry-delay.js'

/** Failures that another attempt seldom mends: credentials that are not accepted, and mistakes in the adapter. */
const persistent: ReadonlySet<FailureKind> = new Set(['authentication', 'strategy'])

/** After so many of those since the connection was last up, there are no more attempts. */
const maxPersistentFailures = 3

/** A connection that lasted this long worked; one that did not may have been let in only to be thrown out again, ms. */
const stableAfterMs = 1_000

/** What the lost connection had been like. */
export interface PastConnection {
  /** Whether it delivered a frame. */
  readonly delivered: boolean
  readonly lastedMs: number
}

/** Decides after each failure of one connection whether to try again, and when. */
export class RetryPlan {
  readonly #random: () => number
  #attempts = 0
  #persistentFailures = 0
  /**
   * Connections in a row that did not last, the present one left out. They lengthen the delay though each was a success: an exchange that lets us in and
   * closes at once would be hammered otherwise.
   */
  #shortLived = 0
  #lasted = true
  #delivered = false

  constructor(random: () => number) {
    this.#random = random
  }

  /** Attempts since the connection was lost. */
  get attempts(): number {
    return this.#attempts
  }

  /** A connection that was up is lost. */
  lost({ delivered, lastedMs }: PastConnection): void {
    this.#shortLived = this.#lasted || lastedMs >= stableAfterMs ? 0 : this.#shortLived + 1
    this.#lasted = lastedMs >= stableAfterMs
    this.#delivered = delivered
  }

  /** The delay before the next attempt, ms; null where there is to be none. */
  next(failure: Failure, policy: ReconnectionPolicy): number | null {
    if (failure.kind === 'closed-without-code' && policy.resetOn1005 && this.#delivered) this.#attempts = 0
    if (persistent.has(failure.kind)) this.#persistentFailures += 1
    if (this.#attempts >= policy.maxAttempts || this.#persistentFailures >= maxPersistentFailures) return null
    this.#attempts += 1
    const number = this.#attempts + this.#shortLived
    return retryDelayMs(failure, number, this.#delivered, policy, this.#random)
  }

  /** The connection is up and ready again. */
  recovered(): void {
    this.#attempts = 0
    this.#persistentFailures = 0
  }
}
