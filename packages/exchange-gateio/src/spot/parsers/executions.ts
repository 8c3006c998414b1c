import type { ExecutionData } from '@tapewire/core'
import { dataMessage, decimalText, type ParsedMessage } from '@tapewire/core/adapter'
import {
  clientIdOf,
  type Fields,
  idOf,
  missingFault,
  numberOf,
  optionalText,
  sideOf,
  timeOf,
} from '../../shared/fields.js'
import { type AccountContext, type AccountReader, type RowOrigin, rowMessage } from '../../shared/push.js'
import { wireChannels } from '../channels.js'

/**
 * `spot.usertrades`: one row for each own fill, of which this is what we read. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"id":9455001299,"order_id":"700100200300","currency_pair":"BTC_USDT","create_time":1767225606,"create_time_ms":"1767225606759.12","side":"sell",
 *  "amount":"0.001","role":"maker","price":"90100","fee":"0.0901","fee_currency":"USDT","point_fee":"0","gt_fee":"0","text":"t-demo-1"}
 * ```
 */
export const executionsPush: AccountReader = {
  wireChannel: wireChannels.userTrades,
  read: (rows, context) =>
    rows.map((row) =>
      rowMessage(wireChannels.userTrades, row, context, (fields, origin) => composeExecution(fields, origin, context)),
    ),
}

/** `quoteSize` is null: Gate.io does not send what a fill cost, and rounds it as it rounds balances. */
function composeExecution(
  row: Fields,
  { stream, instrument }: RowOrigin,
  { sentAt, receivedAt }: AccountContext,
): ParsedMessage | string {
  const id = idOf(row.id)
  const orderId = idOf(row.order_id)
  const price = decimalText(row.price)
  const size = decimalText(row.amount)
  if (id === null || orderId === null || price === null || size === null) {
    return missingFault({ id, order_id: orderId, price, amount: size })
  }
  const [fee, feeAsset] = readFee(row)
  const time = timeOf(numberOf(row.create_time_ms), numberOf(row.create_time))
  const data: ExecutionData = {
    id,
    orderId,
    clientId: clientIdOf(row.text),
    side: sideOf(row.side),
    price,
    size,
    quoteSize: null,
    fee,
    feeAsset,
    liquidity: row.role === 'maker' || row.role === 'taker' ? row.role : null,
    time,
  }
  return dataMessage<'executions'>(stream, instrument, data, time ?? sentAt, receivedAt, sequenceOf(id))
}

/** Ids count up over all markets; one that a number might round is none. */
function sequenceOf(id: string): number | null {
  return /^\d{1,15}$/.test(id) ? Number(id) : null
}

/**
 * The fee and what it was paid in. Accounts that pay with GT or points show a zero `fee` and the amount in `gt_fee` or `point_fee`.
 * Source: Gate.io spot WebSocket v4 docs.
 */
function readFee(row: Fields): readonly [fee: string | null, asset: string | null] {
  const isSome = (fee: unknown): boolean => numberOf(fee) > 0 || numberOf(fee) < 0
  if (!isSome(row.fee)) {
    if (isSome(row.gt_fee)) return [decimalText(row.gt_fee), 'GT']
    if (isSome(row.point_fee)) return [decimalText(row.point_fee), 'POINT']
  }
  return [decimalText(row.fee), optionalText(row.fee_currency)]
}
