import type { StreamError } from '../../errors/stream-error.js'
import type { Stream } from '../../model/stream.js'
import type { SubscriptionAction } from '../../strategy/subscription-strategy.js'
import type { RefusedStream, Settlement } from './ledger.js'

/** What became of the streams somebody waits for. */
export interface SubscriptionOutcome {
  readonly refused: readonly RefusedStream[]
  /** Streams whose request was never answered. */
  readonly unanswered: readonly RefusedStream[]
}

export const nothingRefused: SubscriptionOutcome = { refused: [], unanswered: [] }

/** Somebody waiting until each of a set of streams is subscribed or unsubscribed, across reconnects if need be. */
export class SubscriptionWait {
  readonly action: SubscriptionAction
  readonly promise: Promise<SubscriptionOutcome>
  readonly #remaining: Set<string>
  readonly #refused: RefusedStream[] = []
  readonly #unanswered: RefusedStream[] = []
  #resolve: (outcome: SubscriptionOutcome) => void = () => {}
  #reject: (error: StreamError) => void = () => {}

  constructor(action: SubscriptionAction, streams: readonly Stream[]) {
    this.action = action
    this.#remaining = new Set(streams.map((stream) => stream.id))
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#finishIfDone()
  }

  waitsFor(stream: Stream): boolean {
    return this.#remaining.has(stream.id)
  }

  accept(stream: Stream): void {
    if (this.#remaining.delete(stream.id)) this.#finishIfDone()
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
    if (this.#remaining.size === 0) this.#resolve({ refused: this.#refused, unanswered: this.#unanswered })
  }
}

/** Everybody who waits for answers on one session. */
export class SubscriptionWaits {
  readonly #all = new Set<SubscriptionWait>()

  /** Somebody waits until each of these streams is subscribed, or unsubscribed. */
  begin(action: SubscriptionAction, streams: readonly Stream[]): SubscriptionWait {
    const wait = new SubscriptionWait(action, streams)
    this.#all.add(wait)
    const forget = (): void => void this.#all.delete(wait)
    wait.promise.then(forget, forget)
    return wait
  }

  accept(action: SubscriptionAction, streams: readonly Stream[]): void {
    for (const wait of this.#of(action)) for (const stream of streams) wait.accept(stream)
  }

  /** Returns the refused streams nobody waited for; `silent` waits too, and yet does not speak for anybody. */
  refuse(
    { action, refused }: Pick<Settlement, 'action' | 'refused'>,
    answered: boolean,
    silent: SubscriptionWait | null,
  ): readonly RefusedStream[] {
    const waits = this.#of(action)
    return refused.filter((one) => {
      const heard = waits.some((wait) => wait !== silent && wait.waitsFor(one.stream))
      for (const wait of waits) wait.refuse(one, answered)
      return !heard
    })
  }

  /** A connection that is gone, or new, has nothing subscribed: whoever waits for that need wait no longer. */
  acceptUnsubscribes(): void {
    for (const wait of this.#of('unsubscribe')) wait.acceptAll()
  }

  /** Fails whoever waits for one of these streams; everybody, where none is named. Returns whether there was anybody. */
  fail(action: SubscriptionAction, error: StreamError, streams: readonly Stream[] | null = null): boolean {
    const failed = this.#of(action).filter(
      (wait) => streams === null || streams.some((stream) => wait.waitsFor(stream)),
    )
    for (const wait of failed) wait.fail(error)
    return failed.length > 0
  }

  #of(action: SubscriptionAction): readonly SubscriptionWait[] {
    return [...this.#all].filter((wait) => wait.action === action)
  }
}
