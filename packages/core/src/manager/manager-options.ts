import type { Agent } from 'node:http'
import type { AlertOptions } from '../alert/alert-options.js'
import type { BookOptions } from '../book/book-options.js'
import type { Clock } from '../clock/clock.js'
import { type Log, type LogLevel, logLevels } from '../config/logger.js'
import type { WebSocketManagerConfig } from '../config/manager-config.js'
import { unknownName } from '../config/unknown-name.js'
import type { ConnectionStateChange } from '../connection/connection-options.js'
import type { FrameEvent } from '../connection/frame-tap.js'
import { StreamError } from '../errors/stream-error.js'
import type { FlightRecorderOptions } from '../flight/flight-options.js'
import type { FlightEvent } from '../flight/flight-recorder.js'
import type { Alert } from '../model/alert.js'
import type { Channel } from '../model/channel.js'
import type { GapEvent } from '../model/gap-event.js'
import type { Instrument } from '../model/instrument.js'
import type { FeedMessage } from '../model/message.js'
import type { Stream, StreamState } from '../model/stream.js'
import type { ConnectionLimiter } from '../strategy/connection-limiter.js'
import type { ExchangeDefinition } from '../strategy/exchange-definition.js'
import type { Network } from '../strategy/network.js'
import { contractVersion, type WebSocketStrategySet } from '../strategy/strategy-set.js'
import type { ResponseEvent } from '../transport/answer-tap.js'
import type { BookEvent } from './manager-books.js'

/** A connection changed its state, or is to be restored by one more attempt: then `state` and `previous` are both `reconnecting`. */
export interface ConnectionStateEvent extends ConnectionStateChange {
  readonly exchange: string
  /** `acme_spot#1`: stable over reconnects. */
  readonly connectionId: string
}

/** A message was dropped, because more waited than may. */
export interface DropEvent {
  readonly exchange: string
  readonly connectionId: string
  /** What it came on; null where it was nobody's data. */
  readonly stream: Stream | null
  readonly channel: Channel | null
  /** Null too where the stream is one of many instruments. */
  readonly symbol: Instrument | null
}

/** What a manager tells beside messages; a feed has an event of each name. */
export interface ManagerEvents {
  readonly connection: ConnectionStateEvent
  /** A stream became live, stale, gapped or is synchronising again. */
  readonly stream: StreamState
  /** Whatever went wrong and was survived, or not: reading its `code` tells which. */
  readonly error: StreamError
  readonly drop: DropEvent
  /** A stream was not whole for a while: what became of what it missed. */
  readonly gap: GapEvent
  /** An order book lost an update, was crossed, diverged from a snapshot, or is live again. */
  readonly book: BookEvent
  /** A frame as it went over the wire. Costs nothing unless somebody listens. */
  readonly frame: FrameEvent
  /** The answer to a REST request, as it came. Costs nothing unless somebody listens. */
  readonly response: ResponseEvent
  /** The flight recorder has written a dump. */
  readonly flight: FlightEvent
  /** Something that a person should know of was raised, became critical, or is well again. */
  readonly alert: Alert
}

export type ManagerEvent = keyof ManagerEvents

/** The manager's callback of each event. */
export const callbackOf: {
  readonly connection: 'onConnectionState'
  readonly stream: 'onStreamState'
  readonly error: 'onError'
  readonly drop: 'onDrop'
  readonly gap: 'onGap'
  readonly book: 'onBookEvent'
  readonly frame: 'onFrame'
  readonly response: 'onResponse'
  readonly flight: 'onFlight'
  readonly alert: 'onAlert'
} = {
  connection: 'onConnectionState',
  stream: 'onStreamState',
  error: 'onError',
  drop: 'onDrop',
  gap: 'onGap',
  book: 'onBookEvent',
  frame: 'onFrame',
  response: 'onResponse',
  flight: 'onFlight',
  alert: 'onAlert',
}

/** Callbacks by event. One that throws or rejects ends nothing: it is reported to `onError` as `ERR_HANDLER_FAILED`, and of `onError` itself logged, or printed where nothing is logged. */
export type ManagerCallbacks = {
  readonly [Event in ManagerEvent as (typeof callbackOf)[Event]]?: (payload: ManagerEvents[Event]) => unknown
}

/** What a `WebSocketManager` is built from. Only `strategies` is required. */
export interface WebSocketManagerOptions extends ManagerCallbacks {
  readonly strategies: WebSocketStrategySet
  /**
   * Called for every message, in order. A returned promise holds back what follows on that connection; what it throws is reported, and the stream goes on.
   */
  readonly onMessage?: (message: FeedMessage) => unknown
  /** How order books behave; `false` keeps none, for those who want the updates alone. */
  readonly books?: BookOptions | false
  readonly config?: Partial<WebSocketManagerConfig>
  /** Keeps the last seconds of what went over the wire, and writes them down as a capture when something goes wrong. Off by default; `{}` is on. */
  readonly flightRecorder?: FlightRecorderOptions
  /** When something is an alert; `false` watches over nothing. */
  readonly alerts?: AlertOptions | false
  /** A pino logger, or anything like it; silent without one. */
  readonly logger?: Log
  /** Without a `logger`: how much pino writes to standard output. Default `silent`. */
  readonly logLevel?: LogLevel
  /** A proxy agent for sockets and REST alike, where the exchange's own `socket.agent` names none. */
  readonly agent?: Agent
  /** For tests and simulations. */
  readonly clock?: Clock
  /** For tests and simulations: 0 inclusive to 1 exclusive. */
  readonly random?: () => number
  /** For simulations: what carries sockets and REST in the place of the machine's own network. */
  readonly network?: Network
  /** Asked before each connection, where an address or an account has limits that others count against as well; by default nobody is. */
  readonly limiter?: ConnectionLimiter
}

const knownOptions: Readonly<Record<keyof WebSocketManagerOptions, true>> = {
  strategies: true,
  onMessage: true,
  onConnectionState: true,
  onStreamState: true,
  onError: true,
  onDrop: true,
  onGap: true,
  onBookEvent: true,
  onFrame: true,
  onResponse: true,
  onFlight: true,
  onAlert: true,
  books: true,
  config: true,
  flightRecorder: true,
  alerts: true,
  logger: true,
  logLevel: true,
  agent: true,
  clock: true,
  random: true,
  network: true,
  limiter: true,
}

/** What is wrong with them; null where they are a set. */
function faultOfStrategies(strategies: WebSocketStrategySet | undefined): string | null {
  const definition = strategies as unknown as Partial<ExchangeDefinition<object, object>> | undefined
  if (typeof definition?.public === 'function') {
    const account = definition.private === undefined ? '' : ', or its private(credentials)'
    return `strategies is the definition of ${definition.name}, not a set: pass what its public() returns${account}`
  }
  if (typeof strategies?.messageParser?.peek === 'function' && strategies.contract === contractVersion) return null
  return `strategies is missing or not a WebSocketStrategySet of contract version ${contractVersion}`
}

/** What is wrong with what a manager, a feed or a list of instruments is given of the world around it. */
export function faultsOfSurroundings(
  options: Pick<WebSocketManagerOptions, 'logger' | 'logLevel' | 'agent' | 'clock' | 'random' | 'network'>,
): readonly string[] {
  const { logger, logLevel, agent, clock, random, network } = options
  const faults: string[] = []
  if (logger !== undefined && typeof logger?.child !== 'function') {
    const what = (logger as unknown) === console ? 'is the console, which has no child()' : 'has no child()'
    faults.push(`logger ${what}: pass a pino logger, or logLevel: 'info' for pino on standard output`)
  }
  if (logLevel !== undefined && !logLevels.includes(logLevel))
    faults.push(`logLevel must be one of ${logLevels.join(', ')}`)
  if (clock !== undefined && typeof clock?.setTimer !== 'function') faults.push('clock must be a Clock')
  if (agent !== undefined && (typeof agent !== 'object' || agent === null)) faults.push('agent must be an http.Agent')
  if (random !== undefined && typeof random !== 'function') faults.push('random must be a function')
  if (network !== undefined && typeof network?.openSocket !== 'function') faults.push('network must be a Network')
  return faults
}

/** Throws `ERR_INVALID_CONFIG` for options that are unknown or of the wrong kind, naming all of them. */
export function checkManagerOptions(options: WebSocketManagerOptions): void {
  const faults: string[] = []
  const known = Object.keys(knownOptions)
  for (const [key, value] of Object.entries(options ?? {})) {
    if (!known.includes(key)) {
      faults.push(unknownName(key, known, 'an option'))
    } else if (key.startsWith('on') && value !== undefined && typeof value !== 'function') {
      faults.push(`${key} must be a function`)
    }
  }
  const fault = faultOfStrategies(options?.strategies)
  if (fault !== null) faults.push(fault)
  const limiter = options?.limiter
  if (limiter !== undefined && typeof limiter?.permit !== 'function') faults.push('limiter must be a ConnectionLimiter')
  faults.push(...faultsOfSurroundings(options ?? {}))
  if (faults.length > 0) {
    throw new StreamError('ERR_INVALID_CONFIG', `The manager cannot be built: ${faults.join('; ')}.`, {
      hint: `Known options: ${known.join(', ')}.`,
    })
  }
}
