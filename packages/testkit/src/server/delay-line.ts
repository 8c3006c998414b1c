import type { Clock, Timer } from '@tapewire/core'

interface Delayed {
  readonly action: () => void
  readonly dueAt: number
}

/** Has things happen later by a clock, in their order. */
export class DelayLine {
  readonly #clock: Clock
  readonly #waiting: Delayed[] = []
  #timer: Timer | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Happens at once where nothing waits and there is no delay, ms. */
  after(delayMs: number, action: () => void): void {
    if (delayMs === 0 && this.isEmpty) {
      action()
      return
    }
    const dueAt = Math.max(this.#clock.now() + delayMs, this.#waiting.at(-1)?.dueAt ?? 0)
    this.#waiting.push({ action, dueAt })
    this.#timer ??= this.#schedule()
  }

  /** What waits does not happen. */
  clear(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#waiting.length = 0
  }

  #schedule(): Timer | null {
    const [next] = this.#waiting
    if (next === undefined) return null
    return this.#clock.setTimer(Math.max(0, next.dueAt - this.#clock.now()), () => {
      this.#timer = null
      const now = this.#clock.now()
      while (this.#waiting.length > 0 && (this.#waiting[0] as Delayed).dueAt <= now) this.#waiting.shift()?.action()
      this.#timer ??= this.#schedule()
    })
  }
}
