const windowSeconds = 10

/** Messages a second over the last ten seconds, counted without a timer. */
export class RateWindow {
  readonly #counts = new Float64Array(windowSeconds)
  #second = 0

  /** Counts one message at `nowMs`. */
  count(nowMs: number): void {
    const second = Math.floor(nowMs / 1000)
    if (second !== this.#second) this.#roll(second)
    const slot = second % windowSeconds
    this.#counts[slot] = (this.#counts[slot] as number) + 1
  }

  /** The mean over the window that ends at `nowMs`, or over the time since `sinceMs` where that is shorter. */
  rate(nowMs: number, sinceMs: number): number {
    this.#roll(Math.floor(nowMs / 1000))
    const windowStart = (Math.floor(nowMs / 1000) - windowSeconds + 1) * 1000
    const elapsedSeconds = (nowMs - Math.max(sinceMs, windowStart)) / 1000
    if (elapsedSeconds <= 0) return 0
    return this.#counts.reduce((sum, value) => sum + value, 0) / elapsedSeconds
  }

  #roll(second: number): void {
    if (second <= this.#second) return
    const skipped = Math.min(second - this.#second, windowSeconds)
    for (let step = 0; step < skipped; step += 1) this.#counts[(second - step) % windowSeconds] = 0
    this.#second = second
  }
}
