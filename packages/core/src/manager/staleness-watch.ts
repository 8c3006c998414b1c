import type { Clock, Timer } from '../clock/clock.js'

/** Looks that are taken within the time after which a stream counts as stale. */
const looksPerPeriod = 4

/** Looks at regular intervals for what has been silent for too long. */
export class StalenessWatch {
  readonly #clock: Clock
  readonly #staleAfterMs: number
  readonly #onLook: (looks: number, reason: string) => void
  #timer: Timer | null = null

  /** `onLook` is told how many looks in a row a stream may be silent. With 0 ms it never looks. */
  constructor(clock: Clock, staleAfterMs: number, onLook: (looks: number, reason: string) => void) {
    this.#clock = clock
    this.#staleAfterMs = staleAfterMs
    this.#onLook = onLook
  }

  start(): void {
    if (this.#staleAfterMs === 0 || this.#timer !== null) return
    this.#timer = this.#clock.setTimer(this.#staleAfterMs / looksPerPeriod, () => {
      this.#timer = null
      this.start()
      this.#onLook(looksPerPeriod, `nothing came for ${this.#staleAfterMs} ms`)
    })
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}
