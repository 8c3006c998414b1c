import { createHash } from 'node:crypto'
import type { Clock, OrderStatus } from '@tapewire/core'
import { subtractDecimals } from '@tapewire/core/adapter'
import type { AccountEvent, BalanceEvent, BalanceReason, FillEvent, OrderEvent } from '@tapewire/testkit'
import type { PrivateOrdersV3Api } from '../../shared/generated/account.js'
import { multiplied } from '../decimals.js'
import { sendTimeOf, wireNameOf } from '../feeds/feed.js'
import { composePush } from '../replies.js'

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

const limitTypes = { gtc: 1, post_only: 2, ioc: 3, fok: 4 } as const
const marketType = 5
const stopType = 100

const reasons: Readonly<Record<BalanceReason, string>> = {
  order: 'ENTRUST_PLACE',
  fill: 'ENTRUST',
  cancel: 'ENTRUST_CANCEL',
  fee: 'TRADE_FEE',
  deposit: 'DEPOSIT',
}

/** What happens to an account, as MEXC pushes it. */
export class AccountPushes {
  readonly #clock: Clock
  /** The last fill of each open order: an order's push repeats it. */
  readonly #lastFills = new Map<string, FillEvent>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Null for what MEXC is not known to tell: how an order that waits for its trigger price ends. */
  compose(event: AccountEvent): AccountPush | null {
    switch (event.kind) {
      case 'order':
        if (event.type !== 'stop') return this.#order(event)
        return event.status === 'open' ? this.#stopOrder(event) : null
      case 'fill':
        return this.#fill(event)
      case 'balance':
        return this.#balance(event)
    }
  }

  #order(order: OrderEvent): AccountPush {
    const last = this.#lastFills.get(order.id)
    if (order.status !== 'open' && order.status !== 'partially_filled') this.#lastFills.delete(order.id)
    return this.#orderPush(order, {
      ...(order.type === 'market' ? marketSize(order) : limitSize(order)),
      avgPrice: order.averagePrice ?? '0',
      isMaker: last?.liquidity === 'maker',
      lastDealQuantity: last?.size,
      cumulativeQuantity: order.filledSize,
      cumulativeAmount: order.filledQuote,
      status: statusNumbers[order.status] ?? 0,
    })
  }

  /** No amounts but price and size, and `state` in place of `status`, as ccxt/ccxt#28185 shows it. */
  #stopOrder(order: OrderEvent): AccountPush {
    return this.#orderPush(order, {
      price: order.price ?? '',
      quantity: order.size ?? '',
      orderType: stopType,
      triggerType: 1,
      triggerPrice: order.triggerPrice ?? '',
      state: 0,
    })
  }

  #orderPush(order: OrderEvent, fields: Partial<PrivateOrdersV3Api>): AccountPush {
    const { id, clientId, createdAt: createTime } = order
    const tradeType = order.side === 'buy' ? 1 : 2
    const value = { ...noOrder, ...fields, id, clientId, tradeType, createTime }
    const stream = 'spot@private.orders.v3.api.pb'
    const symbol = wireNameOf(order.pair)
    const body = { $case: 'privateOrders' as const, value }
    return { stream, frame: composePush(stream, { symbol, sendTime: sendTimeOf(this.#clock), body }) }
  }

  #fill(fill: FillEvent): AccountPush {
    this.#lastFills.set(fill.orderId, fill)
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
      balanceAmountChange: balance.freeChange,
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

/** What proto3 leaves out. */
const noOrder: PrivateOrdersV3Api = {
  id: '',
  clientId: '',
  price: '',
  quantity: '',
  amount: '',
  avgPrice: '',
  orderType: 0,
  tradeType: 0,
  isMaker: false,
  remainAmount: '',
  remainQuantity: '',
  cumulativeQuantity: '',
  cumulativeAmount: '',
  status: 0,
  createTime: 0,
}

function limitSize({ price, size, remainingSize, timeInForce }: OrderEvent): Partial<PrivateOrdersV3Api> {
  const [limit, quantity, remainQuantity] = [price ?? '', size ?? '', remainingSize ?? '']
  return {
    price: limit,
    quantity,
    amount: multiplied(limit, quantity),
    orderType: limitTypes[timeInForce],
    remainAmount: multiplied(limit, remainQuantity),
    remainQuantity,
  }
}

/** A market order has a protective price, and of size and amount the one it was asked with: the other is 0. */
function marketSize(order: OrderEvent): Partial<PrivateOrdersV3Api> {
  const { protectivePrice, quoteSize, filledQuote } = order
  const price = protectivePrice ?? ''
  const asked =
    quoteSize === null
      ? { quantity: order.size ?? '', amount: '0', remainAmount: '0', remainQuantity: order.remainingSize ?? '' }
      : { quantity: '0', amount: quoteSize, remainAmount: restOf(quoteSize, filledQuote), remainQuantity: '0' }
  return { price, orderType: marketType, ...asked }
}

function restOf(asked: string, filled: string): string {
  return subtractDecimals(asked, filled) ?? ''
}
