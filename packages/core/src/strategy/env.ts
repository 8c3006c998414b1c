import { type Clock, systemClock, systemRandom } from '../clock/clock.js'
import { resolveSocketSettings, type SocketOptions, type SocketSettings } from '../config/endpoint-options.js'
import { chooseLogger, type Log } from '../config/logger.js'
import type { StreamError } from '../errors/stream-error.js'
import type { Network, NetworkEnv } from './network.js'

/** What lasts as long as the manager that gives it. */
export interface ManagerEnv {
  readonly clock: Clock
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number
  readonly log: Log
  /** Tells the user of something that went wrong beside the connections and is being mended (a listen key that was not renewed): as an `error` event. */
  readonly report: (error: StreamError) => void
  /** Hears how far the exchange's clock is ahead of this machine's, each time that it was asked, and by how much that may be wrong, ms. */
  readonly onClockOffset?: (offsetMs: number, uncertaintyMs: number) => void
  /** How sockets are opened and REST is called, with every default filled in. */
  readonly socket: SocketSettings
  /** What carries sockets and REST: the manager's part of the machine's network, or one that only a simulation knows; absent, what calls outside a manager share. */
  readonly network?: Network
}

/**
 * The one door through which time, chance, proxy and logs reach an adapter: given to each call that may wait. A strategy, an option or a transport has none of
 * its own, so that a test or a simulation can replace them all at once.
 */
export interface StrategyEnv extends ManagerEnv {
  /** Aborted once what was begun is not wanted any more; its reason is a `StreamError`. */
  readonly signal: AbortSignal
}

/** What opening a socket and calling REST need of an env. */
export type CallEnv = NetworkEnv & Pick<StrategyEnv, 'network' | 'onClockOffset'>

/** What an env may be made of. */
export type EnvParts = Partial<Omit<StrategyEnv, 'socket'>> & { readonly socket?: SocketOptions | SocketSettings }

/**
 * An env for calls outside a manager, as in scripts and tests: what is not given is the machine's own, silent, and never aborted.
 * Throws `ERR_UNSUPPORTED_OPTION` for socket options that cannot be.
 */
export function createEnv(parts: EnvParts = {}): StrategyEnv {
  return {
    signal: parts.signal ?? new AbortController().signal,
    clock: parts.clock ?? systemClock,
    random: parts.random ?? systemRandom,
    log: parts.log ?? chooseLogger(undefined),
    report: parts.report ?? (() => {}),
    socket: resolveSocketSettings(parts.socket ?? null),
    ...(parts.onClockOffset === undefined ? {} : { onClockOffset: parts.onClockOffset }),
    ...(parts.network === undefined ? {} : { network: parts.network }),
  }
}
