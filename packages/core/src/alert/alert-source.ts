import type { BookDivergence } from '../book/book-events.js'
import type { ConnectionStateChange } from '../connection/connection-options.js'
import type { StreamError } from '../errors/stream-error.js'
import type { MetricsWindow } from '../metrics/windows/metrics-window.js'
import type { BreakerState } from '../model/breaker-state.js'
import type { ConnectionState } from '../model/connection-state.js'
import type { GapEvent } from '../model/gap-event.js'
import type { Instrument } from '../model/instrument.js'
import type { Stream } from '../model/stream.js'

/** What was measured over a while that ends now, all connections together. */
export type MeasuredTraffic = Pick<
  MetricsWindow,
  'seconds' | 'messages' | 'p99ProcessingTimeMs' | 'complianceRate' | 'averageLagMs'
>

/** Of the frames that were timed in the last minute, how long the handler took with half of them, ms. */
export interface HandlerTimes {
  readonly sampled: number
  readonly p50Ms: number
}

/** One connection, or with redundancy one of two that carry the same streams. */
export interface WatchedLane {
  readonly id: string
  readonly state: ConnectionState
  readonly breaker: BreakerState
  /** When the next attempt to restore it begins, epoch ms; null while none waits. */
  readonly nextAttemptAt: number | null
  /** Why it was given up; null where it was not. */
  readonly givenUp: StreamError | null
  /** Whether it has ever been up: of one that was not, whoever wanted it is told. */
  readonly wasUp: boolean
}

/** A place for streams, as far as their state goes. */
export interface WatchedGroup {
  readonly id: string
  readonly state: ConnectionState
  readonly wanted: readonly Stream[]
}

/** What rules look at, as it is at the moment of the call. Nothing is worked out before it is asked for. */
export interface AlertSource {
  /** The machine's clock, epoch ms, steps included. */
  wallTime(): number
  lanes(): readonly WatchedLane[]
  groups(): readonly WatchedGroup[]
  isBook(stream: Stream): boolean
  /** Why its silence is none of a quiet pair, in a few words for people: `usually busy`; null where it may be one. */
  whyOdd(stream: Stream, groupId: string): string | null
  /** Messages that wait for the handler. */
  pendingMessages(): number
  /** How long the handler took before it returned, over the last minute; null where nothing is measured. */
  handlerTimes(): HandlerTimes | null
  /** Null where nothing is measured. */
  lastTenSeconds(): MeasuredTraffic | null
  lastMinute(): MeasuredTraffic | null
  /** Counters from the beginning: messages, those of no known kind, and how often the reference decoder was needed, by wire channel. */
  messages(): number
  unknownMessages(): number
  fallbacks(): ReadonlyMap<string, number>
}

/** What happened that a rule may want to hear of at once. */
export type AlertNews =
  /** A look is made, so much later than it should, ms. */
  | { readonly kind: 'look'; readonly lateMs: number }
  | { readonly kind: 'gap'; readonly gap: GapEvent }
  | { readonly kind: 'drop'; readonly connectionId: string; readonly stream: Stream | null }
  | { readonly kind: 'error'; readonly error: StreamError }
  | { readonly kind: 'connection'; readonly connectionId: string; readonly change: ConnectionStateChange }
  | { readonly kind: 'divergence'; readonly divergence: BookDivergence; readonly stream: Stream | null }
  | { readonly kind: 'book-gap'; readonly symbol: Instrument; readonly reason: string; readonly stream: Stream | null }
  /** The exchange was asked what time it is: its clock is ahead of ours by so much, give or take the uncertainty, ms. */
  | { readonly kind: 'clock'; readonly offsetMs: number; readonly uncertaintyMs: number }
