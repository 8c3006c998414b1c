import type { FeedMessage } from '../model/message.js'
import type { StreamMemory } from '../model/stream.js'
import type { BackfillChannel, BackfillRules } from '../strategy/backfill.js'
import { EventMerge } from './event-merge.js'
import type { Merge } from './merge.js'
import { OrderMerge } from './order-merge.js'
import type { SentTimes } from './sent-times.js'
import { timeOf } from './told.js'

/** How long a copy of what was fetched may still come on the stream, ms: one that waits for a slow handler, or that the exchange pushes late. */
const latestCopyMs = 60_000

/** Messages that are remembered. Of trades there may be thousands of streams, and they come in order; an account has a handful, of many instruments. */
const remembered: Readonly<Record<BackfillChannel, number>> = { trades: 16, executions: 1_024, orders: 1_024 }

/** What is remembered of a stream by. */
export interface DeliveryMemoryParts {
  readonly identity: BackfillRules['identity']
  /** When the stream was accepted, epoch ms. */
  readonly acceptedAt: number
  readonly sentTimes: SentTimes
}

/** From where on a stream's messages may be missing, epoch ms by the exchange's clock. */
export interface Reach {
  /** What happened before was told, or is not this gap's. */
  readonly from: number
  /** When the last thing happened that was told before the gap; null where none was. */
  readonly last: number | null
  /** Whether more may be missing from before `from`, of which it is not remembered any more what was told. */
  readonly isShort: boolean
}

/** Where fetching may begin before the last message: an exchange does not push everything of an account in the order in which it happened. */
const overlapMs = 1_000

/** The last messages of one stream that can be backfilled, and while a gap is made up for, the merge of both. What a message costs here is a store. */
export class DeliveryMemory implements StreamMemory {
  readonly #channel: BackfillChannel
  readonly #type: number
  readonly #identity: BackfillRules['identity']
  readonly #size: number
  /** When the stream was accepted, epoch ms. */
  readonly #acceptedAt: number
  readonly #sentTimes: SentTimes
  readonly #ring: FeedMessage[] = []
  #next = 0
  #merge: Merge | null = null
  #isMerging = false
  /** When the last copy may have come of what was fetched. */
  #mergedUntil = Number.POSITIVE_INFINITY
  /** What happened from then until then was told, or could not be had. */
  #settledFrom = Number.NEGATIVE_INFINITY
  #settledUntil = Number.NEGATIVE_INFINITY

  constructor(channel: BackfillChannel, type: number, { identity, acceptedAt, sentTimes }: DeliveryMemoryParts) {
    this.#channel = channel
    this.#type = type
    this.#identity = identity
    this.#size = remembered[channel]
    this.#acceptedAt = acceptedAt
    this.#sentTimes = sentTimes
  }

  /** When the last message was sent that had come by `time`, at the latest, epoch ms by our clock; with null, the last that came. Null where none is known. */
  sentUntil(time: number | null): number | null {
    const last = this.#lastUntil(time)
    if (last === null) return null
    for (const message of this.#ring) this.#sentTimes.note(timeOf(message), message.receivedAt)
    return this.#sentTimes.sentAt(timeOf(last), last.receivedAt)
  }

  /** The last message that the stream told; with a time, epoch ms, the last that had come by then. Null where none is known. */
  #lastUntil(time: number | null): FeedMessage | null {
    const last = this.#last
    if (time === null || last === null || last.receivedAt <= time) return last
    return this.#inOrder().findLast(({ receivedAt }) => receivedAt <= time) ?? null
  }

  get messages(): readonly FeedMessage[] {
    return this.#ring
  }

  /** What happened until then was told, epoch ms by the exchange's clock; before the first message, when the stream was accepted, by ours. */
  get toldUntil(): number {
    const last = this.#last
    return Math.max(last === null ? Math.floor(this.#acceptedAt) : timeOf(last), this.#settledUntil)
  }

  admit<Message extends object>(message: Message): Message | null {
    const told = message as unknown as FeedMessage
    if (told.type !== this.#type) return message
    if (this.#merge === null) {
      this.#keep(told)
      return message
    }
    if (told.receivedAt > this.#mergedUntil) this.#merge = null
    const rest = this.#merge === null ? told : this.#merge.seeLive(told)
    if (rest !== null) this.#keep(rest)
    return rest as unknown as Message | null
  }

  /** A gap begins `now`, epoch ms: returns from where on something may be missing. What came until `wholeUntil`, epoch ms, was all there was; where that is null, all that came. */
  beginMerge(now: number, wholeUntil: number | null): Reach {
    const reach = this.#reach(wholeUntil)
    if (this.#isMerging) return reach
    const before = this.#merge
    const ring = this.#inOrder()
    this.#merge =
      this.#channel === 'orders'
        ? new OrderMerge(ring, before instanceof OrderMerge ? before : null, now)
        : new EventMerge(this.#identity, ring, before instanceof EventMerge ? before : null, now)
    this.#isMerging = true
    this.#mergedUntil = Number.POSITIVE_INFINITY
    return reach
  }

  /** Of what a gap may have missed, what was not fetched since for the gap before. */
  stillMissing(reach: Reach): Reach {
    const from = Math.max(reach.from, this.#settledUntil + 1)
    return { ...reach, from, isShort: reach.isShort || reach.from < this.#settledFrom }
  }

  /** The merge of the gap that is made up for. */
  get merge(): Merge {
    if (this.#merge === null) throw new Error('No gap is made up for.')
    return this.#merge
  }

  /** What happened from then until then is not fetched again. */
  settle(from: number, until: number): void {
    if (from > this.#settledUntil + 1) this.#settledFrom = from
    else this.#settledFrom = Math.min(this.#settledFrom, from)
    this.#settledUntil = Math.max(this.#settledUntil, until)
  }

  /** Nothing more is fetched. What was fetched is known for a while: copies of it may still come. */
  endMerge(now: number): void {
    this.#isMerging = false
    this.#mergedUntil = now + latestCopyMs
    this.#merge?.settle(this.#mergedUntil)
  }

  #keep(message: FeedMessage): void {
    this.#ring[this.#next] = message
    this.#next += 1
    if (this.#next < this.#size) return
    this.#next = 0
    // Once for all that are remembered is enough to know how the clocks stand.
    this.#sentTimes.note(timeOf(message), message.receivedAt)
  }

  get #last(): FeedMessage | null {
    return this.#ring.at(this.#next - 1) ?? null
  }

  #inOrder(): readonly FeedMessage[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
  }

  #reach(wholeUntil: number | null): Reach {
    const [oldest] = this.#inOrder()
    const lastWhole = this.#lastUntil(wholeUntil)
    const isFull = this.#ring.length === this.#size
    if (lastWhole === null || oldest === undefined) {
      const accepted = Math.floor(this.#acceptedAt) - overlapMs
      if (oldest === undefined || !isFull) return { from: accepted, last: null, isShort: false }
      return { from: timeOf(oldest) + 1, last: null, isShort: true }
    }
    const last = timeOf(lastWhole)
    // Of the millisecond of the oldest, others may have been remembered before.
    const firstKnown = timeOf(oldest) + (isFull ? 1 : 0)
    return { from: Math.max(firstKnown, last - overlapMs), last, isShort: false }
  }
}
