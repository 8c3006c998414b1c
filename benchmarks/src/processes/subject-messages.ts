import type { LatencySummary } from '../measure/latency-histogram.js'
import type { Schedule } from '../measure/tally.js'
import type { Usage } from '../measure/usage-window.js'
import type { SubjectTask } from '../subjects/subject-task.js'

/** What a client's process is told. */
export type SubjectCommand =
  | { readonly kind: 'start'; readonly task: SubjectTask }
  | { readonly kind: 'follow'; readonly schedule: Schedule }
  /** Timed by the client's own process, which may be too busy to hear of its end. */
  | { readonly kind: 'observe'; readonly afterSeconds: number; readonly seconds: number }
  | { readonly kind: 'time-core'; readonly afterSeconds: number; readonly seconds: number }
  | { readonly kind: 'measure-memory' }
  /** Everything was sent: so many messages. */
  | { readonly kind: 'finish'; readonly messages: number }

/** What it says. */
export type SubjectReport = Ready | Following | Observed | CoreTimed | Memory | Finished | FirstMessage

export interface Ready {
  readonly kind: 'ready'
  readonly connections: number
}

/** The client knows the schedule. */
export interface Following {
  readonly kind: 'following'
}

export interface Observed {
  readonly kind: 'observed'
  readonly usage: Usage
}

/** `waitedShare`: of the time, 0 to 1, for which the main thread was ready to run and had no core; null where the system does not say. */
export interface CoreTimed {
  readonly kind: 'core-timed'
  readonly waitedShare: number | null
}

/** Bytes; the heap after a full collection where Node runs with `--expose-gc`. */
export interface Memory {
  readonly kind: 'memory'
  readonly heapBytes: number
  readonly residentBytes: number
  readonly messages: number
  readonly pendingMessages: number
}

export interface Finished {
  readonly kind: 'finished'
  readonly messages: number
  readonly checksum: number
  /** The most memory the process ever had, bytes. */
  readonly peakResidentBytes: number
  readonly endToEnd: LatencySummary | null
  readonly processing: LatencySummary | null
  readonly details: Readonly<Record<string, number>>
}

/** Milliseconds since the process began. */
export interface FirstMessage {
  readonly kind: 'first-message'
  /** Before the client's modules were asked for, when they were there, and when the first message was. */
  readonly startedMs: number
  readonly loadedMs: number
  readonly receivedMs: number
}
