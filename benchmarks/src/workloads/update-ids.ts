/** Update ids inside a block of frames, as decimal digits. */
export class UpdateIds {
  readonly #block: Buffer
  /** Offset behind the last digit of each id. */
  readonly #ends: readonly number[]

  /** Finds the ids that follow one of `marks`. */
  constructor(block: Buffer, marks: readonly string[]) {
    this.#block = block
    this.#ends = marks.flatMap((mark) => {
      const ends: number[] = []
      for (let at = block.indexOf(mark); at >= 0; at = block.indexOf(mark, at + 1)) {
        let end = at + mark.length
        while (isDigit(block[end] as number)) end += 1
        ends.push(end)
      }
      return ends
    })
  }

  /** Adds to every id, in place. Ids keep their number of digits: they are far from the next one. */
  advance(by: number): void {
    for (const end of this.#ends) {
      let carry = by
      for (let at = end - 1; carry > 0; at -= 1) {
        const sum = (this.#block[at] as number) - 48 + carry
        this.#block[at] = 48 + (sum % 10)
        carry = Math.floor(sum / 10)
      }
    }
  }
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}
