import type { Clock, Timer } from '../clock/clock.js'
import type { Arrivals } from '../metrics/connection/arrivals.js'
import { ConnectionState } from '../model/connection-state.js'
import type { Lane } from './lane.js'
import { type LaneNumber, otherLane, type PerLane } from './merge/row.js'

/** How often the two are compared, ms. */
const checkMs = 5_000
/** After so many checks in which it brought nothing, and the other so many messages, a lane is taken for dead. */
const quietChecks = 3
const leastOfOther = 30

export interface QuietLanesParts {
  readonly clock: Clock
  readonly lanes: PerLane<Lane>
  readonly arrivals: PerLane<Arrivals>
  /** The lane brought nothing for so long, while the other brought so many messages. */
  readonly onQuiet: (lane: LaneNumber, quietMs: number, messages: number) => void
}

interface Quiet {
  checks: number
  ofOther: number
}

/** Finds a lane that is up, with every stream acknowledged, and brings nothing while the other brings plenty. */
export class QuietLanes {
  readonly #parts: QuietLanesParts
  /** Of each lane: checks in a row in which it brought nothing, and what the other brought meanwhile. */
  readonly #quiet: PerLane<Quiet> = [
    { checks: 0, ofOther: 0 },
    { checks: 0, ofOther: 0 },
  ]
  readonly #totals: [number, number] = [0, 0]
  #timer: Timer | null = null

  constructor(parts: QuietLanesParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = this.#parts.clock.setTimer(checkMs, () => {
      this.start()
      this.#check()
    })
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #check(): void {
    const brought = [this.#take(0), this.#take(1)] as const
    for (const lane of [0, 1] as const) {
      const quiet = this.#quiet[lane]
      const isQuiet = brought[lane] === 0 && this.#isUp(lane)
      quiet.checks = isQuiet ? quiet.checks + 1 : 0
      quiet.ofOther = isQuiet ? quiet.ofOther + brought[otherLane(lane)] : 0
      if (quiet.checks < quietChecks || quiet.ofOther < leastOfOther) continue
      const { checks, ofOther } = quiet
      Object.assign(quiet, { checks: 0, ofOther: 0 })
      this.#parts.onQuiet(lane, checks * checkMs, ofOther)
    }
  }

  #take(lane: LaneNumber): number {
    const { total } = this.#parts.arrivals[lane]
    const brought = total - this.#totals[lane]
    this.#totals[lane] = total
    return brought
  }

  /** What it read and nobody has taken yet, for want of a handler that keeps up, is not held against it. */
  #isUp(number: LaneNumber): boolean {
    const lane = this.#parts.lanes[number]
    return lane.state === ConnectionState.Connected && lane.isComplete && lane.pendingMessages === 0
  }
}
