import type { Clock } from '../clock/clock.js'
import type { Log } from '../config/logger.js'
import { type FrameEvent, FrameTap } from '../connection/frame-tap.js'
import { StreamError } from '../errors/stream-error.js'
import { type FlightRecorderOptions, resolveFlightOptions } from '../flight/flight-options.js'
import { FlightRecorder } from '../flight/flight-recorder.js'
import { isWanted } from '../model/stream.js'
import type { MessageParser } from '../strategy/message-parser.js'
import type { Network } from '../strategy/network.js'
import { AnswerTap, type ResponseEvent } from '../transport/answer-tap.js'
import type { Announcer, Overhear } from './announcer.js'
import type { ManagerEvents, WebSocketManagerOptions } from './manager-options.js'

/** What the wire of one manager consists of. */
export interface WireParts {
  readonly exchange: string
  readonly clock: Clock
  readonly network: Network
  /** Whose parsers may have to be given again what they remember. */
  readonly parser: MessageParser
  /** Absent where nothing is kept. */
  readonly flightRecorder?: FlightRecorderOptions | undefined
}

/** What goes over the wire of one manager, frames and REST, and whoever looks at it. */
export class Wire {
  readonly frames: FrameTap
  /** The network in whose place its strategies use this one. */
  readonly network: AnswerTap
  /** Null where nothing is kept. */
  readonly flight: FlightRecorder | null

  /** Throws `ERR_INVALID_CONFIG` for options of the flight recorder that cannot be meant. */
  constructor({ exchange, clock, network, parser, flightRecorder }: WireParts) {
    const flight =
      flightRecorder === undefined
        ? null
        : new FlightRecorder(exchange, clock, resolveFlightOptions(flightRecorder), parser)
    this.flight = flight
    this.frames = new FrameTap(exchange, clock, flight?.frames ?? null)
    this.network = new AnswerTap(network, exchange, clock)
    if (flight !== null) this.network.add((response) => flight.keepAnswer(response))
  }

  /** The flight recorder; throws `ERR_INVALID_CONFIG` where there is none. */
  get recorder(): FlightRecorder {
    if (this.flight !== null) return this.flight
    throw new StreamError('ERR_INVALID_CONFIG', 'There is no flight recorder.', {
      hint: 'Set the option flightRecorder: {}.',
    })
  }

  /** What makes the flight recorder write, of what the user is told; null where there is none. */
  get overhear(): Overhear | null {
    const { flight } = this
    return flight === null ? null : (event, payload) => triggerBy(flight, { [event]: payload })
  }

  /** Writes what goes over it into the log, where that shows it; a logger that cannot say is not asked to hold every message. */
  trace(log: Log): void {
    if (log.isLevelEnabled?.('trace') !== true) return
    this.frames.add(({ connectionId, socket, direction, data }) => {
      const isBinary = typeof data !== 'string'
      const shown = isBinary ? Buffer.from(data).toString('base64') : data
      log.trace({ event: 'frame', connectionId, socket, direction, isBinary, data: shown })
    })
    this.network.add(({ url, status, body }) => log.trace({ event: 'response', url, status, body }))
  }

  /** Shows it to the callbacks of these options from the beginning. */
  show({ onFrame, onResponse }: WebSocketManagerOptions, announcer: Announcer): void {
    if (onFrame !== undefined) this.tapFrames(onFrame, announcer)
    if (onResponse !== undefined) this.tapResponses(onResponse, announcer)
  }

  /** Throws `ERR_INVALID_CONFIG`. */
  tapFrames(listener: (frame: FrameEvent) => unknown, announcer: Announcer): () => void {
    return this.frames.add(told('frame', listener, announcer))
  }

  /** Throws `ERR_INVALID_CONFIG`. */
  tapResponses(listener: (response: ResponseEvent) => unknown, announcer: Announcer): () => void {
    return this.network.add(told('response', listener, announcer))
  }
}

/** The listener, which may throw. */
function told<Event extends 'frame' | 'response'>(
  event: Event,
  listener: (payload: ManagerEvents[Event]) => unknown,
  announcer: Announcer,
): (payload: ManagerEvents[Event]) => void {
  if (typeof listener !== 'function') {
    throw new StreamError('ERR_INVALID_CONFIG', `The listener of ${event}s is not a function.`)
  }
  return (payload) => announcer.call(event, listener, payload)
}

function triggerBy(flight: FlightRecorder, { stream, book, error, alert }: Partial<ManagerEvents>): void {
  if (stream?.status === 'gapped') {
    const detail = `${stream.channel} ${stream.symbol?.name ?? stream.stream.id}: ${stream.reason}`
    // One that is given back says so before it is known to be unwanted: that is no gap.
    queueMicrotask(() => {
      if (isWanted(stream.stream, stream.channel)) flight.trigger('gap', detail)
    })
  } else if (book?.kind === 'crossed') {
    flight.trigger('crossed-book', `${book.symbol.name}: ${book.bidPrice} is bid and ${book.askPrice} asked`)
  } else if (book?.kind === 'divergence') {
    flight.trigger('divergence', `${book.symbol.name}: level ${book.index} of the ${book.side}`)
  } else if (alert?.status === 'raised') flight.trigger('alert', `${alert.kind}: ${alert.reason}`)
  else if (error?.code === 'ERR_MALFORMED_FRAME') flight.trigger('malformed-frame', error.shortMessage)
}
