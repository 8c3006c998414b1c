/** The last ids that came, up to a number of them. */
export class SeenIds {
  readonly #ids = new Set<string>()
  readonly #capacity: number

  /** `capacity`: how many are remembered, 1 and up. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#ids.size
  }

  /** Whether it is new, and remembers it. One that comes again is remembered as of now: what was repeated once may be so twice. */
  add(id: string): boolean {
    const isNew = !this.#ids.delete(id)
    this.#ids.add(id)
    if (this.#ids.size > this.#capacity) {
      const [oldest] = this.#ids
      if (oldest !== undefined) this.#ids.delete(oldest)
    }
    return isNew
  }
}
