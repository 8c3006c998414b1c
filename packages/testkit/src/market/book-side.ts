/**
 * One side of a book in whole ticks and lots, at most `capacity` levels. Levels lie in typed arrays with the best last: nearly every change is near the touch
 * and moves next to nothing. `direction` is 1 for bids (a higher price is better) and -1 for asks. Depth 0 is the best level.
 */
export class BookSide {
  readonly direction: 1 | -1
  /** Price times direction, rising: the best is last. */
  readonly #keys: Float64Array
  readonly #lots: Float64Array
  #count = 0

  constructor(direction: 1 | -1, capacity: number) {
    this.direction = direction
    this.#keys = new Float64Array(capacity)
    this.#lots = new Float64Array(capacity)
  }

  get count(): number {
    return this.#count
  }

  ticksAt(depth: number): number {
    return this.#keys[this.#count - 1 - depth]! * this.direction
  }

  lotsAt(depth: number): number {
    return this.#lots[this.#count - 1 - depth]!
  }

  /** Sets the size at a price; 0 removes the level. The caller keeps within the capacity. */
  set(ticks: number, lots: number): void {
    const key = ticks * this.direction
    const index = this.#find(key)
    const exists = index < this.#count && this.#keys[index] === key
    if (lots === 0) {
      if (exists) this.#removeAt(index)
      return
    }
    if (!exists) {
      this.#makeRoomAt(index)
      this.#keys[index] = key
    }
    this.#lots[index] = lots
  }

  /** The first index whose key is not below `key`. */
  #find(key: number): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#keys[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }

  // Plain loops: changes near the touch move a handful of levels, less than a call of copyWithin() costs.
  #removeAt(index: number): void {
    const keys = this.#keys
    const lots = this.#lots
    const last = --this.#count
    for (let at = index; at < last; at++) {
      keys[at] = keys[at + 1]!
      lots[at] = lots[at + 1]!
    }
  }

  #makeRoomAt(index: number): void {
    const keys = this.#keys
    const lots = this.#lots
    for (let at = this.#count++; at > index; at--) {
      keys[at] = keys[at - 1]!
      lots[at] = lots[at - 1]!
    }
  }
}
