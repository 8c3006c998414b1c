import type { Stream } from './stream.js'

/** What an alert can be about; `docs/alerts.md` has a heading for each. */
export type AlertKind =
  | 'latency'
  | 'compliance'
  | 'stale-stream'
  | 'gap'
  | 'drop'
  | 'schema-drift'
  | 'reconnect-storm'
  | 'breaker-open'
  | 'listen-key'
  | 'clock-skew'
  | 'book-divergence'
  | 'slow-handler'
  | 'event-loop-blocked'

export const alertKinds: readonly AlertKind[] = [
  'latency',
  'compliance',
  'stale-stream',
  'gap',
  'drop',
  'schema-drift',
  'reconnect-storm',
  'breaker-open',
  'listen-key',
  'clock-skew',
  'book-divergence',
  'slow-handler',
  'event-loop-blocked',
]

/**
 * Something that a person should know of a feed as a whole. There is one of a kind at most, however many streams or connections it is about: told when it is raised, once more
 * where it becomes critical, and when it has been well for a while.
 */
export interface Alert {
  readonly exchange: string
  readonly kind: AlertKind
  readonly status: 'raised' | 'cleared'
  /** `critical` where data is missing or none comes: it was lost, or nothing mends it while you wait. */
  readonly severity: 'warning' | 'critical'
  /** What is so, with figures, for people. Of one that is cleared, what was. */
  readonly reason: string
  /** What to do about it, for people. */
  readonly advice: string
  /** Where the documentation explains the kind. */
  readonly docs: string
  /** When it was raised, epoch ms. */
  readonly since: number
  /** When this was so, epoch ms. */
  readonly at: number
  /** Null where it is about more than one connection, or none in particular. */
  readonly connectionId: string | null
  /** Null where it is about more than one stream, or none in particular. */
  readonly stream: Stream | null
  /** What was measured or counted, its threshold, and the unit of both: `ms`, `ratio`, or what was counted. Null where nothing was. */
  readonly value: number | null
  readonly threshold: number | null
  readonly unit: string | null
}
