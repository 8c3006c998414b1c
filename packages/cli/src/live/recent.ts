/** The latest so many of what is added; what is older is forgotten. Adding costs the same however many are kept. */
export class Recent<Item> {
  readonly #most: number
  readonly #items: Item[] = []
  /** Where the next one goes, once there is no more room. */
  #oldest = 0
  #added = 0

  constructor(most: number) {
    this.#most = most
  }

  /** How many were ever added. */
  get added(): number {
    return this.#added
  }

  add(item: Item): void {
    this.#added += 1
    if (this.#items.length < this.#most) {
      this.#items.push(item)
      return
    }
    this.#items[this.#oldest] = item
    this.#oldest = (this.#oldest + 1) % this.#most
  }

  /** Undefined before the first. */
  get newest(): Item | undefined {
    return this.#items.at(this.#oldest - 1)
  }

  /** Newest first, at most `count`. */
  newestFirst(count: number = this.#most): Item[] {
    const found: Item[] = []
    const { length } = this.#items
    for (let back = 1; back <= Math.min(count, length); back += 1) {
      found.push(this.#items[(this.#oldest - back + length) % length] as Item)
    }
    return found
  }

  /** Oldest first, at most the latest `count`. */
  oldestFirst(count: number = this.#most): Item[] {
    return this.newestFirst(count).reverse()
  }
}
