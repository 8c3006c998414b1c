import type { OrderbookMessage } from '../model/message.js'
import type { Continuity, ContinuityRule } from '../strategy/book-rules.js'

/** The update ids a change covers; a change that names only its last id covers just that one. */
export function firstSequenceOf(message: OrderbookMessage): number {
  return message.data.firstSequence ?? (message.data.lastSequence as number)
}

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

  /** Adds a change with usable ids. Returns `gap` where it did not follow on from the one before. */
  push(message: OrderbookMessage): Continuity {
    const last = this.lastSequence
    const verdict = last === null ? 'apply' : this.#judge(last, message)
    if (verdict === 'ignore') return verdict
    if (verdict === 'gap') this.clear()
    this.#messages.push(message)
    if (this.#messages.length > this.#capacity) this.#messages.shift()
    return verdict
  }

  /**
   * The changes to apply on top of a snapshot as of `sequence`, oldest first.
   * Null where the first of them does not follow on from it: the snapshot is too old.
   */
  after(sequence: number): readonly OrderbookMessage[] | null {
    const begin = this.#messages.findIndex((message) => this.#judge(sequence, message) !== 'ignore')
    if (begin === -1) return []
    const first = this.#messages[begin] as OrderbookMessage
    return this.#judge(sequence, first) === 'gap' ? null : this.#messages.slice(begin)
  }

  clear(): void {
    this.#messages.length = 0
  }

  #judge(sequence: number, message: OrderbookMessage): Continuity {
    return this.#continuity(sequence, firstSequenceOf(message), message.data.lastSequence as number)
  }
}
