import {
  MessageType,
  type OrderData,
  type OrderMessage,
  type OrderType,
  type ParsedMessage,
  type TimeInForce,
} from '@tapewire/core'
import { wireChannels } from '../channels.js'
import { rowMessages } from './account-rows.js'
import { clientIdOf } from './client-id.js'
import { type Fields, id, oneOf, optionalAmountText, optionalText, text } from './fields.js'
import { orderStatus } from './order-status.js'
import { type PushContext, pairField } from './push.js'
import { optionalTime } from './times.js'

const timesInForce: ReadonlyMap<string | null, TimeInForce> = new Map([
  ['gtc', 'gtc'],
  ['ioc', 'ioc'],
  ['fok', 'fok'],
  ['poc', 'post_only'],
])

/**
 * `spot.orders`: one row for each order that changed. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"id":"700100200300","text":"t-demo-1","currency_pair":"BTC_USDT","type":"limit","side":"sell","amount":"0.001","price":"90100",
 *  "time_in_force":"gtc","left":"0.001","filled_total":"0","filled_amount":"0","avg_deal_price":"0","create_time_ms":"1767225605311",
 *  "update_time_ms":"1767225605311","event":"put","finish_as":"open"}
 * ```
 */
export function orderMessages(result: unknown, context: PushContext): ParsedMessage | readonly ParsedMessage[] {
  return rowMessages(result, wireChannels.orders, context, (row): OrderMessage => {
    const data = readOrder(row)
    return {
      type: MessageType.Order,
      symbol: pairField(row, 'currency_pair', context.symbols),
      channel: 'orders',
      data,
      exchangeTime: data.updatedAt ?? context.sentAt,
      receivedAt: context.receivedAt,
      sequence: null,
      raw: null,
    }
  })
}

/** The order itself. `size` and `remainingSize` are base currency: null for market buys, whose `amount` and `left` Gate.io counts in quote currency. */
function readOrder(row: Fields): OrderData {
  const type = orderType(row)
  const side = oneOf(row, 'side', ['buy', 'sell'])
  const countsQuote = type === 'market' && side === 'buy'
  const filledSize = optionalAmountText(row, 'filled_amount')
  const left = optionalAmountText(row, 'left')
  const hasFills = isPositive(filledSize) || isPositive(optionalAmountText(row, 'filled_total'))
  return {
    id: id(row, 'id'),
    clientId: clientIdOf(row),
    side,
    type,
    timeInForce: timesInForce.get(optionalText(row, 'time_in_force')) ?? null,
    status: orderStatus({
      event: text(row, 'event'),
      finishedAs: optionalText(row, 'finish_as'),
      hasFills,
      nothingLeft: left !== null && !isPositive(left),
    }),
    price: type === 'market' ? null : optionalAmountText(row, 'price'),
    size: countsQuote ? null : optionalAmountText(row, 'amount'),
    filledSize,
    remainingSize: countsQuote ? null : left,
    averagePrice: hasFills ? optionalAmountText(row, 'avg_deal_price') : null,
    createdAt: optionalTime(row, 'create_time_ms', 'create_time'),
    updatedAt: optionalTime(row, 'update_time_ms', 'update_time'),
  }
}

/** `limit` and `market`, also in the unified account's variants (`limit_repay`, `market_borrow`, …). */
function orderType(row: Fields): OrderType | null {
  const type = optionalText(row, 'type')
  if (type?.startsWith('limit')) return 'limit'
  return type?.startsWith('market') ? 'market' : null
}

function isPositive(amount: string | null): boolean {
  return amount !== null && Number(amount) > 0
}
