import type { TimeInForce } from '@tapewire/core'
import { subtractDecimals } from '@tapewire/core/adapter'
import type { AccountEvent, BalanceEvent, BalanceReason, FillEvent, OrderEvent } from '@tapewire/testkit'
import { demoUserId } from '../authorize.js'
import { wireNameOf } from '../feeds/feed.js'
import { isOpen } from './account-orders.js'

/** One row of an account push, and who is to hear it. */
export interface AccountRow {
  readonly channel: string
  /** Null for rows that belong to no market. */
  readonly pair: OrderEvent['pair'] | null
  readonly row: object
}

/**
 * What happened on the account, as Gate.io writes it; null for what is not told here: an order that waits for its trigger price is none of `spot.orders` yet.
 * Source: Gate.io spot WebSocket v4 docs.
 */
export function accountRow(event: AccountEvent): AccountRow | null {
  if (event.kind === 'balance') return { channel: 'spot.balances', pair: null, row: balanceRow(event) }
  if (event.kind === 'fill') return { channel: 'spot.usertrades', pair: event.pair, row: fillRow(event) }
  return event.type === 'stop' ? null : { channel: 'spot.orders', pair: event.pair, row: orderRow(event) }
}

/** Gate.io's words for times in force, which are also why an order ended that they have ended. */
const timesInForce: Readonly<Record<TimeInForce, string>> = { gtc: 'gtc', ioc: 'ioc', fok: 'fok', post_only: 'poc' }

/** Of a market buy, `amount` and `left` are quote currency. */
function orderRow(order: OrderEvent): object {
  return {
    id: order.id,
    text: order.clientId,
    create_time: seconds(order.createdAt),
    update_time: seconds(order.updatedAt),
    currency_pair: wireNameOf(order.pair),
    type: order.type,
    account: 'spot',
    side: order.side,
    amount: order.quoteSize ?? order.size,
    price: order.price ?? '0',
    time_in_force: timesInForce[order.timeInForce],
    left: order.quoteSize === null ? order.remainingSize : subtractDecimals(order.quoteSize, order.filledQuote),
    filled_total: order.filledQuote,
    filled_amount: order.filledSize,
    avg_deal_price: order.averagePrice ?? '0',
    fee: order.fee,
    fee_currency: order.side === 'buy' ? order.pair.base : order.pair.quote,
    point_fee: '0',
    gt_fee: '0',
    rebated_fee: '0',
    rebated_fee_currency: order.pair.quote,
    create_time_ms: String(order.createdAt),
    update_time_ms: String(order.updatedAt),
    user: demoUserId,
    event: eventOf(order),
    stp_id: 0,
    stp_act: '-',
    finish_as: finishOf(order),
    biz_info: '-',
    amend_text: '-',
  }
}

function eventOf(order: OrderEvent): string {
  if (!isOpen(order)) return 'finish'
  return order.status === 'open' ? 'put' : 'update'
}

function finishOf(order: OrderEvent): string {
  if (isOpen(order)) return 'open'
  if (order.status === 'filled') return 'filled'
  return order.endedBy === 'time_in_force' ? timesInForce[order.timeInForce] : 'cancelled'
}

function fillRow(fill: FillEvent): object {
  return {
    id: Number(fill.id),
    user_id: demoUserId,
    order_id: fill.orderId,
    currency_pair: wireNameOf(fill.pair),
    create_time: Math.floor(fill.time / 1000),
    create_time_ms: `${fill.time}.12`,
    side: fill.side,
    amount: fill.size,
    role: fill.liquidity,
    price: fill.price,
    fee: fill.fee,
    fee_currency: fill.feeAsset,
    point_fee: '0',
    gt_fee: '0',
    text: fill.clientId,
    id_market: Number(fill.id),
  }
}

const changeTypes: Readonly<Record<BalanceReason, string>> = {
  order: 'order-create',
  fill: 'order-match',
  cancel: 'order-update',
  fee: 'trade-fee-deduct',
  deposit: 'deposit',
}

/** `change` is that of `total`: 0 where an order locks what was available. */
function balanceRow(balance: BalanceEvent): object {
  return {
    timestamp: seconds(balance.time),
    timestamp_ms: String(balance.time),
    user: String(demoUserId),
    currency: balance.asset,
    change: balance.change,
    total: balance.total,
    available: balance.free,
    freeze: balance.locked,
    freeze_change: balance.lockedChange,
    change_type: changeTypes[balance.reason],
  }
}

function seconds(time: number): string {
  return String(Math.floor(time / 1000))
}
