import type { ConnectionContext } from '../strategy/connection-strategy.js'
import type { StrategyEnv } from '../strategy/env.js'

/** Where to connect, and as whom. */
export type SocketAddress = Pick<ConnectionContext, 'url' | 'headers'>

/** What the opening of a socket needs of an env. */
export type SocketEnv = Pick<StrategyEnv, 'signal' | 'clock' | 'socket'>
