import { isPromise } from '../clock/is-promise.js'
import type { FeedMessage } from '../model/message.js'
import { isDataType } from '../model/message-type.js'
import { checkListener, type FeedEvent, type FeedEvents, type FeedListener } from './feed-events.js'

type AnyListener = (payload: never) => unknown

interface Demand {
  readonly begin: () => () => void
  end: (() => void) | null
}

/** Listeners by event. An event nobody listens to costs one look-up. */
export class FeedEmitter {
  /** What is called, by the listener it was added as: the two differ where it is called only once. */
  readonly #listeners = new Map<FeedEvent, Map<AnyListener, AnyListener>>()
  readonly #demands = new Map<FeedEvent, Demand>()

  /** Returns what takes the listener off again. Throws `ERR_INVALID_CONFIG` for an event that does not exist, and for a listener that is no function. */
  on<Event extends FeedEvent>(event: Event, listener: FeedListener<Event>): () => void {
    checkListener(event, listener)
    return this.#add(event, listener as AnyListener, listener as AnyListener)
  }

  /** As `on`, for the next event of that name alone. Who listens to all of them already goes on doing so. */
  once<Event extends FeedEvent>(event: Event, listener: FeedListener<Event>): () => void {
    checkListener(event, listener)
    const added = listener as AnyListener
    const known = this.#listeners.get(event)?.get(added)
    return this.#add(
      event,
      added,
      known ??
        ((payload: never) => {
          this.#take(event, added)
          return added(payload)
        }),
    )
  }

  /** Throws as `on` does. */
  off<Event extends FeedEvent>(event: Event, listener: FeedListener<Event>): void {
    checkListener(event, listener)
    this.#take(event, listener as AnyListener)
  }

  /** For an event that costs something before anybody hears it: `begin` is called when the first listens, and what it returns once nobody does any more. */
  onDemand(event: FeedEvent, begin: () => () => void): void {
    this.#demands.set(event, { begin, end: null })
    this.#followDemand(event)
  }

  #followDemand(event: FeedEvent): void {
    const demand = this.#demands.get(event)
    if (demand === undefined) return
    const isListenedTo = (this.#listeners.get(event)?.size ?? 0) > 0
    if (isListenedTo) demand.end ??= demand.begin()
    else {
      demand.end?.()
      demand.end = null
    }
  }

  #add(event: FeedEvent, listener: AnyListener, called: AnyListener): () => void {
    const listeners = this.#listeners.get(event) ?? new Map<AnyListener, AnyListener>()
    listeners.set(listener, called)
    this.#listeners.set(event, listeners)
    this.#followDemand(event)
    return () => {
      // Taken off and added anew meanwhile, it is somebody else's to take off.
      if (listeners.get(listener) === called) this.#take(event, listener)
    }
  }

  #take(event: FeedEvent, listener: AnyListener): void {
    this.#listeners.get(event)?.delete(listener)
    this.#followDemand(event)
  }

  /** Whether anybody listens to that event. */
  hears(event: FeedEvent): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0
  }

  emit<Event extends FeedEvent>(event: Event, payload: FeedEvents[Event]): void | PromiseLike<void> {
    const listeners = this.#listeners.get(event)
    if (listeners === undefined || listeners.size === 0) return undefined
    const waiting: PromiseLike<void>[] = []
    for (const listener of listeners.values()) {
      const returned = call(listener as FeedListener<Event>, payload)
      if (returned !== undefined) waiting.push(returned)
    }
    return together(waiting)
  }

  /** A message, to its channel's listeners and to those of all messages. */
  emitMessage(message: FeedMessage): void | PromiseLike<void> {
    const { channel } = message
    // An error or a notice can name a channel, and yet is none of its messages.
    const first = channel === null || !isDataType(message.type) ? undefined : this.emit(channel, message as never)
    const second = this.emit('message', message)
    if (first === undefined) return second
    return second === undefined ? first : together([first, second])
  }
}

/** One listener's promise, if it returns one; a listener that throws rejects, and keeps nothing from the others. */
function call<Payload>(listener: (payload: Payload) => unknown, payload: Payload): PromiseLike<void> | undefined {
  try {
    const returned = listener(payload)
    return isPromise(returned) ? returned : undefined
  } catch (thrown) {
    return Promise.reject(thrown)
  }
}

/** Fulfilled once all are settled, so that the slowest holds back; rejects with the first failure. */
function together(waiting: readonly PromiseLike<void>[]): void | PromiseLike<void> {
  if (waiting.length <= 1) return waiting[0]
  return Promise.allSettled(waiting).then((outcomes) => {
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  })
}
