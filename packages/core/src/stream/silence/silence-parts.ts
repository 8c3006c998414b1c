import type { Clock } from '../../clock/clock.js'
import type { Log } from '../../config/logger.js'
import type { Stream } from '../../model/stream.js'
import type { SilentCarrier } from './silence-watch.js'

/**
 * What the exchange says over REST of a stream that is quiet: it has gone on without the stream (`behind`), or has nothing that was not told (`even`). `unknown` where it cannot be asked, or what it
 * says proves neither.
 */
export type LookOutcome = 'behind' | 'even' | 'unknown'

/** What a watch over silence is made from, and who hears of what it finds. */
export interface SilenceWatchParts {
  readonly clock: Clock
  readonly log: Log
  /** Silence after which a stream that pushes regularly is stale at the latest, ms; 0 watches nothing. */
  readonly staleAfterMs: number
  readonly carriers: () => readonly SilentCarrier[]
  /** Streams whose status is their book's, which heals by itself what it misses. */
  readonly isBook: (stream: Stream) => boolean
  /** Whether the exchange has gone on without the stream, as it says over REST. Never rejects. */
  readonly look: (stream: Stream) => Promise<LookOutcome>
  /** It may have stalled since its last message: what comes of it from here on is no proof of the contrary. */
  readonly onDoubt: (stream: Stream) => void
  /** That could not be shown: it goes on as a quiet one. */
  readonly onDoubtOver: (stream: Stream) => void
  /** It is whole: the exchange has nothing newer, or something has come since that was so. */
  readonly onLive: (stream: Stream, reason: string) => void
  readonly onStale: (stream: Stream, reason: string) => void
  /** Something may have been missed, while the stream goes on. */
  readonly onMissed: (stream: Stream, reason: string) => void
  /** The subscription ended, and begins anew. */
  readonly onEnded: (stream: Stream, reason: string) => void
}
