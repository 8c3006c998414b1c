import type { StoredRange } from '../../stored/stored-range.js'

/** What of that which is stored a feed reads, when it begins, and that it has ended. */
export class Reading {
  readonly range: StoredRange
  readonly #onEnd: () => void
  readonly #waiting: (() => void)[] = []
  #isBegun: boolean

  /** `isHeld` where nothing is told before `begin()`; `onEnd` is called once all of it is told, and nothing follows. */
  constructor(range: StoredRange, isHeld: boolean, onEnd: () => void) {
    this.range = range
    this.#isBegun = !isHeld
    this.#onEnd = onEnd
  }

  get isBegun(): boolean {
    return this.#isBegun
  }

  /** Calls back when it begins, where it has not. */
  onBegin(callback: () => void): void {
    if (!this.#isBegun) this.#waiting.push(callback)
  }

  begin(): void {
    this.#isBegun = true
    for (const callback of this.#waiting.splice(0)) callback()
  }

  end(): void {
    this.#onEnd()
  }
}
