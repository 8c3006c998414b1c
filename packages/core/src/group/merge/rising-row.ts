import type { Arrivals } from '../../metrics/connection/arrivals.js'
import type { FeedMessage } from '../../model/message.js'
import { type LaneNumber, otherLane, type PerLane, type Row } from './row.js'

/** What a lane brought last, and how often in a row. */
interface Last {
  id: number
  times: number
}

/**
 * Messages whose ids rise, of which only the newest counts: quotes, and books that come whole. The highest id delivered tells for all before it; several messages can have
 * the same. Where the ids of a lane fall, they have started over, and that lane alone tells until the other is seen to follow.
 */
export class RisingRow implements Row {
  readonly #arrivals: PerLane<Arrivals>
  readonly #lasts: PerLane<Last>
  #highest = Number.NEGATIVE_INFINITY
  /** How many messages had the highest id, and when the first of them came. */
  #times = 0
  #at = 0
  /** The lane whose ids have started over, and the highest id before that; null while both count alike. */
  #leader: LaneNumber | null = null
  #before = Number.NEGATIVE_INFINITY

  constructor(arrivals: PerLane<Arrivals>) {
    this.#arrivals = arrivals
    this.#lasts = [noneYet(), noneYet()]
  }

  offer(message: FeedMessage, lane: LaneNumber): FeedMessage | null {
    const id = message.sequence as number
    const last = this.#lasts[lane]
    const startsOver = id < last.id
    last.times = id === last.id ? last.times + 1 : 1
    last.id = id
    if (startsOver) this.#startOverBy(lane, id)
    else if (this.#leader === lane && id > this.#before) this.#leader = null
    if (this.#leader === null || this.#leader === lane) {
      if (id > this.#highest) return this.#admit(message, lane, id)
      if (id === this.#highest && last.times > this.#times) {
        this.#times = last.times
        this.#arrivals[lane].countFirst()
        return message
      }
    }
    this.#arrivals[lane].countSecond()
    if (id === this.#highest) this.#arrivals[otherLane(lane)].noteLead(Math.max(0, message.receivedAt - this.#at))
    return null
  }

  begin(lane: LaneNumber): void {
    Object.assign(this.#lasts[lane], noneYet())
    this.#leader = null
  }

  leave(lane: LaneNumber): void {
    if (this.#leader === lane) this.#leader = null
  }

  startOver(): void {
    this.#highest = Number.NEGATIVE_INFINITY
    this.begin(0)
    this.begin(1)
  }

  #admit(message: FeedMessage, lane: LaneNumber, id: number): FeedMessage {
    this.#highest = id
    this.#times = 1
    this.#at = message.receivedAt
    this.#arrivals[lane].countFirst()
    return message
  }

  /** The second lane whose ids start over follows the first. */
  #startOverBy(lane: LaneNumber, id: number): void {
    if (this.#leader === otherLane(lane)) {
      this.#leader = null
      return
    }
    if (this.#leader === null) this.#before = this.#highest
    this.#leader = lane
    this.#highest = id
    this.#times = 0
  }
}

function noneYet(): Last {
  return { id: Number.NEGATIVE_INFINITY, times: 0 }
}
