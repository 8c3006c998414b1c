import type { Clock } from '@tapewire/core'
import { sleep } from '@tapewire/core/adapter'
import type { StoredRange } from '../../stored/stored-range.js'

/** What a reading is made of. */
export interface ReadingParts {
  readonly range: StoredRange
  /** Whether nothing is told before `begin()`. */
  readonly isHeld: boolean
  readonly clock: Clock
  /** Called once all of it is told, what became of its gaps as well, and nothing follows. */
  onEnd(): void
}

/** Core asks what became of a gap a second after its end: so long an end waits for that, and a little longer, ms. */
const settleMs = 2_000

/** What of that which is stored a feed reads, when it begins, and that it has ended. */
export class Reading {
  readonly #parts: ReadingParts
  readonly #waiting: (() => void)[] = []
  /** Streams of which something was lost, and core has not asked yet what became of that. */
  readonly #unsettled = new Set<string>()
  readonly #settled = new AbortController()
  #isBegun: boolean
  #isEnding = false

  constructor(parts: ReadingParts) {
    this.#parts = parts
    this.#isBegun = !parts.isHeld
  }

  get range(): StoredRange {
    return this.#parts.range
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

  /** A stream that core asks about has a gap. */
  noteLoss(subject: string): void {
    this.#unsettled.add(subject)
  }

  /** Core has asked what became of it. */
  noteOutcome(subject: string): void {
    this.#unsettled.delete(subject)
    if (this.#isEnding && this.#unsettled.size === 0) this.#settled.abort()
  }

  /** All of it is told. A feed that is closed at once would tell a gap as lost that nobody had looked at yet. */
  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    if (this.#unsettled.size === 0) this.#parts.onEnd()
    else void this.#endSettled()
  }

  async #endSettled(): Promise<void> {
    const { clock, onEnd } = this.#parts
    await sleep(clock, settleMs, this.#settled.signal).catch(() => {})
    // What core was answered is told by then.
    setImmediate(onEnd)
  }
}
