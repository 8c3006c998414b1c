import { performance } from 'node:perf_hooks'

/** A timer that can be cancelled. */
export interface Timer {
  cancel(): void
}

/**
 * Time, injectable. `now()` is epoch milliseconds with a fraction and never steps back: for durations and `receivedAt`.
 * `wallTime()` is the machine's clock in whole epoch milliseconds, steps included: for signatures.
 */
export interface Clock {
  now(): number
  wallTime(): number
  /** Calls `callback` once after `delayMs`. */
  setTimer(delayMs: number, callback: () => void): Timer
}

const { timeOrigin } = performance

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => timeOrigin + performance.now(),
  wallTime: () => Date.now(),
  setTimer(delayMs, callback) {
    const handle = setTimeout(callback, delayMs)
    return { cancel: () => clearTimeout(handle) }
  },
}

/** The machine's own chance, 0 inclusive to 1 exclusive: to spread delays, not for keys. */
export const systemRandom: () => number = Math.random
