import type { GapOutcome } from '@tapewire/core/adapter'
import { ReadMemory } from '../../stored/read-memory.js'

/** How far a consumer has come with one stream that is stored, over all its connections. */
export class StoredPosition {
  readonly memory: ReadMemory = new ReadMemory()
  #hasHole = false

  /** Something of the stream is missing for good. */
  noteHole(): void {
    this.#hasHole = true
  }

  /**
   * What became of what a gap missed. What came while there was no connection is read where it is stored, as everything is: only what was noted is missing. What the relay itself missed, it has
   * `said` what became of; null where that is nothing.
   */
  takeOutcome(said: GapOutcome | null): GapOutcome {
    const hasHole = this.#hasHole
    this.#hasHole = false
    const outcome = said ?? { action: 'backfilled', backfilled: 0, fault: null }
    if (!hasHole || outcome.fault !== null) return outcome
    return { ...outcome, action: 'partly-backfilled', fault: 'not everything that happened was stored, or is kept' }
  }
}
