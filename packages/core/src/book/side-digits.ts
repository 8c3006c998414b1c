import type { LevelDigits } from '../model/order-book.js'
import type { FlatLevels } from '../model/payloads.js'

/** The texts of one side's levels as they were sent, by price: kept beside the levels, and only where rules check a book by them. */
export class SideDigits {
  readonly #texts: Map<number, LevelDigits>

  constructor(texts: Iterable<readonly [number, LevelDigits]> = []) {
    this.#texts = new Map(texts)
  }

  /** Null where there is no such level. */
  at(price: number): LevelDigits | null {
    return this.#texts.get(price) ?? null
  }

  /** Sets the texts of levels, flat and parallel to them; a level of size 0 has none. */
  set(levels: FlatLevels, texts: readonly string[]): void {
    for (let index = 0; index < levels.length; index += 2) {
      const price = levels[index] as number
      if (levels[index + 1] === 0) this.#texts.delete(price)
      else this.#texts.set(price, { price: texts[index] as string, size: texts[index + 1] as string })
    }
  }

  remove(price: number): void {
    this.#texts.delete(price)
  }

  clear(): void {
    this.#texts.clear()
  }

  copy(): SideDigits {
    return new SideDigits(this.#texts)
  }
}
