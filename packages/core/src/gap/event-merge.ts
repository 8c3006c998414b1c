import type { DataMessage, FeedMessage } from '../model/message.js'
import type { BackfillRules } from '../strategy/backfill.js'
import type { Merge } from './merge.js'
import { isEventMessage, keysOf, timeOf, withEvents } from './told.js'

/** An event that was fetched and told. */
interface FetchedEvent {
  /** How many of the stream's copies are still to come. */
  copies: number
  /** When the last of them may come, epoch ms; endless while its gap is made up for. */
  lastCopyAt: number
}

/** Merges trades, or own executions. */
export class EventMerge implements Merge {
  readonly #identity: BackfillRules['identity']
  /** What the stream told, and how often. */
  readonly #live = new Map<string, number>()
  readonly #fetched = new Map<string, FetchedEvent>()
  #isSettled = false

  /** `remembered` is what the stream told before the gap, as far back as fetching may reach; `before` is the merge of the gap before, of which copies may still come `now`. */
  constructor(
    identity: BackfillRules['identity'],
    remembered: readonly FeedMessage[],
    before: EventMerge | null,
    now: number,
  ) {
    this.#identity = identity
    // A stream that is cut again and again would otherwise know of everything that was ever fetched.
    for (const [key, event] of before === null ? [] : before.#fetched) {
      if (event.lastCopyAt >= now) this.#fetched.set(key, event)
    }
    for (const message of remembered) this.#note(message)
  }

  seeLive(message: FeedMessage): FeedMessage | null {
    if (!isEventMessage(message)) return message
    const kept = keysOf(message, this.#identity).map((key) => {
      if (this.#useFetched(key)) return false
      if (!this.#isSettled) count(this.#live, key)
      return true
    })
    return withEvents(message, kept)
  }

  take(message: DataMessage, from: number): DataMessage | null {
    if (!isEventMessage(message) || timeOf(message) < from) return null
    const kept = keysOf(message, this.#identity).map((key) => {
      const fetched = this.#fetched.get(key)
      if (this.#useLive(key) || (this.#identity === 'id' && fetched !== undefined)) return false
      this.#fetched.set(key, { copies: (fetched?.copies ?? 0) + 1, lastCopyAt: Number.POSITIVE_INFINITY })
      return true
    })
    return withEvents(message, kept)
  }

  settle(lastCopyAt: number): void {
    this.#isSettled = true
    this.#live.clear()
    for (const event of this.#fetched.values()) event.lastCopyAt = Math.min(event.lastCopyAt, lastCopyAt)
  }

  #note(message: FeedMessage): void {
    if (isEventMessage(message)) for (const key of keysOf(message, this.#identity)) count(this.#live, key)
  }

  // By content, each stands for one other copy and is used up. An id is of one event alone, however often it comes.

  #useLive(key: string): boolean {
    const left = this.#live.get(key)
    if (left === undefined || this.#identity === 'id') return left !== undefined
    if (left === 1) this.#live.delete(key)
    else this.#live.set(key, left - 1)
    return true
  }

  #useFetched(key: string): boolean {
    const event = this.#fetched.get(key)
    if (event === undefined || this.#identity === 'id') return event !== undefined
    event.copies -= 1
    if (event.copies === 0) this.#fetched.delete(key)
    return true
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
