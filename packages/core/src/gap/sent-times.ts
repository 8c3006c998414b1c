/** How far an exchange's clock may be ahead of ours, ms. A time beyond that is no time. */
const furthestAheadMs = 60_000

/** Nothing is on its way for longer, ms: a connection that brings nothing is noticed long before. */
const longestOnTheWayMs = 3_600_000

/**
 * When messages were sent, by our clock: their times are the exchange's, and nobody knows how far its clock is off. Where it is behind, they seem to be sent earlier than they were, which is
 * no false word about what was lost since. Where it is ahead, some message came before its time: by as much as any ever did, all are taken to be sent earlier.
 */
export class SentTimes {
  /** Of the message that came the furthest before its time, how long before, ms; 0 where none did. */
  #aheadMs = 0

  /** A message with this time of the exchange came then; both epoch ms. */
  note(time: number, receivedAt: number): void {
    const aheadMs = time - receivedAt
    if (aheadMs > this.#aheadMs && aheadMs <= furthestAheadMs) this.#aheadMs = aheadMs
  }

  /** When such a message was sent at the latest, epoch ms by our clock; where it has no time, when it came. */
  sentAt(time: number | null, receivedAt: number): number {
    if (time === null || time - receivedAt > furthestAheadMs) return receivedAt
    this.note(time, receivedAt)
    return Math.max(time - this.#aheadMs, receivedAt - longestOnTheWayMs)
  }
}
