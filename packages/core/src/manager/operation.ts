import type { StreamError } from '../errors/stream-error.js'
import type { RefusedStream } from '../subscription/ledger.js'

/** What became of the streams somebody waits for. */
export interface OperationOutcome {
  readonly refused: readonly RefusedStream[]
  /** Streams whose request was never answered. */
  readonly unanswered: readonly RefusedStream[]
}

/** Somebody waiting until each of a set of streams is settled, across reconnects if need be. */
export class Operation {
  readonly promise: Promise<OperationOutcome>
  readonly #remaining: Set<string>
  readonly #refused: RefusedStream[] = []
  readonly #unanswered: RefusedStream[] = []
  #resolve: (outcome: OperationOutcome) => void = () => {}
  #reject: (error: StreamError) => void = () => {}

  constructor(streamIds: Iterable<string>) {
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

  /** Every stream but these is settled: nobody wants it any more. */
  acceptAllBut(streamIds: ReadonlySet<string>): void {
    for (const streamId of [...this.#remaining]) if (!streamIds.has(streamId)) this.accept(streamId)
  }

  accept(streamId: string): void {
    if (this.#remaining.delete(streamId)) this.#finishIfDone()
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
