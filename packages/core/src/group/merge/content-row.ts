import type { Arrivals } from '../../metrics/connection/arrivals.js'
import type { FeedMessage } from '../../model/message.js'
import type { PublicTrade } from '../../model/payloads.js'
import { contentOf, identityOf, isTrades } from './identity.js'
import { Outstanding, type OutstandingTotal } from './outstanding.js'
import { type LaneNumber, otherLane, type PerLane, type Row } from './row.js'

/** How a lane stands to a row: `behind` where it has so much still to bring that this is not remembered any more, and nothing of it is news until it begins anew. */
type Standing = 'here' | 'away' | 'behind'

export interface ContentRowParts {
  readonly arrivals: PerLane<Arrivals>
  readonly total: OutstandingTotal
  /** The lane has more still to bring than is remembered. */
  readonly onBehind: (lane: LaneNumber) => void
}

/** Messages without a number, of which the content tells which is which; and trades, each by its id. */
export class ContentRow implements Row {
  readonly #arrivals: PerLane<Arrivals>
  readonly #outstanding: Outstanding
  readonly #onBehind: (lane: LaneNumber) => void
  readonly #standings: [Standing, Standing] = ['here', 'here']

  constructor({ arrivals, total, onBehind }: ContentRowParts) {
    this.#arrivals = arrivals
    this.#outstanding = new Outstanding(total)
    this.#onBehind = onBehind
  }

  offer(message: FeedMessage, lane: LaneNumber): FeedMessage | null {
    if (this.#standings[lane] === 'behind') return null
    const news = isTrades(message) ? this.#newTrades(message, message.data, lane) : this.#newContent(message, lane)
    if (news === null) this.#arrivals[lane].countSecond()
    else this.#arrivals[lane].countFirst()
    if (this.#outstanding.isFull) this.#leaveBehind(this.#outstanding.lagging)
    return news
  }

  begin(lane: LaneNumber): void {
    this.#standings[lane] = 'here'
  }

  leave(lane: LaneNumber): void {
    this.#standings[lane] = 'away'
    this.#outstanding.excuse(lane)
  }

  /** Nothing is numbered: a new beginning looks like what was before. */
  startOver(): void {}

  #newContent(message: FeedMessage, lane: LaneNumber): FeedMessage | null {
    return this.#isNews(contentOf(message), message.receivedAt, lane) ? message : null
  }

  #newTrades(message: FeedMessage, trades: readonly PublicTrade[], lane: LaneNumber): FeedMessage | null {
    const news = trades.filter((trade) => this.#isNews(identityOf(trade), message.receivedAt, lane))
    if (news.length === trades.length) return message
    return news.length === 0 ? null : ({ ...message, data: news } as FeedMessage)
  }

  #isNews(text: string, receivedAt: number, lane: LaneNumber): boolean {
    const other = otherLane(lane)
    const leadMs = this.#outstanding.note(text, lane, receivedAt, this.#standings[other] === 'here')
    if (leadMs === null) return true
    this.#arrivals[other].noteLead(leadMs)
    return false
  }

  #leaveBehind(lane: LaneNumber): void {
    this.#standings[lane] = 'behind'
    this.#outstanding.clear()
    this.#onBehind(lane)
  }
}
