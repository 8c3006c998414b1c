import type { BookChange, BookSide } from '../model/order-book.js'

const fields = 4

/**
 * The last changes of a book as a ring of numbers, so that followers need not copy the whole book each time.
 * Recording starts with the first question: a book nobody follows pays nothing.
 */
export class ChangeLog {
  readonly #capacity: number
  #entries: Float64Array | null = null
  #next = 0
  #count = 0
  /** The oldest sequence from which the changes onwards are complete. */
  #since: number = Number.NaN

  /** Keeps up to `capacity` changed levels. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get isRecording(): boolean {
    return this.#entries !== null
  }

  /** A level of `side` changed with the update `sequence`; size 0 removed it. */
  record(sequence: number, side: BookSide, price: number, size: number): void {
    const entries = this.#entries
    if (entries === null) return
    const at = this.#next * fields
    if (this.#count === this.#capacity) this.#since = entries[at] as number
    else this.#count += 1
    entries[at] = sequence
    entries[at + 1] = side === 'bids' ? 0 : 1
    entries[at + 2] = price
    entries[at + 3] = size
    this.#next = this.#next + 1 === this.#capacity ? 0 : this.#next + 1
  }

  /** The book was replaced as of `sequence`: earlier states cannot be brought up to date any more. */
  restart(sequence: number): void {
    this.#next = 0
    this.#count = 0
    this.#since = sequence
  }

  /** The changes after `sequence`, oldest first, for a book now at `current` (NaN where it has no sequence); null where they are not all known. */
  changesSince(sequence: number, current: number): BookChange[] | null {
    if (Number.isNaN(current)) return null
    if (this.#entries === null) {
      this.#entries = new Float64Array(this.#capacity * fields)
      this.restart(current)
    }
    if (!(sequence >= this.#since && sequence <= current)) return null
    const changes: BookChange[] = []
    const oldest = (this.#next - this.#count + this.#capacity) % this.#capacity
    for (let step = 0; step < this.#count; step += 1) {
      const at = ((oldest + step) % this.#capacity) * fields
      const change = this.#changeAt(at)
      if (change.sequence > sequence) changes.push(change)
    }
    return changes
  }

  #changeAt(at: number): BookChange {
    const entries = this.#entries as Float64Array
    return {
      sequence: entries[at] as number,
      side: entries[at + 1] === 0 ? 'bids' : 'asks',
      price: entries[at + 2] as number,
      size: entries[at + 3] as number,
    }
  }
}
