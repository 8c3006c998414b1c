import type { StreamError } from '../errors/stream-error.js'
import { ConnectionState, canTransition } from '../model/connection-state.js'
import type { RetryPlan } from './attempts/retry-plan.js'
import { type ConnectionOwner, noAttempt, type RestoringAttempt } from './connection-options.js'

/**
 * The states that a connection goes through, and what its owner is told of them. A loss is taken at once, and told once it is known when the next attempt follows, which is never before the
 * owner knows what it lost.
 */
export class ConnectionSteps {
  readonly #plan: RetryPlan
  readonly #owner: ConnectionOwner
  #state: ConnectionState = ConnectionState.Disconnected
  /** The state the owner was told of last. */
  #told: ConnectionState = ConnectionState.Disconnected

  constructor(plan: RetryPlan, owner: ConnectionOwner) {
    this.#plan = plan
    this.#owner = owner
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Whether the owner knows of the present state. */
  get isTold(): boolean {
    return this.#told === this.#state
  }

  /** Takes the state, where it may follow the present one, and tells it. */
  moveTo(state: ConnectionState, error: StreamError | null, attempt: RestoringAttempt = noAttempt): void {
    if (this.enter(state)) this.tell(error, attempt)
  }

  /** Takes the state, where it may follow the present one. */
  enter(state: ConnectionState): boolean {
    if (this.#state === state || !canTransition(this.#state, state)) return false
    this.#state = state
    return true
  }

  tell(error: StreamError | null, { attempt, delayMs, nextAttemptAt }: RestoringAttempt = noAttempt): void {
    const state = this.#state
    const previous = this.#told
    this.#told = state
    const { breaker } = this.#plan
    this.#owner.onStateChange({ state, previous, error, breaker, attempt, delayMs, nextAttemptAt })
  }
}
