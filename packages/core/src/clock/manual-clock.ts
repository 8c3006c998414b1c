import type { Clock, Timer } from './clock.js'
import { TimerHeap } from './timer-heap.js'

/**
 * Time that moves only when told to: for tests and simulations.
 * Timers fire in order of their time, and of their creation where times are equal.
 */
export class ManualClock implements Clock {
  #now: number
  #skewMs = 0
  readonly #timers = new TimerHeap()

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
    return this.#timers.add(this.#now + Math.max(0, delayMs), callback)
  }

  /** How many timers wait. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  /** How far away the next timer is, in milliseconds; null where none waits. */
  get nextTimerInMs(): number | null {
    const { nextAt } = this.#timers
    return nextAt === null ? null : nextAt - this.#now
  }

  /** Moves time on by `durationMs`, firing what falls due, timers set meanwhile included. */
  advance(durationMs: number): void {
    const target = this.#now + durationMs
    for (let due = this.#timers.take(target); due !== null; due = this.#timers.take(target)) {
      this.#now = Math.max(this.#now, due.at)
      due.callback()
    }
    this.#now = target
  }

  /**
   * Moves time on to the next timer and fires that one alone, so that what it promised is done before the next; false where none falls due within `durationMs`, and then time
   * stands still.
   */
  fireNext(durationMs: number): boolean {
    const due = this.#timers.take(this.#now + durationMs)
    if (due === null) return false
    this.#now = Math.max(this.#now, due.at)
    due.callback()
    return true
  }
}
