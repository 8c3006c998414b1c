import type { Clock, Timer } from '@tapewire/core'

/** So many beats may be missed. */
const missedBeats = 3

interface Watched {
  /** How often it was looked for since anything of it came. */
  missed: number
  isDead: boolean
}

/** What the watch is made from. */
export interface RelayWatchParts {
  readonly clock: Clock
  readonly beatIntervalMs: number
  /** Resolves once everything that the server had sent by now has been read: a relay is not dead because we were busy. */
  caughtUp(): Promise<void>
  onDead(relay: number): void
  /** One was heard for the first time, or after it was dead. */
  onAppeared(): void
}

/** Which relays live: each sends a beat, and everything else that it sends counts as one. */
export class RelayWatch {
  readonly #parts: RelayWatchParts
  readonly #relays = new Map<number, Watched>()
  #timer: Timer | null = null
  #isEnded = false

  constructor(parts: RelayWatchParts) {
    this.#parts = parts
    this.#schedule()
  }

  /** Anything of a relay came: every frame does, so that no clock is read here. */
  saw(relay: number): void {
    const watched = this.#relays.get(relay)
    if (watched === undefined) {
      this.#relays.set(relay, { missed: 0, isDead: false })
      this.#parts.onAppeared()
      return
    }
    watched.missed = 0
    if (!watched.isDead) return
    watched.isDead = false
    this.#parts.onAppeared()
  }

  end(): void {
    this.#isEnded = true
    this.#timer?.cancel()
  }

  #schedule(): void {
    if (this.#isEnded) return
    this.#timer = this.#parts.clock.setTimer(this.#parts.beatIntervalMs, () => void this.#look())
  }

  async #look(): Promise<void> {
    for (const watched of this.#relays.values()) watched.missed += 1
    if (this.#silent().length > 0) {
      await this.#parts.caughtUp()
      for (const [relay, watched] of this.#isEnded ? [] : this.#silent()) {
        watched.isDead = true
        this.#parts.onDead(relay)
      }
    }
    this.#schedule()
  }

  #silent(): readonly [number, Watched][] {
    return [...this.#relays].filter(([, { missed, isDead }]) => !isDead && missed > missedBeats)
  }
}
