import type { FeedMessage } from '../../model/message.js'

/** 0 or 1: which of two connections that carry the same streams. */
export type LaneNumber = 0 | 1

export const otherLane = (lane: LaneNumber): LaneNumber => (lane === 0 ? 1 : 0)

/** Of each lane something. */
export type PerLane<Item> = readonly [Item, Item]

/** What two lanes bring of one stream, instrument and type, made one row by first arrival. */
export interface Row {
  /** What of a message goes to the user now; null where nothing does. */
  offer(message: FeedMessage, lane: LaneNumber): FeedMessage | null
  /** The lane is about to bring this row, from somewhere on: what it brought before says nothing of that. */
  begin(lane: LaneNumber): void
  /** The lane brings nothing until it begins. What it had read before may still come. */
  leave(lane: LaneNumber): void
  /** No lane has brought anything for a while: the exchange may have begun anew meanwhile. */
  startOver(): void
}
