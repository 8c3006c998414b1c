import { askContinuity } from '../../book/ask-rules.js'
import type { Arrivals } from '../../metrics/connection/arrivals.js'
import type { FeedMessage, OrderbookMessage } from '../../model/message.js'
import type { ContinuityRule } from '../../strategy/book-rules.js'
import { type LaneNumber, otherLane, type PerLane, type Row } from './row.js'

/** Changes that wait for the other lane to bring what is missing before them; with more, nothing is waited for. */
const maxHeld = 256

export interface BookRowParts {
  readonly arrivals: PerLane<Arrivals>
  readonly continuity: ContinuityRule
  /** Whether a lane brings the stream at the moment. */
  readonly covers: (lane: LaneNumber) => boolean
}

interface Held {
  readonly message: OrderbookMessage
  readonly lane: LaneNumber
}

/**
 * The numbered changes of one order book. What follows on to the row, by the exchange's own rule, goes on at once, whichever lane brings it; before what does not, something is
 * missing, and it waits for the other lane to bring that. Where the other lane does not have it either, or is gone, what waits goes on as it is, and the book shows the
 * gap.
 *
 * After ids that started over one lane alone leads, and the other joins with the first change that follows on to the row.
 */
export class BookRow implements Row {
  /** What waited for the other lane and goes to the user now, after what was just offered; to be taken out. */
  readonly released: FeedMessage[] = []
  readonly #parts: BookRowParts
  /** The last id that each lane brought since it began. */
  readonly #lasts: [number, number] = [noId, noId]
  #held: Held[] = []
  /** The last id of the row, and when it first came. */
  #last = noId
  #at = 0
  #leader: LaneNumber | null = null

  constructor(parts: BookRowParts) {
    this.#parts = parts
  }

  /** Whether something waits for the other lane. */
  get isHolding(): boolean {
    return this.#held.length > 0
  }

  offer(message: FeedMessage, lane: LaneNumber): FeedMessage | null {
    const book = message as OrderbookMessage
    const { kind, lastSequence: id } = book.data
    // The book says what is wrong with it.
    if (id === null || !Number.isSafeInteger(id)) return this.#count(lane, message)
    return kind === 'snapshot' ? this.#offerSnapshot(book, id, lane) : this.#offerChange(book, id, lane)
  }

  /** What waits goes on as it is. */
  giveUpHolding(): void {
    const held = this.#held.sort((one, other) => idOf(one.message) - idOf(other.message))
    this.#held = []
    for (const { message, lane } of held) {
      if (idOf(message) > this.#last) this.released.push(this.#admit(message, idOf(message), lane))
      else this.#leaveOut(message, lane)
    }
  }

  begin(lane: LaneNumber): void {
    this.#lasts[lane] = noId
    if (this.#leader === lane) this.#leader = null
  }

  leave(lane: LaneNumber): void {
    this.begin(lane)
    if (this.isHolding) this.giveUpHolding()
  }

  startOver(): void {
    this.#last = noId
    this.#held = []
    this.begin(0)
    this.begin(1)
  }

  /** A whole book that is behind the row would undo what does not come again; where the book is lost, it heals it whatever its id. */
  #offerSnapshot(message: OrderbookMessage, id: number, lane: LaneNumber): FeedMessage | null {
    const { status } = message.stream
    const isTrusted = status === 'live' || status === 'stale'
    this.#lasts[lane] = id
    if (isTrusted && id <= this.#last) return this.#leaveOut(message, lane)
    if (this.#leader !== null) this.#leader = lane
    this.#admit(message, id, lane)
    this.#releaseFitting()
    return message
  }

  #offerChange(message: OrderbookMessage, id: number, lane: LaneNumber): FeedMessage | null {
    const startsOver = id < this.#lasts[lane]
    this.#lasts[lane] = id
    if (startsOver && this.#leader !== otherLane(lane)) {
      this.#leader = lane
      this.#held = []
    } else if (startsOver) this.#leader = null
    if (this.#leader === lane || this.#last === noId) return this.#admit(message, id, lane)
    const verdict = askContinuity(this.#parts.continuity, this.#last, message)
    if (verdict === 'gap') return this.#leader === null ? this.#hold(message, lane) : this.#leaveOut(message, lane)
    this.#leader = null
    if (verdict === 'ignore') return this.#leaveOut(message, lane)
    this.#admit(message, id, lane)
    this.#releaseFitting()
    return message
  }

  #hold(message: OrderbookMessage, lane: LaneNumber): null {
    this.#held.push({ message, lane })
    const other = otherLane(lane)
    const isHopeless = !this.#parts.covers(other) || this.#lasts[other] > this.#last
    if (isHopeless || this.#held.length > maxHeld) this.giveUpHolding()
    return null
  }

  /** Of what waits, everything that follows on by now. */
  #releaseFitting(): void {
    for (let index = 0; index < this.#held.length; ) {
      const { message, lane } = this.#held[index] as Held
      const verdict = askContinuity(this.#parts.continuity, this.#last, message)
      if (verdict === 'gap') {
        index += 1
        continue
      }
      this.#held.splice(index, 1)
      if (verdict === 'ignore') this.#leaveOut(message, lane)
      else {
        this.released.push(this.#admit(message, idOf(message), lane))
        index = 0
      }
    }
  }

  #admit(message: OrderbookMessage, id: number, lane: LaneNumber): FeedMessage {
    this.#last = id
    this.#at = message.receivedAt
    return this.#count(lane, message)
  }

  #count(lane: LaneNumber, message: FeedMessage): FeedMessage {
    this.#parts.arrivals[lane].countFirst()
    return message
  }

  #leaveOut(message: OrderbookMessage, lane: LaneNumber): null {
    const { arrivals } = this.#parts
    arrivals[lane].countSecond()
    if (idOf(message) === this.#last) arrivals[otherLane(lane)].noteLead(Math.max(0, message.receivedAt - this.#at))
    return null
  }
}

const noId = Number.NEGATIVE_INFINITY

function idOf({ data }: OrderbookMessage): number {
  return data.lastSequence as number
}
