import type { DataMessage, FeedMessage } from '../model/message.js'
import type { BackfillRules } from '../strategy/backfill.js'
import type { Merge } from './merge.js'
import { isEventMessage, keysOf, timeOf, withEvents } from './told.js'

/** Merges trades, or own executions. */
export class EventMerge implements Merge {
  readonly #identity: BackfillRules['identity']
  /** What the stream told, and how often. */
  readonly #live = new Map<string, number>()
  /** What was fetched and told, and how many of the stream's copies are still to come. */
  readonly #fetched: Map<string, number>
  #isSettled = false

  /** `remembered` is what the stream told before the gap, as far back as fetching may reach; `before` is the merge of the gap before, whose copies may still come. */
  constructor(identity: BackfillRules['identity'], remembered: readonly FeedMessage[], before: EventMerge | null) {
    this.#identity = identity
    this.#fetched = new Map(before === null ? [] : before.#fetched)
    for (const message of remembered) this.#note(message)
  }

  seeLive(message: FeedMessage): FeedMessage | null {
    if (!isEventMessage(message)) return message
    const kept = keysOf(message, this.#identity).map((key) => {
      if (this.#use(this.#fetched, key)) return false
      if (!this.#isSettled) count(this.#live, key)
      return true
    })
    return withEvents(message, kept)
  }

  take(message: DataMessage, from: number): DataMessage | null {
    if (!isEventMessage(message) || timeOf(message) < from) return null
    const kept = keysOf(message, this.#identity).map((key) => {
      if (this.#use(this.#live, key) || (this.#identity === 'id' && this.#fetched.has(key))) return false
      count(this.#fetched, key)
      return true
    })
    return withEvents(message, kept)
  }

  settle(): void {
    this.#isSettled = true
    this.#live.clear()
  }

  #note(message: FeedMessage): void {
    if (isEventMessage(message)) for (const key of keysOf(message, this.#identity)) count(this.#live, key)
  }

  /** Whether there is one of this key; by content, each stands for one other copy and is used up. An id is of one event alone, however often it comes. */
  #use(counts: Map<string, number>, key: string): boolean {
    const left = counts.get(key)
    if (left === undefined || this.#identity === 'id') return left !== undefined
    if (left === 1) counts.delete(key)
    else counts.set(key, left - 1)
    return true
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
