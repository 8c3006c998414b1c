import type { FlatLevels } from '../model/payloads.js'

const initialCapacity = 32

/** Levels checked one by one before the binary search: most updates end there. */
const nearby = 16

/** Below this many elements a loop beats the call to `copyWithin`. */
const shortShift = 24

/**
 * One side of a book: prices and sizes in sorted typed arrays, the best level last, so that updates near the touch move
 * the fewest elements. Prices are kept as keys (asks negated), which makes both sides ascending. The used window leaves
 * room at both ends: whichever part is shorter moves, and trimming the far end only moves its bound.
 */
export class PriceLevels {
  readonly #sign: 1 | -1
  #keys: Float64Array
  #sizes: Float64Array
  #start: number
  #end: number

  constructor(side: 'bids' | 'asks', capacity: number = initialCapacity) {
    this.#sign = side === 'bids' ? 1 : -1
    this.#keys = new Float64Array(capacity)
    this.#sizes = new Float64Array(capacity)
    this.#start = 0
    this.#end = 0
  }

  get count(): number {
    return this.#end - this.#start
  }

  /** The price of the level `index` steps from the best; NaN where there is none. */
  price(index: number): number {
    const at = this.#end - 1 - index
    return at >= this.#start && index >= 0 ? (this.#keys[at] ?? Number.NaN) * this.#sign : Number.NaN
  }

  /** The size of the level `index` steps from the best; NaN where there is none. */
  size(index: number): number {
    const at = this.#end - 1 - index
    return at >= this.#start && index >= 0 ? (this.#sizes[at] ?? Number.NaN) : Number.NaN
  }

  /** The size at exactly `price`; 0 where there is no such level. */
  sizeAt(price: number): number {
    const key = price * this.#sign
    const at = this.#find(key, this.#end)
    return at < this.#end && this.#keys[at] === key ? (this.#sizes[at] as number) : 0
  }

  /** Total size from the best level to `price`, inclusive. */
  volumeTo(price: number): number {
    const limit = price * this.#sign
    let volume = 0
    for (let at = this.#end - 1; at >= this.#start && (this.#keys[at] as number) >= limit; at -= 1) {
      volume += this.#sizes[at] as number
    }
    return volume
  }

  /** The average price of taking `size` from the best level outwards; NaN where the levels do not hold as much. */
  averagePrice(size: number): number {
    let missing = size
    let cost = 0
    for (let at = this.#end - 1; at >= this.#start; at -= 1) {
      const taken = Math.min(missing, this.#sizes[at] as number)
      cost += taken * (this.#keys[at] as number)
      missing -= taken
      if (missing <= 0) return (cost / size) * this.#sign
    }
    return Number.NaN
  }

  /** Sets the absolute size at a price; 0 removes the level. Returns whether anything changed. */
  set(price: number, size: number): boolean {
    const key = price * this.#sign
    const at = this.#find(key, this.#end)
    const before = at < this.#end && this.#keys[at] === key ? this.#sizes[at] : 0
    if (before === size) return false
    this.#put(at, key, size)
    return true
  }

  /** Sets many levels, one after the other. Best first, as exchanges send them, each search goes on where the last one ended. */
  setAll(changes: FlatLevels): void {
    const sign = this.#sign
    let bound = this.#end
    let last = Number.POSITIVE_INFINITY
    for (let index = 0; index < changes.length; index += 2) {
      const key = (changes[index] as number) * sign
      if (key >= last) bound = this.#end
      bound = this.#put(this.#find(key, bound), key, changes[index + 1] as number)
      last = key
    }
  }

  /** Replaces everything. Any order is accepted; best first, as exchanges send it, is the cheap one. */
  load(levels: FlatLevels): void {
    const last = levels.length - 2
    this.#start = Math.max(0, this.#keys.length - levels.length / 2) >> 2
    this.#end = this.#start
    const bestFirst = last < 0 || (levels[0] as number) * this.#sign >= (levels[last] as number) * this.#sign
    if (bestFirst) {
      for (let index = last; index >= 0; index -= 2) this.set(levels[index] as number, levels[index + 1] as number)
    } else {
      for (let index = 0; index <= last; index += 2) this.set(levels[index] as number, levels[index + 1] as number)
    }
  }

  /** Removes the farthest level. */
  dropFarthest(): void {
    this.#start += 1
  }

  /** A copy that shares nothing, as small as it can be. */
  copy(): PriceLevels {
    const copy = new PriceLevels(this.#sign === 1 ? 'bids' : 'asks', this.count)
    copy.#keys.set(this.#keys.subarray(this.#start, this.#end))
    copy.#sizes.set(this.#sizes.subarray(this.#start, this.#end))
    copy.#end = this.count
    return copy
  }

  /** The first position whose key is not below `key`; all from `bound` on are known to be above it. */
  #find(key: number, bound: number): number {
    const keys = this.#keys
    let high = bound
    const nearest = Math.max(this.#start, high - nearby)
    while (high > nearest) {
      if ((keys[high - 1] as number) < key) return high
      high -= 1
    }
    let low = this.#start
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((keys[middle] as number) < key) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Sets the size of a key that is at `at`, or belongs there. Returns the position from which on all keys are above any smaller one. */
  #put(at: number, key: number, size: number): number {
    if (at < this.#end && this.#keys[at] === key) {
      if (size === 0) return this.#remove(at)
      this.#sizes[at] = size
      return at
    }
    return size === 0 ? at : this.#insert(at, key, size)
  }

  /** Returns where the key is now, which is not always where it belonged before. */
  #insert(position: number, key: number, size: number): number {
    let at = position
    if (this.#start > 0 && at - this.#start < this.#end - at) {
      this.#move(this.#start, at, this.#start - 1)
      this.#start -= 1
      at -= 1
    } else {
      if (this.#end === this.#keys.length) at += this.#makeRoom()
      this.#move(at, this.#end, at + 1)
      this.#end += 1
    }
    this.#keys[at] = key
    this.#sizes[at] = size
    return at
  }

  /** Returns the position of the next key above. */
  #remove(at: number): number {
    if (at - this.#start < this.#end - 1 - at) {
      this.#move(this.#start, at, this.#start + 1)
      this.#start += 1
      return at + 1
    }
    this.#move(at + 1, this.#end, at)
    this.#end -= 1
    return at
  }

  /** Moves elements `from` (inclusive) to `to` (exclusive) by one position, to begin at `target`. */
  #move(from: number, to: number, target: number): void {
    const keys = this.#keys
    const sizes = this.#sizes
    if (to - from > shortShift) {
      keys.copyWithin(target, from, to)
      sizes.copyWithin(target, from, to)
    } else if (target < from) {
      for (let at = from; at < to; at += 1) {
        keys[at - 1] = keys[at] as number
        sizes[at - 1] = sizes[at] as number
      }
    } else {
      for (let at = to; at > from; at -= 1) {
        keys[at] = keys[at - 1] as number
        sizes[at] = sizes[at - 1] as number
      }
    }
  }

  /** Makes room behind the best level, by sliding where a slide lasts and by doubling elsewhere; returns how far levels moved. */
  #makeRoom(): number {
    const count = this.count
    const roomy = count <= this.#keys.length * 0.875
    const capacity = roomy ? this.#keys.length : Math.max(initialCapacity, this.#keys.length * 2)
    const start = (capacity - count) >> 2
    const moved = start - this.#start
    if (roomy) {
      this.#keys.copyWithin(start, this.#start, this.#end)
      this.#sizes.copyWithin(start, this.#start, this.#end)
    } else {
      const keys = new Float64Array(capacity)
      const sizes = new Float64Array(capacity)
      keys.set(this.#keys.subarray(this.#start, this.#end), start)
      sizes.set(this.#sizes.subarray(this.#start, this.#end), start)
      this.#keys = keys
      this.#sizes = sizes
    }
    this.#start = start
    this.#end = start + count
    return moved
  }
}
