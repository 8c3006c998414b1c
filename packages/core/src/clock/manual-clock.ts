import type { Clock, Timer } from './clock.js'

interface Pending {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

/**
 * Time that moves only when told to: for tests and simulations.
 * Timers fire in order of their time, and of their creation where times are equal.
 */
export class ManualClock implements Clock {
  #now: number
  #order = 0
  #skewMs = 0
  readonly #pending = new Set<Pending>()

  /** `startAt` in epoch milliseconds; defaults to 2026-01-01T00:00:00Z. */
  constructor(startAt = 1_767_225_600_000) {
    this.#now = startAt
  }

  now(): number {
    return this.#now
  }

  wallTime(): number {
    return Math.floor(this.#now + this.#skewMs)
  }

  /** Makes the wall clock wrong by `skewMs` (positive: ahead), as a machine with a bad clock would be. */
  skew(skewMs: number): void {
    this.#skewMs = skewMs
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const pending = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback }
    this.#pending.add(pending)
    return { cancel: () => void this.#pending.delete(pending) }
  }

  /** How many timers wait. */
  get pendingTimers(): number {
    return this.#pending.size
  }

  /** How far away the next timer is, in milliseconds; null where none waits. */
  get nextTimerInMs(): number | null {
    const next = this.#next(Number.POSITIVE_INFINITY)
    return next === null ? null : next.at - this.#now
  }

  /** Moves time on by `durationMs`, firing what falls due, timers set meanwhile included. */
  advance(durationMs: number): void {
    const target = this.#now + durationMs
    for (let due = this.#next(target); due !== null; due = this.#next(target)) {
      this.#pending.delete(due)
      this.#now = Math.max(this.#now, due.at)
      due.callback()
    }
    this.#now = target
  }

  #next(until: number): Pending | null {
    let next: Pending | null = null
    for (const pending of this.#pending) {
      if (pending.at > until) continue
      if (next === null || pending.at < next.at || (pending.at === next.at && pending.order < next.order))
        next = pending
    }
    return next
  }
}
