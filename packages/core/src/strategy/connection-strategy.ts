import type { StreamError } from '../errors/stream-error.js'
import type { AlertKind } from '../model/alert.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { ParsedMessage } from '../model/message.js'
import type { AccountLook } from './account-look.js'
import type { StrategyEnv } from './env.js'
import type { Transport, TransportClose } from './transport.js'

/** How hard and how often to try again. */
export interface ReconnectionPolicy {
  /** Attempts in a row before the circuit breaker opens; 0 never reconnects. */
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
  /** Whether `authenticate()` has something to do: only then is it called, and the connection is ready once it resolves. */
  readonly authRequired: boolean
  /** What `authenticate()` needs, opaque to the library and never logged. */
  readonly authParams: Readonly<Record<string, unknown>> | null
  /** How often a ping is sent, ms; 0 never. */
  readonly pingIntervalMs: number
  /** How long the exchange may say nothing at all after a ping before the connection counts as dead, ms. */
  readonly pingTimeoutMs: number
  /** The exchange's own ping; null where it answers the protocol's. Not looked at where the strategy has a `heartbeat()` of its own. */
  readonly pingMessage: string | null
  /** Overrides of the manager's reconnection settings for this exchange; null keeps them. */
  readonly maxReconnectAttempts: number | null
  readonly reconnectDelayMs: number | null
}

/** How a request of `authenticate()` is answered. */
export interface LoginRequestOptions {
  /** Whether a message is the answer. Without it, the first REPLY, SUBSCRIPTION_CONFIRM or ERROR is. */
  readonly match?: (message: ParsedMessage) => boolean
  /** How long the answer may take, ms; default 10,000. `connectTimeoutMs` of the manager bounds the whole attempt all the same. */
  readonly timeoutMs?: number
}

/** A connection that is open and on which nobody has logged in yet, as `authenticate()` sees it. */
export interface LoginSession {
  /** The context the connection was opened with; its `authParams` are what `context()` put there. */
  readonly context: ConnectionContext
  /** An id for a request, as for subscriptions: 1 and up, never the same twice in a manager. */
  nextRequestId(): number
  /** Sends, and waits for nothing. */
  send(payload: string | Uint8Array): void
  /**
   * Sends, and resolves with the answer: the first message that `match` accepts, as the set's parser reads it. What else arrives meanwhile is kept, in order, for the
   * manager. The parser must tell the answer for control traffic: data is not read before the login is over.
   * Rejects with `ERR_AUTHENTICATION_FAILED` where the answer is a refusal (a REPLY that is not ok, an ERROR, a SUBSCRIPTION_CONFIRM that refuses), with
   * `ERR_CONNECTION_TIMEOUT` where none comes, and with the connection's error where it ends.
   */
  request(payload: string | Uint8Array, options?: LoginRequestOptions): Promise<ParsedMessage>
}

/** How one exchange is reached, kept alive, and given up on. */
export interface ConnectionStrategy {
  readonly reconnectionPolicy: ReconnectionPolicy
  /**
   * Whether it connects as somebody, a listen key in the URL included: only then can a refusal of who we are (`ERR_AUTHENTICATION_FAILED`, HTTP 401 or 403) be the end, after three in
   * a row. A context with `authRequired` says so too. Without either it is an outage like another.
   */
  readonly hasCredentials?: boolean
  /**
   * The next attempt's context. `lane` says which of the connections that carry the same streams it is for: 0, and with `redundancy: 2` 0 or 1. An exchange that has
   * two addresses for the same data gives each its own; with one there is nothing to look at. Rejects with a `StreamError`, for example where a listen key cannot be had.
   */
  context(env: StrategyEnv, lane?: number): Promise<ConnectionContext>
  /** Resolves with an open transport; `openSocket()` does it for nearly every exchange. */
  connect(context: ConnectionContext, env: StrategyEnv): Promise<Transport>
  /**
   * Resolves once the exchange has accepted us; rejects with `ERR_AUTHENTICATION_FAILED`. Called where the context says `authRequired`; needed there only.
   *
   * @example
   * async authenticate({ context, request, nextRequestId }) {
   *   await request(JSON.stringify({ op: 'login', id: nextRequestId(), ...context.authParams }))
   * }
   */
  authenticate?(session: LoginSession, env: StrategyEnv): Promise<void>
  /**
   * Sends a ping that is not always the same. Without it, `pingMessage` of the context is sent, or the protocol's own ping where that is null.
   * Whatever arrives afterwards says that the connection lives: a pong of the protocol's, one of the exchange's own, or data.
   */
  heartbeat?(transport: Transport, env: StrategyEnv): void
  /** Whether another attempt makes sense after this error. False is the end of the connection: say so of credentials alone, everything else may pass. */
  shouldReconnect(error: StreamError): boolean
  /** Where the end of a connection, or what an attempt failed of, means something other than core's tables say; null leaves it to them. */
  classify?(end: TransportClose | StreamError): FailureKind | null
  /**
   * Long-lived upkeep beside the socket (a listen key to keep alive). Called for each connection once it is open, with the context it was opened with; `env.signal` is
   * aborted when that ends. `takeOver` asks for a new connection that takes over without losing a message, while this one still delivers. `lost` says that this one brings nothing any
   * more, though its socket is open (its listen key has ended): it is given up at once, its streams are gapped, and a new one follows as after any loss; the error is the reason that is
   * told, and its code says how soon (`ERR_LISTEN_KEY_ENDED`: at once). Neither does anything once the connection has ended. Returns what ends the upkeep, called when the connection ends.
   */
  maintain?(
    context: ConnectionContext,
    env: StrategyEnv,
    takeOver: (reason: string) => void,
    lost: (error: StreamError) => void,
  ): () => void
  /**
   * Asked before a connection is closed that another has taken over from: looks once more whether it has brought everything until now (its listen key lives), and calls `lost` of `maintain`
   * before it resolves where it has not. What the other brings waits meanwhile; `acknowledgementTimeoutMs` at most. `env.signal` is aborted when the connection ends.
   */
  lookOnceMore?(context: ConnectionContext, env: StrategyEnv): Promise<void>
  /** Looks at the account over REST while a connection of it is up, for streams that fall silent in an open socket. Absent where the exchange has another sign, or none. */
  readonly accountLook?: AccountLook
  /**
   * What a person should do about alerts, by their kind, in whole sentences: where what core says of an exchange (its status page, `tapewire doctor`) does not help, because
   * something else is at the other end. Core's own advice for every kind that is left out.
   */
  readonly alertAdvice?: Readonly<Partial<Record<AlertKind, string>>>
  /** Gives back what the exchange holds for us (a listen key) and nobody uses: when the manager closes, and after each start that failed. It holds up whoever waits for that: `timeoutMs` should be short. */
  release?(env: StrategyEnv): Promise<void>
}
