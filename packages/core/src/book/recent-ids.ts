/** Updates that may come a second time and be known for it: more than any exchange repeats. */
const remembered = 64

/** The update ids that a subscription brought last, in the order in which they came. */
export class RecentIds {
  readonly #ids = new Float64Array(remembered)
  #count = 0

  /** NaN is an id too: nothing is older than it. */
  add(id: number): void {
    this.#ids[this.#count % remembered] = id
    this.#count += 1
  }

  clear(): void {
    this.#count = 0
  }

  /** The one that came longest ago; NaN where none did. */
  get oldest(): number {
    if (this.#count === 0) return Number.NaN
    return this.#ids[this.#count > remembered ? this.#count % remembered : 0] as number
  }

  /** The one that came last; NaN where none did. */
  get newest(): number {
    return this.#count === 0 ? Number.NaN : (this.#ids[(this.#count - 1) % remembered] as number)
  }
}
