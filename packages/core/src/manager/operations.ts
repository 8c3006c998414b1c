import type { StreamError } from '../errors/stream-error.js'
import type { Stream, SubscriptionAction } from '../strategy/subscription-strategy.js'
import type { RefusedStream, Settlement } from '../subscription/ledger.js'
import { Operation } from './operation.js'

/** Everybody who waits for answers on one link. */
export class Operations {
  readonly #all = new Set<Operation>()

  /** Somebody waits until each of these streams is subscribed, or unsubscribed. */
  watch(action: SubscriptionAction, streams: readonly Stream[]): Operation {
    const operation = new Operation(
      action,
      streams.map((stream) => stream.id),
    )
    this.#all.add(operation)
    const forget = (): void => void this.#all.delete(operation)
    operation.promise.then(forget, forget)
    return operation
  }

  accept(action: SubscriptionAction, streams: readonly Stream[]): void {
    for (const operation of this.#of(action)) for (const stream of streams) operation.accept(stream.id)
  }

  /** Returns the refused streams nobody waited for; `silent` waits too, and yet does not speak for anybody. */
  refuse({ action, refused }: Settlement, answered: boolean, silent: Operation | null): readonly RefusedStream[] {
    const operations = this.#of(action)
    return refused.filter((one) => {
      const heard = operations.some((operation) => operation !== silent && operation.waitsFor(one.stream.id))
      for (const operation of operations) operation.refuse(one, answered)
      return !heard
    })
  }

  /** A connection that is gone, or new, has nothing subscribed: whoever waits for that need wait no longer. */
  acceptUnsubscribes(): void {
    for (const operation of this.#of('unsubscribe')) operation.acceptAll()
  }

  /** Fails whoever waits for one of these streams to be subscribed; everybody, where none is named. */
  fail(error: StreamError, streams: readonly Stream[] | null = null): void {
    for (const operation of this.#of('subscribe')) {
      if (streams === null || streams.some((stream) => operation.waitsFor(stream.id))) operation.fail(error)
    }
  }

  #of(action: SubscriptionAction): readonly Operation[] {
    return [...this.#all].filter((operation) => operation.action === action)
  }
}
