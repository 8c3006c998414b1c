import { createHash } from 'node:crypto'
import type { Clock, OrderStatus } from '@tapewire/core'
import type { AccountEvent, BalanceEvent, BalanceReason, FillEvent, OrderEvent } from '@tapewire/testkit'
import { addDecimals } from '../shared/decimals.js'
import { multiplied } from './decimals.js'
import { sendTimeOf, wireNameOf } from './feeds/feed.js'
import { composePush } from './replies.js'

/** A frame and the stream it belongs to. */
export interface AccountPush {
  readonly stream: string
  readonly frame: Uint8Array
}

const statusNumbers: Readonly<Partial<Record<OrderStatus, number>>> = {
  open: 1,
  filled: 2,
  partially_filled: 3,
  cancelled: 4,
  partially_cancelled: 5,
}

const orderTypes = { gtc: 1, post_only: 2, ioc: 3, fok: 4 } as const

const reasons: Readonly<Record<BalanceReason, string>> = {
  order: 'ENTRUST_PLACE',
  fill: 'ENTRUST',
  cancel: 'ENTRUST_CANCEL',
  fee: 'TRADE_FEE',
}

/** What happens to an account, as MEXC pushes it. */
export class AccountPushes {
  readonly #clock: Clock
  /** Fills of each order so far: an order's push repeats what they add up to. */
  readonly #fills = new Map<string, { last: FillEvent; quoteSize: string }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  compose(event: AccountEvent): AccountPush {
    switch (event.kind) {
      case 'order':
        return this.#order(event)
      case 'fill':
        return this.#fill(event)
      case 'balance':
        return this.#balance(event)
    }
  }

  #order(order: OrderEvent): AccountPush {
    const fills = this.#fills.get(order.id)
    const isFinal = order.status !== 'open' && order.status !== 'partially_filled'
    if (isFinal) this.#fills.delete(order.id)
    const value = {
      id: order.id,
      clientId: order.clientId,
      price: order.price,
      quantity: order.size,
      amount: multiplied(order.price, order.size),
      avgPrice: order.averagePrice ?? '0',
      orderType: order.type === 'market' ? 5 : orderTypes[order.timeInForce],
      tradeType: order.side === 'buy' ? 1 : 2,
      isMaker: fills?.last.liquidity === 'maker',
      remainAmount: multiplied(order.price, order.remainingSize),
      remainQuantity: order.remainingSize,
      lastDealQuantity: fills?.last.size,
      cumulativeQuantity: order.filledSize,
      cumulativeAmount: fills?.quoteSize ?? '0',
      status: statusNumbers[order.status] ?? 0,
      createTime: order.createdAt,
    }
    const stream = 'spot@private.orders.v3.api.pb'
    const symbol = wireNameOf(order.pair)
    const body = { $case: 'privateOrders' as const, value }
    return { stream, frame: composePush(stream, { symbol, sendTime: sendTimeOf(this.#clock), body }) }
  }

  #fill(fill: FillEvent): AccountPush {
    const before = this.#fills.get(fill.orderId)?.quoteSize ?? '0'
    this.#fills.set(fill.orderId, { last: fill, quoteSize: addDecimals(before, fill.quoteSize) ?? before })
    const value = {
      price: fill.price,
      quantity: fill.size,
      amount: fill.quoteSize,
      tradeType: fill.side === 'buy' ? 1 : 2,
      isMaker: fill.liquidity === 'maker',
      isSelfTrade: false,
      tradeId: fill.id,
      clientOrderId: fill.clientId,
      orderId: fill.orderId,
      feeAmount: fill.fee,
      feeCurrency: fill.feeAsset,
      time: fill.time,
    }
    const stream = 'spot@private.deals.v3.api.pb'
    const symbol = wireNameOf(fill.pair)
    const body = { $case: 'privateDeals' as const, value }
    return { stream, frame: composePush(stream, { symbol, sendTime: sendTimeOf(this.#clock), body }) }
  }

  #balance(balance: BalanceEvent): AccountPush {
    const value = {
      vcoinName: balance.asset,
      coinId: createHash('md5').update(balance.asset).digest('hex'),
      balanceAmount: balance.free,
      balanceAmountChange: balance.change,
      frozenAmount: balance.locked,
      frozenAmountChange: balance.lockedChange,
      type: reasons[balance.reason],
      time: balance.time,
    }
    const stream = 'spot@private.account.v3.api.pb'
    const body = { $case: 'privateAccount' as const, value }
    return { stream, frame: composePush(stream, { createTime: balance.time, sendTime: sendTimeOf(this.#clock), body }) }
  }
}
