import type { Channel } from '@tapewire/core'
import type { Venue } from '../workloads/workload.js'

/** What one client is to do, as its process is told. */
export interface SubjectTask {
  readonly subject: string
  readonly url: string
  readonly venue: Venue
  readonly channels: readonly Channel[]
  /** `BTC/USDT` */
  readonly symbols: readonly string[]
  /** Whether the client keeps an order book, and reads it after each update. */
  readonly keepsBook: boolean
  /** What to send to subscribe, connection by connection: for clients that know no exchange. */
  readonly requests: readonly (readonly string[])[]
  /** How many frames a byte of the load is, headers included: for a client that does not even look for frames. */
  readonly framesPerByte: number
  readonly measure: 'count' | 'latency' | 'first-message'
  /** What the handler does after it has read a message: nothing more, or wait for a turn of the event loop. */
  readonly handler: 'inline' | 'turn'
}

/** Where a client puts what it has read. */
export interface Receiver {
  /**
   * One message, with its value as `reference-values.ts` defines it. `receivedAt` is when its bytes were read from the socket, epoch ms;
   * NaN where the client does not know.
   */
  receive(value: number, receivedAt: number): void
  /** As many messages that nobody looked into. */
  skip(messages: number): void
}

/** A client that is connected and subscribed. */
export interface ConnectedSubject {
  readonly connections: number
  /** Facts of the client's own, for the report. Throws where the client lost or could not read something. */
  details?(): Readonly<Record<string, number>>
}

export type ConnectSubject = (task: SubjectTask, receiver: Receiver) => Promise<ConnectedSubject>

/** The handler of a slow consumer: one turn of the event loop a message. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
