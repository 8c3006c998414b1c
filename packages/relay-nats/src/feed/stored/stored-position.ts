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

  /** What became of what a gap missed. What came while there was no connection is read where it is stored, as everything is: only what was noted is missing. */
  takeOutcome(): GapOutcome {
    const hasHole = this.#hasHole
    this.#hasHole = false
    if (!hasHole) return { action: 'backfilled', backfilled: 0, fault: null }
    return { action: 'partly-backfilled', backfilled: 0, fault: 'not everything that happened was stored, or is kept' }
  }
}
