import type { Timer } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import type { Waiting } from './waiting.js'

/** How long adapters wait for a pong and managers for an acknowledgement, ms. */
const answerTimeoutMs = 10_000
/** How long a look at an account may take, ms. */
const lookTimeoutMs = 4_000
/** How long managers in tests wait for a connection, ms: unlike any other delay. */
export const connectTimeoutMs: number = 14_000
const stepMs = 5_000

/** A manual clock that says when somebody sets or cancels a timer, so that a test can wait for what must be set before time goes on. */
export class ObservedClock extends ManualClock {
  readonly #waiting: Waiting
  readonly #delays = new Map<symbol, number>()

  /** `startAt` in epoch ms; as a manual clock's where not given. */
  constructor(waiting: Waiting, startAt?: number) {
    super(startAt)
    this.#waiting = waiting
  }

  override setTimer(delayMs: number, callback: () => void): Timer {
    const key = Symbol('timer')
    const timer = super.setTimer(delayMs, () => {
      this.#delays.delete(key)
      callback()
    })
    this.#delays.set(key, delayMs)
    this.#waiting.wake()
    return {
      cancel: () => {
        this.#delays.delete(key)
        timer.cancel()
        this.#waiting.wake()
      },
    }
  }

  /** The delays of the timers that wait, as they were set, in that order. */
  get delays(): readonly number[] {
    return [...this.#delays.values()]
  }

  /**
   * Moves time on in steps, before each of which what is under way between the two sides comes to its end: no answer, and no connection,
   * is awaited, and `isSettled`. For stretches that would take a connection without pongs for dead.
   */
  async pass(durationMs: number, isSettled: () => boolean = () => true): Promise<void> {
    const awaited = [answerTimeoutMs, lookTimeoutMs, connectTimeoutMs]
    const isAwaited = (delayMs: number): boolean => awaited.includes(delayMs)
    const settled = (): Promise<void> => this.#waiting.until(() => !this.delays.some(isAwaited) && isSettled())
    for (let left = durationMs; left > 0; left -= stepMs) {
      await settled()
      this.advance(Math.min(stepMs, left))
    }
    await settled()
  }
}
