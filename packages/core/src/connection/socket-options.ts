import type { Agent } from 'node:http'
import { type Clock, systemClock } from '../clock/clock.js'

/** What `openSocket` can be told beyond where to connect. */
export interface SocketOptions {
  /** How long the handshake may take in all, ms. */
  readonly handshakeTimeoutMs?: number
  /** Largest message accepted, bytes; a larger one ends the connection with code 1009. */
  readonly maxPayloadBytes?: number
  /** A proxy agent, as Node's `http.Agent`. */
  readonly agent?: Agent
  /**
   * What reads and writes the frames: `walker`, which hands out windows on the socket's own memory, or `ws`, the package of that name. They behave alike;
   * `npm run bench -- receive` shows what each costs.
   */
  readonly transport?: 'ws' | 'walker'
  /** Time, for timeouts and `receivedAt`. */
  readonly clock?: Clock
}

/** `SocketOptions` with the defaults filled in. */
export interface SocketSettings {
  readonly handshakeTimeoutMs: number
  readonly maxPayloadBytes: number
  readonly agent: Agent | undefined
  readonly transport: 'ws' | 'walker'
  readonly clock: Clock
}

export const defaultSocketOptions: SocketSettings = {
  handshakeTimeoutMs: 10_000,
  maxPayloadBytes: 16 * 1024 * 1024,
  agent: undefined,
  transport: 'walker',
  clock: systemClock,
}
