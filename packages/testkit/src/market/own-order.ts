import type { Instrument, OrderStatus, Side, TimeInForce } from '@tapewire/core'
import type { OrderEvent } from './account-event.js'
import { amountOf, amountText, divide, multiply } from './amount.js'
import type { MarketPrecision } from './market-precision.js'

/** What an order is when it is placed; sizes in lots, prices in ticks. */
export interface OrderTerms {
  readonly id: string
  readonly clientId: string
  readonly pair: Instrument
  readonly side: Side
  readonly timeInForce: TimeInForce
  readonly ticks: number
  readonly lots: number
}

/** One own limit order and how far it has come. */
export class OwnOrder {
  readonly terms: OrderTerms
  readonly #precision: MarketPrecision
  readonly #createdAt: number
  #filledLots = 0
  #filledQuote = 0n
  #status: OrderStatus = 'open'

  constructor(terms: OrderTerms, precision: MarketPrecision, time: number) {
    this.terms = terms
    this.#precision = precision
    this.#createdAt = time
  }

  get remainingLots(): number {
    return this.terms.lots - this.#filledLots
  }

  get isOpen(): boolean {
    return this.#status === 'open' || this.#status === 'partially_filled'
  }

  /** What an open order of this price holds back for `lots`, in its `lockedAsset`. */
  held(lots: number): bigint {
    return this.terms.side === 'sell' ? this.size(lots) : this.quote(this.terms.ticks, lots)
  }

  get lockedAsset(): string {
    return this.terms.side === 'sell' ? this.terms.pair.base : this.terms.pair.quote
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

  fill(ticks: number, lots: number): void {
    this.#filledLots += lots
    this.#filledQuote += this.quote(ticks, lots)
    this.#status = this.remainingLots === 0 ? 'filled' : 'partially_filled'
  }

  cancel(): void {
    this.#status = this.#filledLots === 0 ? 'cancelled' : 'partially_cancelled'
  }

  image(time: number): OrderEvent {
    const { id, clientId, pair, side, timeInForce, ticks, lots } = this.terms
    const filled = this.size(this.#filledLots)
    const averageDigits = this.#precision.priceDigits + 4
    return {
      kind: 'order',
      id,
      clientId,
      pair,
      side,
      type: 'limit',
      timeInForce,
      price: amountText(this.price(ticks)),
      size: amountText(this.size(lots)),
      filledSize: amountText(filled),
      remainingSize: amountText(this.size(this.remainingLots)),
      averagePrice: filled === 0n ? null : amountText(divide(this.#filledQuote, filled, averageDigits)),
      status: this.#status,
      createdAt: this.#createdAt,
      updatedAt: time,
    }
  }
}
