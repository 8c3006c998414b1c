/** One side of a book as one writes it by hand: prices, best first, and their sizes. */
export class SortedSide {
  readonly #prices: number[] = []
  readonly #sizes: number[] = []
  /** 1 where the lowest price is the best, -1 where the highest is. */
  readonly #sign: 1 | -1

  constructor(sign: 1 | -1) {
    this.#sign = sign
  }

  get best(): number {
    return this.#prices[0] ?? Number.NaN
  }

  clear(): void {
    this.#prices.length = 0
    this.#sizes.length = 0
  }

  apply(levels: readonly number[]): void {
    for (let index = 0; index < levels.length; index += 2) {
      this.#set(levels[index] as number, levels[index + 1] as number)
    }
  }

  #set(price: number, size: number): void {
    const index = this.#indexOf(price)
    const isThere = this.#prices[index] === price
    if (size === 0) {
      if (isThere) {
        this.#prices.splice(index, 1)
        this.#sizes.splice(index, 1)
      }
    } else if (isThere) {
      this.#sizes[index] = size
    } else {
      this.#prices.splice(index, 0, price)
      this.#sizes.splice(index, 0, size)
    }
  }

  /** Where a price is, or belongs. */
  #indexOf(price: number): number {
    let low = 0
    let high = this.#prices.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (((this.#prices[middle] as number) - price) * this.#sign < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
