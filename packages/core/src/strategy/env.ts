import type { Agent } from 'node:http'
import type { Clock } from '../clock/clock.js'
import type { Log } from '../config/logger.js'

/** How sockets are opened and REST is called, with every default filled in. */
export interface SocketSettings {
  /** How long a handshake may take in all, ms. */
  readonly handshakeTimeoutMs: number
  /** Largest message, and largest body of a REST answer, that is accepted, bytes. */
  readonly maxPayloadBytes: number
  /** A proxy agent for socket and REST alike, as Node's `http.Agent`; undefined connects directly. */
  readonly agent: Agent | undefined
  /** What reads and writes the frames. */
  readonly transport: 'ws' | 'walker'
}

/**
 * The one door through which time, chance, proxy and logs reach an adapter: given to each call that may wait. A strategy, an option or a transport has none of
 * its own, so that a test or a simulation can replace them all at once.
 */
export interface StrategyEnv {
  /** Aborted once what was begun is not wanted any more; its reason is a `StreamError`. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number
  readonly log: Log
  readonly socket: SocketSettings
}
