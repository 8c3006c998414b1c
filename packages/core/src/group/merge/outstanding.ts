import type { LaneNumber } from './row.js'

/** What all rows of a group may remember together, and one of them, in entries. */
const maxOutstandingInAll = 65_536
const maxOutstanding = 512

/** Two lanes bring a row in the same order, but for so much, ms: what the later one has not brought by then it will not bring. */
const toleranceMs = 5_000

interface Entry {
  /** How often lane 0 has brought it more than lane 1; never 0. */
  ahead: number
  /** When it first came, by its receipt. */
  readonly at: number
}

/** How much is remembered in all rows of a group. */
export interface OutstandingTotal {
  count: number
}

/**
 * What one lane has brought and the other has yet to bring, each with how often. What both have brought is forgotten, so that A, B, A is three events on either lane, although the
 * second A looks like the first.
 */
export class Outstanding {
  readonly #total: OutstandingTotal
  readonly #entries = new Map<string, Entry>()

  constructor(total: OutstandingTotal) {
    this.#total = total
  }

  /** Whether there is more than may be remembered. */
  get isFull(): boolean {
    return this.#entries.size > maxOutstanding || this.#total.count > maxOutstandingInAll
  }

  /** The lane that has the oldest still to bring. */
  get lagging(): LaneNumber {
    const [oldest] = this.#entries.values()
    return oldest !== undefined && oldest.ahead > 0 ? 1 : 0
  }

  /**
   * The lane brought this; null where the other has not, and how much earlier it did, ms, otherwise. `isAwaited` says whether the other is going to bring it
   * too.
   */
  note(text: string, lane: LaneNumber, at: number, isAwaited: boolean): number | null {
    const sign = signOf(lane)
    const entry = this.#entries.get(text)
    if (entry === undefined) {
      if (isAwaited) this.#add(text, { ahead: sign, at })
      return null
    }
    const isNews = entry.ahead * sign > 0
    if (isNews && !isAwaited) return null
    entry.ahead += sign
    if (entry.ahead === 0) this.#remove(text)
    if (isNews) return null
    this.#passOver(lane, entry.at - toleranceMs)
    return Math.max(0, at - entry.at)
  }

  /** The lane will not bring what it has not brought so far. */
  excuse(lane: LaneNumber): void {
    this.#passOver(lane, Number.POSITIVE_INFINITY)
  }

  clear(): void {
    this.#total.count -= this.#entries.size
    this.#entries.clear()
  }

  /** The lane will not bring what the other brought before that time. */
  #passOver(lane: LaneNumber, before: number): void {
    const sign = signOf(lane)
    for (const [text, { ahead, at }] of this.#entries) {
      if (at >= before) return
      if (ahead * sign < 0) this.#remove(text)
    }
  }

  #add(text: string, entry: Entry): void {
    this.#entries.set(text, entry)
    this.#total.count += 1
  }

  #remove(text: string): void {
    this.#entries.delete(text)
    this.#total.count -= 1
  }
}

function signOf(lane: LaneNumber): number {
  return lane === 0 ? 1 : -1
}
