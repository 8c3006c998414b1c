import type { LookupFunction } from 'node:net'
import type { NetworkEnv } from '../strategy/network.js'

/** What a transport needs to open a socket. */
export interface SocketEnv extends NetworkEnv {
  /** Finds hosts, for Node's `lookup` option. */
  readonly lookup: LookupFunction
}
