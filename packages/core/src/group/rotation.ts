import type { Clock, Timer } from '../clock/clock.js'
import { growingDelayMs } from '../clock/growing-delay.js'
import { longestTimerMs } from '../clock/longest-timer.js'

/** A connection that can give its place to a new one. */
export interface Rotatable {
  /** Since when its present connection is up, by the clock; null while it is not. */
  readonly connectedSince: number | null
  /** Resolves to whether a new connection has taken over. */
  takeOver(reason: string): Promise<boolean>
}

export interface RotationParts {
  readonly clock: Clock
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number
  /** After which the exchange ends a connection, ms; `Infinity` where it does not. */
  readonly lifetimeMs: number
}

/** When in its lifetime a connection is replaced: somewhere from the first share to the second, by chance. What is left after that is for further tries. */
const earliestShare = 0.8
const latestShare = 0.92

/** The first delay after a failure, doubled with each that follows in a row, and the longest, as shares of the lifetime: of 24 hours, 1 and 15 minutes. */
const firstRetryShare = 1 / 1_440
const longestRetryShare = 1 / 96

interface Plan {
  readonly lane: Rotatable
  /** The share of its lifetime after which it is replaced. */
  share: number
  /** Failures in a row. */
  failures: number
  timer: Timer | null
}

/**
 * Replaces the connections of one manager before the exchange ends them for their age, one at a time, in an order and at times that are left to chance. One that
 * cannot be replaced is tried again, until it is or the exchange ends it. A connection that was lost and is back has its whole lifetime before it.
 */
export class Rotation {
  readonly #parts: RotationParts
  readonly #plans = new Map<Rotatable, Plan>()
  /** Due, in that order. */
  readonly #due: Plan[] = []
  #isRunning = false

  constructor(parts: RotationParts) {
    this.#parts = parts
  }

  watch(lane: Rotatable): void {
    if (this.#parts.lifetimeMs === Number.POSITIVE_INFINITY) return
    const plan: Plan = { lane, share: this.#drawShare(), failures: 0, timer: null }
    this.#plans.set(lane, plan)
    this.#arm(plan)
  }

  forget(lane: Rotatable): void {
    const plan = this.#plans.get(lane)
    if (plan === undefined) return
    plan.timer?.cancel()
    this.#plans.delete(lane)
  }

  /** One that is not up is looked at again when it could be due at the earliest, were it up from now on. */
  #arm(plan: Plan, leastMs = 0): void {
    const { clock } = this.#parts
    const delayMs = Math.min(longestTimerMs, Math.max(leastMs, this.#leftMs(plan)))
    plan.timer = clock.setTimer(delayMs, () => {
      plan.timer = null
      if (this.#leftMs(plan) > 0) {
        this.#arm(plan)
        return
      }
      this.#due.push(plan)
      void this.#run()
    })
  }

  /** How long it has until it is to be replaced. */
  #leftMs({ lane, share }: Plan): number {
    const { clock, lifetimeMs } = this.#parts
    const now = clock.now()
    return (lane.connectedSince ?? now) + share * lifetimeMs - now
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    for (let plan = this.#due.shift(); plan !== undefined; plan = this.#due.shift()) await this.#replace(plan)
    this.#isRunning = false
  }

  async #replace(plan: Plan): Promise<void> {
    const { lane } = plan
    // While it waited for its turn it may have ended, or been replaced for another reason.
    if (this.#isForgotten(plan)) return
    const isReplaced = this.#leftMs(plan) > 0 || (await lane.takeOver('its connection is old'))
    if (this.#isForgotten(plan)) return
    plan.failures = isReplaced ? 0 : plan.failures + 1
    if (isReplaced) plan.share = this.#drawShare()
    // A take-over that a slow handler held up for a lifetime leaves a connection that is old already, and gives its place to no other for a while.
    const isDue = this.#leftMs(plan) <= 0
    this.#arm(plan, isDue ? this.#retryDelayMs(Math.max(1, plan.failures)) : 0)
  }

  #isForgotten(plan: Plan): boolean {
    return this.#plans.get(plan.lane) !== plan
  }

  #drawShare(): number {
    return earliestShare + (latestShare - earliestShare) * this.#parts.random()
  }

  #retryDelayMs(failures: number): number {
    const { lifetimeMs, random } = this.#parts
    const range = { firstMs: firstRetryShare * lifetimeMs, longestMs: longestRetryShare * lifetimeMs }
    return growingDelayMs(range, failures, random)
  }
}
