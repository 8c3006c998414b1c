import type { StreamError } from '@tapewire/core'
import type { RelayMetrics, SharedPlaces } from '@tapewire/relay-nats'

/** What a relay does here until it is closed. */
export interface RunningRelay {
  /** Null before it publishes anything. */
  metrics(): readonly RelayMetrics[]
  /** The limits that it shares with the other members of its group; none where it is in none. */
  places(): readonly SharedPlaces[]
  /** Ends it, and the feeds behind it. */
  close(): Promise<void>
}

/** What a relay tells on standard error. */
export interface RelayNotes {
  note(text: string): void
  warn(error: StreamError): void
}
