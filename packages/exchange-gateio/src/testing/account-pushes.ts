import type { AccountEvent, BalanceEvent, BalanceReason, FillEvent, OrderEvent } from '@tapewire/testkit'
import { wireNameOf } from './feeds/feed.js'

/** One row of an account push, and who is to hear it. */
export interface AccountRow {
  readonly channel: string
  /** Null for rows that belong to no market. */
  readonly pair: OrderEvent['pair'] | null
  readonly row: object
}

const userId = 1_000_001

/** What happened on the account, as Gate.io writes it. Source: Gate.io spot WebSocket v4 docs. */
export function accountRow(event: AccountEvent): AccountRow {
  if (event.kind === 'order') return { channel: 'spot.orders', pair: event.pair, row: orderRow(event) }
  if (event.kind === 'fill') return { channel: 'spot.usertrades', pair: event.pair, row: fillRow(event) }
  return { channel: 'spot.balances', pair: null, row: balanceRow(event) }
}

function orderRow(order: OrderEvent): object {
  const isOpen = order.status === 'open' || order.status === 'partially_filled'
  const finishedAs = order.status === 'filled' ? 'filled' : 'cancelled'
  const filledTotal = Number(order.averagePrice ?? 0) * Number(order.filledSize)
  return {
    id: order.id,
    text: order.clientId,
    create_time: seconds(order.createdAt),
    update_time: seconds(order.updatedAt),
    currency_pair: wireNameOf(order.pair),
    type: order.type,
    account: 'spot',
    side: order.side,
    amount: order.size,
    price: order.price,
    time_in_force: order.timeInForce === 'post_only' ? 'poc' : order.timeInForce,
    left: order.remainingSize,
    filled_total: filledTotal === 0 ? '0' : filledTotal.toFixed(8),
    filled_amount: order.filledSize,
    avg_deal_price: order.averagePrice ?? '0',
    fee: '0',
    fee_currency: order.side === 'buy' ? order.pair.base : order.pair.quote,
    point_fee: '0',
    gt_fee: '0',
    rebated_fee: '0',
    rebated_fee_currency: order.pair.quote,
    create_time_ms: String(order.createdAt),
    update_time_ms: String(order.updatedAt),
    user: userId,
    event: eventOf(order, isOpen),
    stp_id: 0,
    stp_act: '-',
    finish_as: isOpen ? 'open' : finishedAs,
    biz_info: '-',
    amend_text: '-',
  }
}

function eventOf(order: OrderEvent, isOpen: boolean): string {
  if (!isOpen) return 'finish'
  return order.status === 'open' ? 'put' : 'update'
}

function fillRow(fill: FillEvent): object {
  return {
    id: Number(fill.id),
    user_id: userId,
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
}

function balanceRow(balance: BalanceEvent): object {
  return {
    timestamp: seconds(balance.time),
    timestamp_ms: String(balance.time),
    user: String(userId),
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
