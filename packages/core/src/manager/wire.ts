import type { Clock } from '../clock/clock.js'
import { type FrameEvent, FrameTap } from '../connection/frame-tap.js'
import { StreamError } from '../errors/stream-error.js'
import type { Network } from '../strategy/network.js'
import { AnswerTap, type ResponseEvent } from '../transport/answer-tap.js'
import type { Announcer } from './announcer.js'
import type { ManagerEvents, WebSocketManagerOptions } from './manager-options.js'

/** What the wire of one manager consists of. */
export interface WireParts {
  readonly exchange: string
  readonly clock: Clock
  readonly network: Network
}

/** What goes over the wire of one manager, frames and REST, and whoever looks at it. */
export class Wire {
  readonly frames: FrameTap
  /** The network in whose place its strategies use this one. */
  readonly network: AnswerTap

  constructor({ exchange, clock, network }: WireParts) {
    this.frames = new FrameTap(exchange, clock)
    this.network = new AnswerTap(network, exchange, clock)
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
