/** Above this a number would soon lose whole units. */
const spillAt = 2 ** 52

/** A sum of whole numbers that stays exact: fast while small, and never rounded. Single terms are safe integers below 2^52. */
export class ExactSum {
  #low = 0
  #high = 0n

  add(term: number): void {
    this.#low += term
    if (this.#low >= spillAt) {
      this.#high += BigInt(this.#low)
      this.#low = 0
    }
  }

  clear(): void {
    this.#low = 0
    this.#high = 0n
  }

  get total(): bigint {
    return this.#high + BigInt(this.#low)
  }
}
