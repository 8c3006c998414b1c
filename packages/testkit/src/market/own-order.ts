import type { Instrument, OrderStatus, OrderType, Side, TimeInForce } from '@tapewire/core'
import type { OrderEvent } from './account-event.js'
import { amountOf, amountText, divide, multiply } from './amount.js'
import type { MarketPrecision } from './market-precision.js'

/** What an order is when it is placed; sizes in lots, prices in ticks. */
export interface OrderTerms {
  readonly id: string
  readonly clientId: string
  readonly pair: Instrument
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  /** The limit; of a market order the worst price that it takes. */
  readonly ticks: number
  /** Null for all but stop orders. */
  readonly triggerTicks: number | null
  /** Null for a market buy, which names what to spend. */
  readonly lots: number | null
  /** What a market buy is to spend; null for every other. */
  readonly budget: bigint | null
}

/** One own order and how far it has come. */
export class OwnOrder {
  readonly terms: OrderTerms
  readonly #precision: MarketPrecision
  readonly #createdAt: number
  #filledLots = 0
  #filledQuote = 0n
  #fee = 0n
  #status: OrderStatus = 'open'
  #endedBy: OrderEvent['endedBy'] = null

  constructor(terms: OrderTerms, precision: MarketPrecision, time: number) {
    this.terms = terms
    this.#precision = precision
    this.#createdAt = time
  }

  get isOpen(): boolean {
    return this.#status === 'open' || this.#status === 'partially_filled'
  }

  /** What it holds back now, in its `lockedAsset`; nothing while it waits for its trigger price. */
  get held(): bigint {
    const { type, side, ticks, lots, budget } = this.terms
    if (!this.isOpen || type === 'stop') return 0n
    if (budget !== null) return budget - this.#filledQuote
    const rest = (lots ?? 0) - this.#filledLots
    return side === 'sell' ? this.size(rest) : this.quote(ticks, rest)
  }

  get lockedAsset(): string {
    return this.terms.side === 'sell' ? this.terms.pair.base : this.terms.pair.quote
  }

  /** Lots that are still to be filled, at a price where that depends on it. */
  remainingLots(ticks: number): number {
    const { lots, budget } = this.terms
    if (budget === null) return (lots ?? 0) - this.#filledLots
    return Number((budget - this.#filledQuote) / this.quote(ticks, 1))
  }

  /** Whether a price of the other side is within its limit. */
  takes(ticks: number): boolean {
    return this.terms.side === 'buy' ? this.terms.ticks >= ticks : this.terms.ticks <= ticks
  }

  price(ticks: number): bigint {
    return amountOf(ticks, this.#precision.priceDigits)
  }

  size(lots: number): bigint {
    return amountOf(lots, this.#precision.sizeDigits)
  }

  quote(ticks: number, lots: number): bigint {
    return multiply(this.price(ticks), this.size(lots))
  }

  fill(ticks: number, lots: number, fee: bigint): void {
    this.#filledLots += lots
    this.#filledQuote += this.quote(ticks, lots)
    this.#fee += fee
    this.#status = this.remainingLots(ticks) === 0 ? 'filled' : 'partially_filled'
  }

  end(endedBy: 'owner' | 'time_in_force'): void {
    this.#status = this.#filledLots === 0 ? 'cancelled' : 'partially_cancelled'
    this.#endedBy = endedBy
  }

  image(time: number): OrderEvent {
    const { id, clientId, pair, side, type, timeInForce, ticks, triggerTicks, lots, budget } = this.terms
    const filled = this.size(this.#filledLots)
    const averageDigits = this.#precision.priceDigits + 4
    const limit = amountText(this.price(ticks))
    const asked = lots ?? (this.#status === 'filled' ? this.#filledLots : null)
    return {
      kind: 'order',
      id,
      clientId,
      pair,
      side,
      type,
      timeInForce,
      price: type === 'market' ? null : limit,
      protectivePrice: type === 'market' ? limit : null,
      triggerPrice: triggerTicks === null ? null : amountText(this.price(triggerTicks)),
      size: asked === null ? null : amountText(this.size(asked)),
      quoteSize: budget === null ? null : amountText(budget),
      filledSize: amountText(filled),
      filledQuote: amountText(this.#filledQuote),
      fee: amountText(this.#fee),
      remainingSize: asked === null ? null : amountText(this.size(asked - this.#filledLots)),
      averagePrice: filled === 0n ? null : amountText(divide(this.#filledQuote, filled, averageDigits)),
      status: this.#status,
      endedBy: this.#endedBy,
      createdAt: this.#createdAt,
      updatedAt: time,
    }
  }
}
