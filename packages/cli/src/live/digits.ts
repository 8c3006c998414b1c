import { fractionDigits } from '../messages/format-number.js'

/** How many digits after the point the numbers of a column have had at most: what all of them are written with. */
export class Digits {
  #most = 0
  #factor = 1

  get most(): number {
    return this.#most
  }

  see(value: number | null): void {
    // Nearly every number has no more digits than those before it: that is told without a text of it.
    if (value === null || Math.round(value * this.#factor) / this.#factor === value) return
    const digits = fractionDigits(value)
    if (digits <= this.#most) return
    this.#most = digits
    this.#factor = 10 ** digits
  }
}
