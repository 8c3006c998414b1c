import type { ExchangeLimits } from './exchange-limits.js'

/** A connection that somebody wants to have. */
export interface WantedConnection {
  readonly exchange: string
  readonly limits: ExchangeLimits
  /** Whether it is to take over from another of the same feed, which ends as soon as it has: both are open meanwhile. */
  readonly isTakeOver: boolean
}

/** What one connection may do under limits that are shared with others. */
export interface ConnectionPermit {
  /**
   * Asked before each attempt, before anything of it reaches the exchange (a listen key); resolves once it may begin. It may wait for as long as `signal` is not aborted, and then rejects
   * with the signal's reason.
   */
  attempt(signal: AbortSignal): Promise<void>
  /** The connection has ended for good, and its socket with it. */
  end(): void
}

/** Limits that several managers share, of one process or of many: how many connections are open from an address or of an account, and how many may begin in a time. */
export interface ConnectionLimiter {
  /** Called once for each connection, before its first attempt. */
  permit(wanted: WantedConnection): ConnectionPermit
}
