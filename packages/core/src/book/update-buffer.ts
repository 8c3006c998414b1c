import type { StreamError } from '../errors/stream-error.js'
import type { OrderbookMessage } from '../model/message.js'
import type { Continuity, ContinuityRule } from '../strategy/book-rules.js'
import { askContinuity } from './ask-rules.js'

/**
 * Changes that wait for a snapshot: always an unbroken run, and bounded. After a hole only what follows it is kept, since
 * a snapshot from before the hole could not be brought up to date. When full, the oldest goes: a snapshot still to be
 * fetched will include it.
 */
export class UpdateBuffer {
  readonly #continuity: ContinuityRule
  readonly #capacity: number
  readonly #messages: OrderbookMessage[] = []

  constructor(continuity: ContinuityRule, capacity: number) {
    this.#continuity = continuity
    this.#capacity = capacity
  }

  get length(): number {
    return this.#messages.length
  }

  /** The last update id held; null where nothing is. */
  get lastSequence(): number | null {
    return this.#messages.at(-1)?.data.lastSequence ?? null
  }

  /**
   * Adds a change with usable ids. Returns `gap` where it did not follow on from the one before, and an error where the rule broke: then nobody knows, and
   * only this one is kept as well.
   */
  push(message: OrderbookMessage): Continuity | StreamError {
    const last = this.lastSequence
    const verdict = last === null ? 'apply' : askContinuity(this.#continuity, last, message)
    if (verdict === 'ignore') return verdict
    if (verdict !== 'apply') this.clear()
    this.#messages.push(message)
    if (this.#messages.length > this.#capacity) this.#messages.shift()
    return verdict
  }

  /**
   * The changes to apply on top of a snapshot as of `sequence`, oldest first. Null where the first of them does not follow on from it: the snapshot is too
   * old. An error where the rule broke.
   */
  after(sequence: number): readonly OrderbookMessage[] | null | StreamError {
    for (const [index, message] of this.#messages.entries()) {
      const verdict = askContinuity(this.#continuity, sequence, message)
      if (verdict === 'ignore') continue
      if (verdict === 'apply') return this.#messages.slice(index)
      return verdict === 'gap' ? null : verdict
    }
    return []
  }

  clear(): void {
    this.#messages.length = 0
  }
}
