import type { Timer } from '../../clock/clock.js'
import { StreamError } from '../../errors/stream-error.js'
import type { BreakerState } from '../../model/breaker-state.js'
import { ConnectionState } from '../../model/connection-state.js'
import type { ReconnectionPolicy } from '../../strategy/connection-strategy.js'
import { type ConnectionOptions, noAttempt } from '../connection-options.js'
import type { ConnectionSteps } from '../connection-steps.js'
import type { Failure } from '../failure.js'
import { type PastConnection, provenAfterMs, type RetryPlan } from './retry-plan.js'

/** What is restored. */
export interface RestoredConnection {
  /** Whether we say who we are, and can be refused for it. */
  readonly hasCredentials: boolean
  /** Whether it was ever up. */
  readonly wasUp: boolean
}

/** The attempts to make or restore one connection: when the next one begins, what its owner is told of it, and whether what came of it lasts. */
export class Attempts {
  readonly #options: ConnectionOptions
  readonly #plan: RetryPlan
  readonly #steps: ConnectionSteps
  /** When the present series of attempts began, by the clock; null while there is none. */
  #since: number | null = null
  #nextAttemptAt: number | null = null
  /** Before then no attempt begins, by the clock. */
  #putOffUntil = 0
  #toldOfBreaker = false
  /** Until the connection has proved itself and the breaker closes. */
  #proving: Timer | null = null

  constructor(options: ConnectionOptions, plan: RetryPlan, steps: ConnectionSteps) {
    this.#options = options
    this.#plan = plan
    this.#steps = steps
  }

  /** Attempts since the connection was lost. */
  get count(): number {
    return this.#plan.attempts
  }

  get breaker(): BreakerState {
    return this.#plan.breaker
  }

  /** When the next attempt begins, epoch ms; null while none waits. */
  get nextAttemptAt(): number | null {
    return this.#nextAttemptAt
  }

  /** No attempt that is decided on from now on begins before then, by the clock: the exchange wants to be left alone. */
  putOff(until: number): void {
    this.#putOffUntil = until
  }

  /** A connection that was up is lost. */
  lost(past: PastConnection): void {
    this.#plan.lost(past)
  }

  /** Decides on the next attempt, and says when it begins. Returns its delay, ms; null where there is to be none, or none in the time that the user gave it. */
  next(failure: Failure, policy: ReconnectionPolicy, { hasCredentials, wasUp }: RestoredConnection): number | null {
    const { reconnectTimeLimitMs: limitMs, env } = this.#options
    const nowMs = env.clock.now()
    this.#since ??= nowMs
    const leftMs = limitMs === 0 ? Number.POSITIVE_INFINITY : this.#since + limitMs - nowMs
    const delayMs = this.#plan.next(failure, policy, { hasCredentials, putOffMs: this.#putOffUntil - nowMs, leftMs })
    if (delayMs !== null) this.#announce(failure.error, delayMs, wasUp)
    return delayMs
  }

  /** The attempt that was announced begins. */
  begin(reason: StreamError): void {
    const { clock, log } = this.#options.env
    this.#nextAttemptAt = null
    if (!this.#plan.begin()) return
    const attempt = this.count
    log.info({ event: 'breaker-half-open', attempt })
    this.#steps.moveTo(ConnectionState.Reconnecting, reason, { attempt, delayMs: 0, nextAttemptAt: clock.now() })
  }

  /** An attempt has succeeded. After a half-open one the breaker closes once the connection, where it is still up, has lasted. */
  succeeded(isUp: boolean): void {
    this.#plan.recovered()
    this.#since = null
    if (this.breaker === 'closed' || !isUp) return
    const { clock, log } = this.#options.env
    this.#proving = clock.setTimer(provenAfterMs, () => {
      this.#proving = null
      this.#plan.proven()
      this.#toldOfBreaker = false
      log.info({ event: 'breaker-closed' })
      this.#steps.tell(null)
    })
  }

  /** The connection has ended, and proves nothing any more. */
  stopProving(): void {
    this.#proving?.cancel()
    this.#proving = null
  }

  /** There are no more attempts, which is told. Returns why (`ERR_RECONNECT_EXHAUSTED`). */
  giveUp(cause: StreamError, wasUp: boolean): StreamError {
    const attempts = this.count
    const error = exhausted(attempts, wasUp, cause)
    this.#options.env.log.error({ event: 'reconnect-exhausted', attempt: attempts, code: cause.code, err: cause })
    if (!this.#steps.isTold) this.#steps.tell(cause)
    this.#steps.moveTo(ConnectionState.Error, error, attempts === 0 ? noAttempt : { ...noAttempt, attempt: attempts })
    return error
  }

  /** The connection is closed for good. */
  close(): void {
    this.stopProving()
    this.#nextAttemptAt = null
  }

  /** While the breaker is open the connection counts as terminated until the next attempt. */
  #announce(reason: StreamError, delayMs: number, wasUp: boolean): void {
    const { owner, env } = this.#options
    const nextAttemptAt = env.clock.now() + delayMs
    const attempt = this.count
    const announced = { attempt, delayMs, nextAttemptAt }
    this.#nextAttemptAt = nextAttemptAt
    if (this.breaker !== 'open') {
      env.log.info({ event: 'reconnecting', attempt, delayMs, nextAttemptAt })
      this.#steps.tell(reason, announced)
      return
    }
    const error = circuitOpen(reason, wasUp)
    env.log.warn({ event: 'breaker-open', attempt, delayMs, nextAttemptAt, code: reason.code, err: reason })
    this.#steps.moveTo(ConnectionState.Error, error, announced)
    if (this.#toldOfBreaker) return
    this.#toldOfBreaker = true
    owner.onBreakerOpened(error)
  }
}

function exhausted(attempts: number, wasUp: boolean, cause: StreamError): StreamError {
  const tried =
    attempts === 0 ? 'without another attempt' : `after ${attempts === 1 ? '1 attempt' : `${attempts} attempts`}`
  return new StreamError(
    'ERR_RECONNECT_EXHAUSTED',
    `The connection was given up ${tried} to ${wasUp ? 'restore' : 'make'} it.`,
    {
      context: { 'Last error': cause.code },
      hint: 'Create a new manager once the reason is mended.',
      cause,
    },
  )
}

function circuitOpen(reason: StreamError, wasUp: boolean): StreamError {
  return new StreamError(
    'ERR_CIRCUIT_OPEN',
    `The connection could not be ${wasUp ? 'restored' : 'made'} in many attempts and is down for now.`,
    {
      context: { 'Last error': reason.code },
      hint: 'Nothing has to be done: attempts go on at an interval, and everything is restored once one succeeds.',
      cause: reason,
    },
  )
}
