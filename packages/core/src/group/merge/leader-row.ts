import type { Arrivals } from '../../metrics/connection/arrivals.js'
import type { FeedMessage } from '../../model/message.js'
import type { LaneNumber, PerLane, Row } from './row.js'

/**
 * Changes of a book that nothing numbers: each is to be read on top of all that came before it on its connection, so one lane tells until it is gone. What follows from the other then
 * begins with a snapshot that has to be asked for.
 */
export class LeaderRow implements Row {
  readonly #arrivals: PerLane<Arrivals>
  #leader: LaneNumber | null = null

  constructor(arrivals: PerLane<Arrivals>) {
    this.#arrivals = arrivals
  }

  offer(message: FeedMessage, lane: LaneNumber): FeedMessage | null {
    this.#leader ??= lane
    if (this.#leader === lane) {
      this.#arrivals[lane].countFirst()
      return message
    }
    this.#arrivals[lane].countSecond()
    return null
  }

  begin(lane: LaneNumber): void {
    this.leave(lane)
  }

  /** The snapshot is asked for on this lane: what the other brings meanwhile, with nothing to be read on top of, must not keep it out. */
  lead(lane: LaneNumber): void {
    this.#leader = lane
  }

  leave(lane: LaneNumber): void {
    if (this.#leader === lane) this.#leader = null
  }

  startOver(): void {
    this.#leader = null
  }
}
