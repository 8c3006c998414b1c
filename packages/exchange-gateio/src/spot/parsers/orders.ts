import type { OrderData, OrderStatus, OrderType, TimeInForce } from '@tapewire/core'
import { dataMessage, decimalText, type ParsedMessage } from '@tapewire/core/adapter'
import {
  clientIdOf,
  type Fields,
  idOf,
  missingFault,
  numberOf,
  optionalText,
  positive,
  sideOf,
  timeOf,
} from '../../shared/fields.js'
import { type AccountContext, type AccountReader, type RowOrigin, rowMessage } from '../../shared/push.js'
import { wireChannels } from '../channels.js'

const timesInForce: ReadonlyMap<unknown, TimeInForce> = new Map([
  ['gtc', 'gtc'],
  ['ioc', 'ioc'],
  ['fok', 'fok'],
  ['poc', 'post_only'],
])

/**
 * `spot.orders`: one row for each order that changed, of which this is what we read. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"id":"700100200300","text":"t-demo-1","currency_pair":"BTC_USDT","type":"limit","side":"sell","amount":"0.001","price":"90100",
 *  "time_in_force":"gtc","left":"0.001","filled_total":"0","filled_amount":"0","avg_deal_price":"0","create_time_ms":"1767225605311",
 *  "update_time_ms":"1767225605311","event":"put","finish_as":"open"}
 * ```
 */
export const ordersPush: AccountReader = {
  wireChannel: wireChannels.orders,
  read: (rows, context) =>
    rows.map((row) =>
      rowMessage(wireChannels.orders, row, context, (fields, origin) => composeOrder(fields, origin, context)),
    ),
}

/** `triggerPrice` is null: on Gate.io an order that waits for its price is no order yet, and told on `spot.priceorders`. */
function composeOrder(
  row: Fields,
  { stream, instrument }: RowOrigin,
  { sentAt, receivedAt }: AccountContext,
): ParsedMessage | string {
  const id = idOf(row.id)
  if (id === null) return missingFault({ id })
  const type = orderType(row.type)
  const side = sideOf(row.side)
  // Market buys, whose `amount` and `left` are what to spend, in quote currency.
  const namesQuote = type === 'market' && side !== 'sell'
  const status = orderStatus(row, namesQuote)
  const filledSize = decimalText(row.filled_amount)
  const bought = status === 'filled' ? { size: filledSize, left: '0' } : { size: null, left: null }
  const updatedAt = timeOf(numberOf(row.update_time_ms), numberOf(row.update_time))
  const data: OrderData = {
    id,
    clientId: clientIdOf(row.text),
    side,
    type,
    timeInForce: timesInForce.get(row.time_in_force) ?? null,
    status,
    price: type === 'market' ? null : positive(row.price),
    triggerPrice: null,
    size: namesQuote ? bought.size : decimalText(row.amount),
    filledSize,
    remainingSize: namesQuote ? bought.left : decimalText(row.left),
    averagePrice: positive(row.avg_deal_price),
    createdAt: timeOf(numberOf(row.create_time_ms), numberOf(row.create_time)),
    updatedAt,
  }
  return dataMessage<'orders'>(stream, instrument, data, updatedAt ?? sentAt, receivedAt, null)
}

/** `limit` and `market`, also in the unified account's variants (`limit_repay`, `market_borrow`, …); null for any other. */
function orderType(type: unknown): OrderType | null {
  const word = optionalText(type)
  if (word?.startsWith('limit')) return 'limit'
  return word?.startsWith('market') ? 'market' : null
}

/** Words that do not say how an order has ended. */
const noEnd: ReadonlySet<unknown> = new Set(['open', '-', '', null, undefined])

/**
 * The status of an order. One that has ended is `filled` where `finish_as` says so or nothing is left of it, and cancelled for every other word: `cancelled`, `ioc`, `fok`, `poc`, `stp`,
 * `small`, `liquidate_cancelled`, `depth_not_enough`, `trader_not_enough`, or one added since. Where `event` is none of `put`, `update` and `finish`, `finish_as`
 * alone has to tell; null where it does not. Source: Gate.io spot WebSocket v4 docs, `spot.orders`.
 */
function orderStatus(row: Fields, namesQuote: boolean): OrderStatus | null {
  const { event, finish_as: finishedAs } = row
  const hasFills = numberOf(row.filled_amount) > 0 || numberOf(row.filled_total) > 0
  if (event === 'put' || event === 'update' || (event !== 'finish' && finishedAs === 'open')) {
    return hasFills ? 'partially_filled' : 'open'
  }
  const isSaid = !noEnd.has(finishedAs)
  if (event !== 'finish' && !isSaid) return null
  if (finishedAs === 'filled' || (hasFills && nothingLeft(row, namesQuote && !isSaid))) return 'filled'
  return hasFills ? 'partially_cancelled' : 'cancelled'
}

/** A market buy leaves what no longer buys the smallest size: seen were 1.6e-8 of 2 USDT (ccxt/ccxt#16995). */
const mostDust = 0.01

/** Whether an order that has ended is filled, as far as can be told from what it left; of a market buy of a time before `finish_as`, but for dust. */
function nothingLeft(row: Fields, mayLeaveDust: boolean): boolean {
  return numberOf(row.left) <= (mayLeaveDust ? mostDust * numberOf(row.amount) : 0)
}
