import type { ConnectionState, ConnectionStateEvent } from '@tapewire/core'
import { Recent } from './recent.js'

/** One connection in one state. */
export interface ConnectionSpan {
  readonly connectionId: string
  readonly state: ConnectionState
  /** Epoch ms of our clock. */
  readonly since: number
  /** Null while it goes on. */
  readonly until: number | null
  /** Why, for people: the code of the error that led here; null where it was asked for. */
  readonly reason: string | null
  /** The number of the latest attempt to restore it, in a row; null where there is none. */
  readonly attempt: number | null
}

const mostSpans = 100
const mostConnections = 200

type OpenSpan = { -readonly [Key in keyof ConnectionSpan]: ConnectionSpan[Key] }

/** What each connection was and is. Bounded: 100 spans of each of 200 connections, the ones that changed last. */
export class ConnectionTimeline {
  readonly #spans = new Map<string, Recent<OpenSpan>>()

  /** At `now`, epoch ms. */
  onState({ connectionId, state, error, attempt }: ConnectionStateEvent, now: number): void {
    const spans = this.#spans.get(connectionId) ?? new Recent<OpenSpan>(mostSpans)
    // The ones that have changed last stay: those that are gone for good go first.
    this.#spans.delete(connectionId)
    this.#spans.set(connectionId, spans)
    if (this.#spans.size > mostConnections) this.#spans.delete(this.#spans.keys().next().value as string)
    const { newest } = spans
    const reason = error?.code ?? null
    if (newest?.state === state) {
      newest.attempt = attempt
      newest.reason = reason ?? newest.reason
      return
    }
    if (newest !== undefined) newest.until = now
    spans.add({ connectionId, state, since: now, until: null, reason, attempt })
  }

  /** By connection, oldest first. */
  get all(): readonly ConnectionSpan[] {
    return [...this.#spans.keys()].sort().flatMap((connectionId) => this.of(connectionId))
  }

  /** Oldest first. */
  of(connectionId: string): readonly ConnectionSpan[] {
    return (
      this.#spans
        .get(connectionId)
        ?.oldestFirst()
        .map((span) => ({ ...span })) ?? []
    )
  }
}
