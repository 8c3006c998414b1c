/** How often something happened lately, counted by the second: it costs the same however often that is. */
export class RecentCount {
  readonly #counts: Float64Array
  #second = 0
  #total = 0

  /** `seconds`: how long something counts. */
  constructor(seconds: number) {
    this.#counts = new Float64Array(seconds)
  }

  add(nowMs: number, count = 1): void {
    this.#roll(nowMs)
    const slot = this.#second % this.#counts.length
    this.#counts[slot] = (this.#counts[slot] as number) + count
    this.#total += count
  }

  /** How often it happened in those seconds, the present one included. */
  total(nowMs: number): number {
    this.#roll(nowMs)
    return this.#total
  }

  #roll(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000)
    const { length } = this.#counts
    const passed = Math.min(second - this.#second, length)
    if (passed <= 0) return
    for (let step = 0; step < passed; step += 1) {
      const slot = (second - step) % length
      this.#total -= this.#counts[slot] as number
      this.#counts[slot] = 0
    }
    this.#second = second
  }
}
