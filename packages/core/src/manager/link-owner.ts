import type { Clock } from '../clock/clock.js'
import type { WebSocketManagerConfig } from '../config/manager-config.js'
import type { ConnectionStateChange } from '../connection/connection-options.js'
import type { Failure } from '../connection/failure.js'
import type { StreamError } from '../errors/stream-error.js'
import type { FeedMessage, ParsedMessage } from '../model/message.js'
import type { ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { WebSocketStrategySet } from '../strategy/strategy-set.js'
import type { Stream } from '../strategy/subscription-strategy.js'
import type { RefusedStream } from '../subscription/ledger.js'

/** Who a link reports to. */
export interface LinkOwner {
  /** `isLate` says that it was read from a connection that is gone meanwhile. */
  deliver(message: FeedMessage, isLate: boolean): void | PromiseLike<void>
  dropped(message: ParsedMessage): void
  onError(error: StreamError): void
  onStateChange(change: ConnectionStateChange): void
  /** The connection is gone, and with it whatever the venue sends until it is back. */
  onLost(failure: Failure): void
  /** The connection is back, and everything that is wanted is about to be asked for again. */
  onRestoring(): void
  /** Streams the exchange acknowledged. */
  onAccepted(streams: readonly Stream[]): void
  /** A frame of one of our streams could not be read. */
  onUnreadable(wireChannel: string): void
  /** Streams the exchange refused although nobody waits for the answer (on a replay). */
  onRefused(refused: readonly RefusedStream[]): void
  /** A new connection should take over without losing a message. */
  onReplaceWanted(reason: string): void
}

/** What every link of a manager shares. */
export interface LinkEnvironment {
  readonly strategies: WebSocketStrategySet
  readonly config: WebSocketManagerConfig
  readonly policy: ReconnectionPolicy
  readonly clock: Clock
  readonly random: () => number
}
