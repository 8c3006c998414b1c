import type { StreamError } from '../errors/stream-error.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { Transport, TransportClose } from './transport.js'

/** How hard and how often to try again. */
export interface ReconnectionPolicy {
  /** Attempts in a row before giving up; 0 never reconnects. */
  readonly maxAttempts: number
  /** First backoff step, ms. */
  readonly initialDelayMs: number
  /** Each further step is this many times longer, 1 or more. */
  readonly backoffFactor: number
  /** No delay is longer, ms. */
  readonly maxDelayMs: number
  /** Whether a close without a code (1005) starts the count of attempts anew. */
  readonly resetOn1005: boolean
}

/** Everything one connection attempt needs; asked for anew before each attempt, because listen keys expire. */
export interface ConnectionContext {
  /** `wss://…`; `ws://` is accepted for loopback hosts only. May hold a listen key: never logged whole. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Whether `authenticate()` has something to do. */
  readonly authRequired: boolean
  /** What `authenticate()` needs, opaque to the library and never logged. */
  readonly authParams: Readonly<Record<string, unknown>> | null
  /** How often `heartbeat()` is called, ms; 0 never. */
  readonly pingIntervalMs: number
  /** How long a pong may take before the connection counts as dead, ms. */
  readonly pingTimeoutMs: number
  /** The exchange's own ping frame, where `heartbeat()` sends a constant; null otherwise. */
  readonly pingMessage: string | null
  /** Overrides of the manager's reconnection settings for this venue; null keeps them. */
  readonly maxReconnectAttempts: number | null
  readonly reconnectDelayMs: number | null
}

/** How one exchange is reached, kept alive, and given up on. */
export interface ConnectionStrategy {
  readonly reconnectionPolicy: ReconnectionPolicy
  /** The next attempt's context. Rejects with a `StreamError`, for example where a listen key cannot be had. */
  context(signal: AbortSignal): Promise<ConnectionContext>
  /** Resolves with an open transport; `openSocket()` does it for nearly every exchange. */
  connect(context: ConnectionContext, signal: AbortSignal): Promise<Transport>
  /** Resolves once the exchange has accepted us; rejects with `ERR_AUTHENTICATION_FAILED`. Public: resolves at once. */
  authenticate(transport: Transport, context: ConnectionContext, signal: AbortSignal): Promise<void>
  /** Sends the exchange's own ping. Its pong must be parsed as a HEARTBEAT message. */
  heartbeat(transport: Transport): void
  /** Whether another attempt makes sense after this error. */
  shouldReconnect(error: StreamError): boolean
  /** Where the exchange's closes mean something other than core's table says; null leaves it to the table. */
  classify?(close: TransportClose): FailureKind | null
  /**
   * Long-lived upkeep beside the socket (a listen key to keep alive). Called for each connection once it is open, with the context it was opened with;
   * `replace` asks for a new connection that takes over without losing a message. Returns what ends the upkeep, called when the connection ends.
   */
  maintain?(context: ConnectionContext, replace: (reason: string) => void): () => void
  /** Gives back what the venue holds for us (a listen key), once, when the manager closes. */
  release?(): Promise<void>
}
