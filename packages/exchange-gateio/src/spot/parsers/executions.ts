import type { ExecutionData } from '@tapewire/core'
import {
  amount,
  amountOrEmpty,
  choice,
  choiceOrOther,
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
const roles = ['maker', 'taker'] as const

/**
 * `spot.usertrades`: one row for each own fill, of which this is what we read. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"id":9455001299,"order_id":"700100200300","currency_pair":"BTC_USDT","create_time":1767225606,"create_time_ms":"1767225606759.12","side":"sell",
 *  "amount":"0.001","role":"maker","price":"90100","fee":"0.0901","fee_currency":"USDT","point_fee":"0","gt_fee":"0","text":"t-demo-1"}
 * ```
 */
const shape = jsonShape({
  id,
  order_id: id,
  currency_pair: text,
  create_time: optional(decimalOrEmpty),
  create_time_ms: optional(decimalOrEmpty),
  side: choice(...sides),
  amount,
  role: optional(choiceOrOther(...roles)),
  price: amount,
  fee: optional(amountOrEmpty),
  fee_currency: optional(text),
  point_fee: optional(amountOrEmpty),
  gt_fee: optional(amountOrEmpty),
  text: optional(text),
})
const { slots } = shape

export const executionsPush: AccountReader = {
  wireChannel: wireChannels.userTrades,
  read: (rows, context) =>
    rows.map((row) =>
      rowMessage(wireChannels.userTrades, shape, row, context, (origin) => composeExecution(origin, context)),
    ),
}

/** `quoteSize` is null: Gate.io does not send it, and a product would have to be rounded somewhere. */
function composeExecution({ stream, instrument }: RowOrigin, { sentAt, receivedAt }: AccountContext): ParsedMessage {
  const [fee, feeAsset] = readFee()
  const time = timeOf(shape.number(slots.create_time_ms), shape.number(slots.create_time))
  const data: ExecutionData = {
    id: shape.text(slots.id) as string,
    orderId: shape.text(slots.order_id) as string,
    clientId: clientIdOf(shape.text(slots.text)),
    side: sides[shape.choice(slots.side)] as (typeof sides)[number],
    price: shape.text(slots.price) as string,
    size: shape.text(slots.amount) as string,
    quoteSize: null,
    fee,
    feeAsset,
    liquidity: roles[shape.choice(slots.role)] ?? null,
    time,
  }
  const sequence = shape.numberOrNull(slots.id)
  return dataMessage<'executions'>(stream, instrument, data, time ?? sentAt, receivedAt, sequence)
}

/**
 * The fee and what it was paid in. Accounts that pay with GT or points show a zero `fee` and the amount in `gt_fee` or `point_fee`.
 * Source: Gate.io spot WebSocket v4 docs.
 */
function readFee(): readonly [fee: string | null, asset: string | null] {
  const isSome = (fee: number): boolean => !Number.isNaN(fee) && fee !== 0
  if (!isSome(shape.number(slots.fee))) {
    if (isSome(shape.number(slots.gt_fee))) return [shape.text(slots.gt_fee), 'GT']
    if (isSome(shape.number(slots.point_fee))) return [shape.text(slots.point_fee), 'POINT']
  }
  return [shape.text(slots.fee), optionalText(shape.text(slots.fee_currency))]
}
