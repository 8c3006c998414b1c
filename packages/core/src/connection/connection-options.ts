import type { StreamError } from '../errors/stream-error.js'
import type { ConnectionTimes } from '../metrics/connection/connection-times.js'
import type { BreakerState } from '../model/breaker-state.js'
import type { ConnectionState } from '../model/connection-state.js'
import type { InboundFrame } from '../model/inbound-frame.js'
import type { ParsedMessage } from '../model/message.js'
import type { ConnectionPermit } from '../strategy/connection-limiter.js'
import type { ConnectionStrategy, ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { ManagerEnv } from '../strategy/env.js'
import type { MessageParser } from '../strategy/message-parser.js'
import type { ConnectionParsers } from './connection-parsers.js'
import type { Failure } from './failure.js'
import type { ConnectionTap } from './frame-tap.js'

/** Who owns a connection, and what it is told. */
export interface ConnectionOwner {
  /** A new transport: its frames follow, and this parser reads them. Whoever is told of it ends the parser. */
  onAttached(parser: MessageParser): void
  onFrame(frame: InboundFrame): void
  /** A frame that was read while we logged in: what of it has had no effect yet. */
  onReadFrame(frame: InboundFrame, messages: readonly ParsedMessage[]): void
  /** Open and authenticated. Once this resolves the connection is ready; a rejection counts as a failure of the connection. */
  onOpen(): Promise<void>
  /** The transport is gone; another attempt follows unless the state says otherwise. */
  onLost(failure: Failure): void
  onStateChange(change: ConnectionStateChange): void
  /** The strategy asks for a new connection to take over. */
  onTakeOverWanted(reason: string): void
  /** The strategy's own code failed (`ERR_INVALID_STRATEGY`); what the connection made of that shows elsewhere. */
  onStrategyFault(error: StreamError): void
  /** The circuit breaker has opened (`ERR_CIRCUIT_OPEN`): told once, until it is closed again. */
  onBreakerOpened(error: StreamError): void
}

/** How attempts to restore a lost connection stand; all null where there is nothing to restore. */
export interface RestoringAttempt {
  /** The number of the attempt that follows or, where `nextAttemptAt` is past, has begun, 1 and up, in a row; where none follows, of the last one that was made. Null where there is none. */
  readonly attempt: number | null
  /** How long it waits until that attempt, ms; 0 is at once. Null where none follows. */
  readonly delayMs: number | null
  /** When that attempt begins, epoch ms. Null where none follows. */
  readonly nextAttemptAt: number | null
}

export const noAttempt: RestoringAttempt = { attempt: null, delayMs: null, nextAttemptAt: null }

/**
 * One step of the state machine, one more attempt in `reconnecting`, or the closing of the breaker in `connected`; `error` is why, where the step was not asked for. `error` as the
 * state is the end where `nextAttemptAt` is null; otherwise the breaker is open.
 */
export interface ConnectionStateChange extends RestoringAttempt {
  readonly state: ConnectionState
  readonly previous: ConnectionState
  readonly error: StreamError | null
  readonly breaker: BreakerState
}

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly strategy: ConnectionStrategy
  /** Whence each transport gets its parser. */
  readonly parsers: ConnectionParsers
  readonly owner: ConnectionOwner
  readonly policy: ReconnectionPolicy
  /** Which of the connections that carry the same streams it is, 0 and up: an exchange may have an address for each. */
  readonly lane: number
  /** Of its place, which others have before and after it. */
  readonly times: ConnectionTimes
  /** How long an open breaker waits before each attempt, ms; up to as much again is added. */
  readonly breakerIntervalMs: number
  /** No attempt begins later than this after the loss, ms; 0 is no limit. */
  readonly reconnectTimeLimitMs: number
  readonly connectTimeoutMs: number
  readonly closeTimeoutMs: number
  /** Asks for leave to have the connection; null where nobody has to be asked. */
  readonly permit: (() => ConnectionPermit) | null
  readonly clientMessagesPerSecond: number
  /** 1 and up; never the same twice in a manager. */
  readonly nextRequestId: () => number
  /** Shows the connection's frames to whoever wants to see them. */
  readonly tap: ConnectionTap
  /** What the strategy is given; `log` is the connection's own. */
  readonly env: ManagerEnv
}

/** How often and how soon to try again, where somebody says so himself. */
export interface PolicyOverrides {
  readonly maxReconnectAttempts?: number | null | undefined
  readonly reconnectDelayMs?: number | null | undefined
}

/** The policy, with what is said in its place: by the user for a manager, by the exchange for an attempt. */
export function withOverrides(
  policy: ReconnectionPolicy,
  { maxReconnectAttempts, reconnectDelayMs }: PolicyOverrides,
): ReconnectionPolicy {
  return {
    ...policy,
    maxAttempts: maxReconnectAttempts ?? policy.maxAttempts,
    initialDelayMs: reconnectDelayMs ?? policy.initialDelayMs,
  }
}
