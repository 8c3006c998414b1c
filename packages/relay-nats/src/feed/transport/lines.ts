import type { NatsConnection } from '@nats-io/transport-node'
import type { Clock } from '@tapewire/core'
import type { StreamAnswer } from './answer.js'
import type { EnvelopeKind } from './envelope.js'

/** One stream as it is read, from when it is asked for until it is ended or refused. */
export interface Line {
  /** What was sent to the transport for it, and what its envelopes are about. */
  readonly subject: string
  /** Nothing was heard of a relay for three beats. */
  onRelayDead(relay: number): void
  /** A relay was heard that was not there before. */
  onRelayAppeared(): void
  /** Nothing more is told of it. */
  end(): void
}

/** One way to read streams: as they are published, or out of what is stored. The transport has one of these for all of its lines. */
export interface Lines {
  /**
   * Asks for a stream, and answers the request once it is known what becomes of it; null where there is no such stream. `before` is the line that follows the stream already, and that ends as soon
   * as this one is open; null where none does.
   */
  open(subject: string, requestId: number, before: Line | null): Line | null
  /** A relay says that it lives. */
  onBeat(relay: number): void
  /** Nothing is to be emitted until `resume`. */
  pause(): void
  resume(): void
  /** How far behind the relays it was when it read the last frame, ms, 0 and up. */
  readonly behindMs: number
}

/** What the lines of a transport have of it. */
export interface Desk {
  readonly connection: NatsConnection
  readonly clock: Clock
  /** How long a relay may take to answer when it is asked for a stream, ms. */
  readonly answerTimeoutMs: number
  /** Anything of that relay arrived. */
  saw(relay: number): void
  /** `name` is the subject as UTF-8, and `mark` what the reader of the envelope is to know besides. */
  emit(kind: EnvelopeKind, name: Uint8Array, mark: number, payload: Uint8Array, receivedAt: number): void
  /** What comes of the stream after this is not what follows on to what came before; nothing that was sent before `wholeUntil` is missing, epoch ms by our clock, null where nobody knows. */
  fault(name: Uint8Array, reason: string, wholeUntil: number | null): void
  tell(answer: StreamAnswer): void
  /** The line is of no use any more. */
  drop(subject: string): void
}
