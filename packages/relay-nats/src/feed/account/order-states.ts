import { type DataMessage, MessageType, type OrderData } from '@tapewire/core'
import { hasEnded } from '../../stored/event-identity.js'

/** Orders whose last state is remembered: more than an account has open at once, and those that ended lately. */
const rememberedOrders = 8_192

/**
 * Keeps an order from going back. A relay that was stalled may publish what it had received before, when another has long told what came of it: of a late state only
 * what goes beyond the last one told is news.
 */
export class OrderStates {
  readonly #last = new Map<string, OrderData>()

  /** Whether a message is to be told; `isLate` where it comes from a relay that another has followed. Whatever is no state of an order is. */
  admit(message: DataMessage, isLate: boolean): boolean {
    if (message.type !== MessageType.Order) return true
    const { data } = message
    const last = this.#last.get(data.id)
    if (isLate && last !== undefined && !goesBeyond(data, last)) return false
    this.#last.delete(data.id)
    this.#last.set(data.id, data)
    if (this.#last.size > rememberedOrders) {
      const [oldest] = this.#last.keys()
      if (oldest !== undefined) this.#last.delete(oldest)
    }
    return true
  }
}

function goesBeyond(next: OrderData, last: OrderData): boolean {
  if (hasEnded(last)) return false
  if (hasEnded(next)) return true
  const [filled, filledBefore] = [Number(next.filledSize ?? 0), Number(last.filledSize ?? 0)]
  if (filled !== filledBefore) return filled > filledBefore
  return next.updatedAt !== null && last.updatedAt !== null && next.updatedAt > last.updatedAt
}
