import type { Clock } from '../clock/clock.js'
import type { Log } from '../config/logger.js'
import type { StreamError } from '../errors/stream-error.js'
import type { ConnectionState } from '../model/connection-state.js'
import type { InboundFrame } from '../model/inbound-frame.js'
import type { ConnectionContext, ConnectionStrategy, ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { Failure } from './failure.js'

/** Who owns a connection, and what it is told. */
export interface ConnectionOwner {
  onFrame(frame: InboundFrame): void
  /** Open and authenticated. Once this resolves the connection is ready; a rejection counts as a failure of the connection. */
  onOpen(): Promise<void>
  /** The transport is gone; another attempt follows unless the state says otherwise. */
  onLost(failure: Failure): void
  onStateChange(change: ConnectionStateChange): void
  /** The strategy asks for a new connection to take over. */
  onReplaceWanted(reason: string): void
}

/** One step of the state machine; `error` is why, where the step was not asked for. */
export interface ConnectionStateChange {
  readonly state: ConnectionState
  readonly previous: ConnectionState
  readonly error: StreamError | null
}

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly strategy: ConnectionStrategy
  readonly owner: ConnectionOwner
  readonly policy: ReconnectionPolicy
  readonly connectTimeoutMs: number
  readonly closeTimeoutMs: number
  readonly clientMessagesPerSecond: number
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
}

/** What this venue asks for in place of the general settings. */
export function withOverrides(policy: ReconnectionPolicy, context: ConnectionContext): ReconnectionPolicy {
  return {
    ...policy,
    ...(context.maxReconnectAttempts === null ? {} : { maxAttempts: context.maxReconnectAttempts }),
    ...(context.reconnectDelayMs === null ? {} : { initialDelayMs: context.reconnectDelayMs }),
  }
}
