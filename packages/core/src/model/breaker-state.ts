/**
 * The circuit breaker of one connection.
 *
 * - `closed`: the connection is well, or being restored after the delays of its kind of failure
 * - `open`: too many attempts in a row came to nothing; the next one waits for the breaker's own interval
 * - `half-open`: such an attempt is under way, or has succeeded and its connection has yet to prove itself
 */
export type BreakerState = 'closed' | 'open' | 'half-open'
