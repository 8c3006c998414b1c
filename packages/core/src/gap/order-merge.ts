import type { ChannelMessage, DataMessage, FeedMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { OrderData } from '../model/payloads.js'
import type { Merge } from './merge.js'
import { timeOf } from './told.js'

/**
 * Merges states of own orders. Fetching gives the latest state alone: it is told where it goes beyond the last one told of that order, and what the stream
 * brings afterwards is left out where it does not. So an order never goes back.
 */
export class OrderMerge implements Merge {
  /** The last state told of each order. */
  readonly #last = new Map<string, OrderData>()
  /** Of those, whose was fetched, and when the last copy of it may come, epoch ms; endless while its gap is made up for. */
  readonly #fetched = new Map<string, number>()
  #isSettled = false

  /** As with events. An order that goes on is known until its end. */
  constructor(remembered: readonly FeedMessage[], before: OrderMerge | null, now: number) {
    if (before !== null) this.#inherit(before, now)
    for (const message of remembered) if (isOrder(message)) this.#noteLive(message.data)
  }

  seeLive(message: FeedMessage): FeedMessage | null {
    if (!isOrder(message)) return message
    const { data } = message
    if (this.#fetched.has(data.id) && !this.#isNews(data)) return null
    if (!this.#isSettled || this.#fetched.has(data.id)) this.#noteLive(data)
    return message
  }

  take(message: DataMessage, from: number): DataMessage | null {
    if (!isOrder(message) || !this.#isNews(message.data)) return null
    // One that ended before, and was opened before anybody listened.
    if (!this.#last.has(message.data.id) && timeOf(message) < from) return null
    this.#last.set(message.data.id, message.data)
    this.#fetched.set(message.data.id, Number.POSITIVE_INFINITY)
    return message
  }

  settle(lastCopyAt: number): void {
    this.#isSettled = true
    for (const id of this.#last.keys()) if (!this.#fetched.has(id)) this.#last.delete(id)
    for (const [id, until] of this.#fetched) this.#fetched.set(id, Math.min(until, lastCopyAt))
  }

  #inherit(before: OrderMerge, now: number): void {
    for (const [id, lastCopyAt] of before.#fetched) {
      const state = before.#last.get(id)
      if (state === undefined || (lastCopyAt < now && hasEnded(state))) continue
      this.#last.set(id, state)
      this.#fetched.set(id, lastCopyAt)
    }
  }

  #noteLive(state: OrderData): void {
    if (this.#isNews(state)) this.#last.set(state.id, state)
  }

  #isNews(next: OrderData): boolean {
    const last = this.#last.get(next.id)
    if (last === undefined) return true
    const [wasEnded, isEnded] = [hasEnded(last), hasEnded(next)]
    if (wasEnded) return false
    const [filledBefore, filled] = [Number(last.filledSize ?? 0), Number(next.filledSize ?? 0)]
    if (isEnded || filled !== filledBefore) return isEnded || filled > filledBefore
    // Amended: the newer one counts, where both say when.
    const isNewer = next.updatedAt !== null && last.updatedAt !== null && next.updatedAt > last.updatedAt
    return isNewer && (!isSameAmount(next.price, last.price) || !isSameAmount(next.size, last.size))
  }
}

function isOrder(message: FeedMessage | DataMessage): message is ChannelMessage<'orders'> {
  return message.type === MessageType.Order
}

function hasEnded({ status }: OrderData): boolean {
  return status !== null && status !== 'open' && status !== 'partially_filled'
}

function isSameAmount(one: string | null, other: string | null): boolean {
  return one === other || (one !== null && other !== null && Number(one) === Number(other))
}
