import type { GapEvent } from '../model/gap-event.js'
import type { StrategyEnv } from './env.js'

/** A gap that is over, as `GapEvent` has it. */
export interface EndedGap extends Pick<GapEvent, 'stream' | 'from' | 'reason'> {
  /** When the stream was accepted or delivered again, epoch ms of our clock. */
  readonly to: number
}

/** What became of what a gap missed, as `GapEvent` has it: `fault` is null where nothing is missing any more, and only there. */
export type GapOutcome = Pick<GapEvent, 'action' | 'backfilled' | 'fault'>

/**
 * Says what became of what a stream missed, where that is known: of a stream that goes on where it was, say, or of one whose messages somebody else fetches and tells on the stream itself. Null
 * where nothing is known of this gap: it is then made up for as every other is.
 *
 * Asked a second after the gap's end, one gap of a stream after the other, of every stream but that of a book. It may wait until it knows, for three minutes at most; `env.signal` ends the wait.
 * Where it rejects, waits for longer, or says what cannot be, that counts as null and is logged.
 */
export type GapOutcomeOf = (gap: EndedGap, env: StrategyEnv) => Promise<GapOutcome | null>
