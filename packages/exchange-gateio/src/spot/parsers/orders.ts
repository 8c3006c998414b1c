import type { OrderData, OrderStatus, OrderType, TimeInForce } from '@tapewire/core'
import {
  amountOrEmpty,
  choice,
  dataMessage,
  decimalOrEmpty,
  id,
  jsonShape,
  optional,
  type ParsedMessage,
  text,
} from '@tapewire/core/adapter'
import { clientIdOf, optionalText, timeOf } from '../../shared/fields.js'
import { type AccountContext, type AccountReader, type RowOrigin, rowMessage } from '../../shared/push.js'
import { wireChannels } from '../channels.js'

const sides = ['buy', 'sell'] as const

const timesInForce: ReadonlyMap<string | null, TimeInForce> = new Map([
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
const shape = jsonShape({
  id,
  text: optional(text),
  create_time: optional(decimalOrEmpty),
  update_time: optional(decimalOrEmpty),
  currency_pair: text,
  type: optional(text),
  side: choice(...sides),
  amount: optional(amountOrEmpty),
  price: optional(amountOrEmpty),
  time_in_force: optional(text),
  left: optional(amountOrEmpty),
  filled_total: optional(amountOrEmpty),
  filled_amount: optional(amountOrEmpty),
  avg_deal_price: optional(amountOrEmpty),
  create_time_ms: optional(decimalOrEmpty),
  update_time_ms: optional(decimalOrEmpty),
  event: text,
  finish_as: optional(text),
})
const { slots } = shape

export const ordersPush: AccountReader = {
  wireChannel: wireChannels.orders,
  read: (rows, context) =>
    rows.map((row) => rowMessage(wireChannels.orders, shape, row, context, (origin) => composeOrder(origin, context))),
}

/** `size` and `remainingSize` are base currency: null for market buys, whose `amount` and `left` Gate.io counts in quote currency. */
function composeOrder({ stream, instrument }: RowOrigin, { sentAt, receivedAt }: AccountContext): ParsedMessage {
  const type = orderType(shape.text(slots.type))
  const side = sides[shape.choice(slots.side)] as (typeof sides)[number]
  const countsQuote = type === 'market' && side === 'buy'
  const hasFills = shape.number(slots.filled_amount) > 0 || shape.number(slots.filled_total) > 0
  const updatedAt = timeOf(shape.number(slots.update_time_ms), shape.number(slots.update_time))
  const data: OrderData = {
    id: shape.text(slots.id) as string,
    clientId: clientIdOf(shape.text(slots.text)),
    side,
    type,
    timeInForce: timesInForce.get(shape.text(slots.time_in_force)) ?? null,
    status: orderStatus({
      event: shape.text(slots.event) as string,
      finishedAs: optionalText(shape.text(slots.finish_as)),
      hasFills,
      nothingLeft: shape.number(slots.left) <= 0,
    }),
    price: type === 'market' ? null : shape.text(slots.price),
    size: countsQuote ? null : shape.text(slots.amount),
    filledSize: shape.text(slots.filled_amount),
    remainingSize: countsQuote ? null : shape.text(slots.left),
    averagePrice: hasFills ? shape.text(slots.avg_deal_price) : null,
    createdAt: timeOf(shape.number(slots.create_time_ms), shape.number(slots.create_time)),
    updatedAt,
  }
  return dataMessage<'orders'>(stream, instrument, data, updatedAt ?? sentAt, receivedAt, null)
}

/** `limit` and `market`, also in the unified account's variants (`limit_repay`, `market_borrow`, …). */
function orderType(type: string | null): OrderType | null {
  if (type?.startsWith('limit')) return 'limit'
  return type?.startsWith('market') ? 'market' : null
}

/** Endings that the order's own time in force brings about: nobody cancelled it. */
const expiring: ReadonlySet<string> = new Set(['ioc', 'fok', 'poc'])

/** What the status of an order is told from. */
interface OrderProgress {
  /** `put`, `update` or `finish`. */
  readonly event: string
  /** Why it finished; null or `-` where it is not said. */
  readonly finishedAs: string | null
  readonly hasFills: boolean
  /** Whether `left` is zero. Not proof of a fill: a market buy counts `left` in quote currency, and dust may remain. */
  readonly nothingLeft: boolean
}

/**
 * The status of an order. A finished one is `filled` where `finish_as` says so; otherwise `partially_cancelled` where something was filled,
 * `expired` where its time in force ended it (`ioc`, `fok`, `poc`), and `cancelled` in every other case (`cancelled`, `stp`, `small`, `liquidate_cancelled`,
 * `depth_not_enough`, `trader_not_enough`). Source: Gate.io spot WebSocket v4 docs, `spot.orders`.
 */
function orderStatus({ event, finishedAs, hasFills, nothingLeft }: OrderProgress): OrderStatus {
  if (event !== 'finish') return hasFills ? 'partially_filled' : 'open'
  if (finishedAs === 'filled') return 'filled'
  const isSaid = finishedAs !== null && finishedAs !== '-' && finishedAs !== 'open'
  if (!isSaid && hasFills && nothingLeft) return 'filled'
  if (hasFills) return 'partially_cancelled'
  return isSaid && expiring.has(finishedAs) ? 'expired' : 'cancelled'
}
