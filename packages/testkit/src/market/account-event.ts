import type { Instrument, OrderStatus, OrderType, Side, TimeInForce } from '@tapewire/core'

/** The state of one own order after a change. Amounts are exact decimal text without trailing zeros. */
export interface OrderEvent {
  readonly kind: 'order'
  /** Digits; rising from order to order. */
  readonly id: string
  readonly clientId: string
  readonly pair: Instrument
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  /** Null for market orders. */
  readonly price: string | null
  /** The worst price that a market order takes; null for every other. */
  readonly protectivePrice: string | null
  /** Where a stop order waits for the price; null for every other. */
  readonly triggerPrice: string | null
  /** Null for a market buy, until it is filled. */
  readonly size: string | null
  /** What a market buy is to spend; null for every other order. */
  readonly quoteSize: string | null
  readonly filledSize: string
  /** What the fills cost or brought in. */
  readonly filledQuote: string
  /** What its fills cost in fees, of the asset that they bring in. */
  readonly fee: string
  /** Null where `size` is. */
  readonly remainingSize: string | null
  /** What the fills cost on average, cut after four places more than a price has; null before the first fill. */
  readonly averagePrice: string | null
  readonly status: OrderStatus
  /** What ended it before it was filled whole; null where nothing did. */
  readonly endedBy: 'owner' | 'time_in_force' | null
  /** Epoch ms. */
  readonly createdAt: number
  readonly updatedAt: number
}

/** One fill of an own order. `quoteSize` is price times size, exactly. */
export interface FillEvent {
  readonly kind: 'fill'
  readonly id: string
  readonly orderId: string
  readonly clientId: string
  readonly pair: Instrument
  readonly side: Side
  readonly price: string
  readonly size: string
  readonly quoteSize: string
  /** Taken from what the fill brought in. */
  readonly fee: string
  readonly feeAsset: string
  readonly liquidity: 'maker' | 'taker'
  readonly time: number
}

/** Why a balance changed. */
export type BalanceReason = 'order' | 'fill' | 'cancel' | 'fee' | 'deposit'

/** One asset: what is free, what open orders hold, and both together. */
export interface AccountBalance {
  readonly asset: string
  readonly free: string
  readonly locked: string
  readonly total: string
}

/** One asset after a change. */
export interface BalanceEvent extends AccountBalance {
  readonly kind: 'balance'
  /** By how much `total` changed, with its sign. */
  readonly change: string
  /** By how much `free` changed, with its sign. */
  readonly freeChange: string
  /** By how much `locked` changed, with its sign. */
  readonly lockedChange: string
  readonly reason: BalanceReason
  readonly time: number
}

export type AccountEvent = OrderEvent | FillEvent | BalanceEvent
