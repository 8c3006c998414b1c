/**
 * Holds what a client was handed against what happened, both as text and in order: from the first that is recognised on, nothing may be missing, added or
 * changed.
 */
export class SequenceCheck {
  readonly #happened: string[] = []
  /** Where the next one is expected; null before the first was recognised. */
  #next: number | null = null
  #unknown = 0
  #skipped = 0

  happened(item: string): void {
    this.#happened.push(item)
  }

  received(item: string): void {
    const index = this.#next === null ? this.#happened.lastIndexOf(item) : this.#happened.indexOf(item, this.#next)
    if (index === -1) {
      this.#unknown += 1
      return
    }
    if (this.#next !== null) this.#skipped += index - this.#next
    this.#next = index + 1
  }

  /** What never happened, what was left out between, and what is still missing at the end. */
  get mismatches(): number {
    const missing = this.#next === null ? 0 : this.#happened.length - this.#next
    return this.#unknown + this.#skipped + missing
  }
}
