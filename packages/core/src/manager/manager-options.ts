import type { BookOptions } from '../book/book-options.js'
import type { Clock } from '../clock/clock.js'
import type { Log, LogLevel } from '../config/logger.js'
import type { WebSocketManagerConfig } from '../config/manager-config.js'
import { StreamError } from '../errors/stream-error.js'
import { suggest } from '../errors/suggest.js'
import type { Channel } from '../model/channel.js'
import type { ConnectionState } from '../model/connection-state.js'
import type { Instrument } from '../model/instrument.js'
import type { FeedMessage } from '../model/message.js'
import type { StreamState } from '../model/stream-state.js'
import type { WebSocketStrategySet } from '../strategy/strategy-set.js'
import type { BookEvent } from './book-desk.js'

/** A connection changed its state; `error` is why, where nobody asked for it. */
export interface ConnectionStateEvent {
  readonly exchange: string
  /** `acme_spot#1`: stable over reconnects. */
  readonly connectionId: string
  readonly state: ConnectionState
  readonly previous: ConnectionState
  readonly error: StreamError | null
}

/** A message was dropped, because more waited than may. */
export interface DropEvent {
  readonly exchange: string
  readonly connectionId: string
  readonly channel: Channel | null
  readonly symbol: Instrument | null
}

/** What a `WebSocketManager` is built from. Only `strategies` is required. */
export interface WebSocketManagerOptions {
  readonly strategies: WebSocketStrategySet
  /**
   * Called for every message, in order. A returned promise holds back what follows on that connection; what it throws is reported, and the stream goes on.
   */
  readonly onMessage?: (message: FeedMessage) => void | PromiseLike<void>
  readonly onConnectionState?: (event: ConnectionStateEvent) => void
  /** A stream became live, stale, gapped or is synchronising again. */
  readonly onStreamState?: (state: StreamState) => void
  /** Whatever went wrong and was survived, or not: reading its `code` tells which. */
  readonly onError?: (error: StreamError) => void
  readonly onDrop?: (event: DropEvent) => void
  /** An order book lost an update, was crossed, diverged from a snapshot, or is live again. */
  readonly onBookEvent?: (event: BookEvent) => void
  /** How order books behave; `false` keeps none, for those who want the updates alone. */
  readonly books?: BookOptions | false
  readonly config?: Partial<WebSocketManagerConfig>
  /** A pino logger, or anything like it; silent without one. */
  readonly logger?: Log
  /** Without a `logger`: how much pino writes to standard output. Default `silent`. */
  readonly logLevel?: LogLevel
  /** For tests and simulations. */
  readonly clock?: Clock
  /** For tests and simulations: 0 inclusive to 1 exclusive. */
  readonly random?: () => number
}

const knownOptions = [
  'strategies',
  'onMessage',
  'onConnectionState',
  'onStreamState',
  'onError',
  'onDrop',
  'onBookEvent',
  'books',
  'config',
  'logger',
  'logLevel',
  'clock',
  'random',
]

/** Throws `ERR_INVALID_CONFIG` for options that are unknown or of the wrong kind, naming all of them. */
export function checkManagerOptions(options: WebSocketManagerOptions): void {
  const faults: string[] = []
  for (const [key, value] of Object.entries(options ?? {})) {
    if (!knownOptions.includes(key)) {
      const meant = suggest(key, knownOptions)
      faults.push(`${key} is not an option${meant === null ? '' : ` (did you mean ${meant}?)`}`)
    } else if ((key.startsWith('on') || key === 'random') && value !== undefined && typeof value !== 'function') {
      faults.push(`${key} must be a function`)
    }
  }
  if (typeof options?.strategies?.messageParser?.parse !== 'function')
    faults.push('strategies is missing or not a WebSocketStrategySet')
  if (options?.logger !== undefined && typeof options.logger?.child !== 'function')
    faults.push('logger must be a pino logger')
  if (options?.clock !== undefined && typeof options.clock?.setTimer !== 'function')
    faults.push('clock must be a Clock')
  if (faults.length > 0) {
    throw new StreamError('ERR_INVALID_CONFIG', `The manager cannot be built: ${faults.join('; ')}.`, {
      hint: `Known options: ${knownOptions.join(', ')}.`,
    })
  }
}
