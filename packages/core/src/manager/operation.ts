import type { StreamError } from '../errors/stream-error.js'
import type { SubscriptionAction } from '../strategy/subscription-strategy.js'
import type { RefusedStream } from '../subscription/ledger.js'

/** What became of the streams somebody waits for. */
export interface OperationOutcome {
  readonly refused: readonly RefusedStream[]
  /** Streams whose request was never answered. */
  readonly unanswered: readonly RefusedStream[]
}

export const nothingRefused: OperationOutcome = { refused: [], unanswered: [] }

/** Somebody waiting until each of a set of streams is subscribed or unsubscribed, across reconnects if need be. */
export class Operation {
  readonly action: SubscriptionAction
  readonly promise: Promise<OperationOutcome>
  readonly #remaining: Set<string>
  readonly #refused: RefusedStream[] = []
  readonly #unanswered: RefusedStream[] = []
  #resolve: (outcome: OperationOutcome) => void = () => {}
  #reject: (error: StreamError) => void = () => {}

  constructor(action: SubscriptionAction, streamIds: Iterable<string>) {
    this.action = action
    this.#remaining = new Set(streamIds)
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#finishIfDone()
  }

  waitsFor(streamId: string): boolean {
    return this.#remaining.has(streamId)
  }

  get isDone(): boolean {
    return this.#remaining.size === 0
  }

  accept(streamId: string): void {
    if (this.#remaining.delete(streamId)) this.#finishIfDone()
  }

  /** Nothing is waited for any more. */
  acceptAll(): void {
    this.#remaining.clear()
    this.#finishIfDone()
  }

  refuse(refused: RefusedStream, answered: boolean): void {
    if (!this.#remaining.delete(refused.stream.id)) return
    ;(answered ? this.#refused : this.#unanswered).push(refused)
    this.#finishIfDone()
  }

  fail(error: StreamError): void {
    this.#remaining.clear()
    this.#reject(error)
  }

  #finishIfDone(): void {
    if (this.isDone) this.#resolve({ refused: this.#refused, unanswered: this.#unanswered })
  }
}
