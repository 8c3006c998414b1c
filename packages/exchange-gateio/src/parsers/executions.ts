import { type ExecutionData, type ExecutionMessage, MessageType, type ParsedMessage } from '@tapewire/core'
import { wireChannels } from '../channels.js'
import { rowMessages } from './account-rows.js'
import { clientIdOf } from './client-id.js'
import { amountText, type Fields, id, oneOf, optionalAmountText, optionalText } from './fields.js'
import { type PushContext, pairField } from './push.js'
import { optionalTime } from './times.js'

/**
 * `spot.usertrades`: one row for each own fill. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"id":9455001299,"order_id":"700100200300","currency_pair":"BTC_USDT","create_time":1767225606,"create_time_ms":"1767225606759.12","side":"sell",
 *  "amount":"0.001","role":"maker","price":"90100","fee":"0.0901","fee_currency":"USDT","point_fee":"0","gt_fee":"0","text":"t-demo-1"}
 * ```
 */
export function executionMessages(result: unknown, context: PushContext): ParsedMessage | readonly ParsedMessage[] {
  return rowMessages(result, wireChannels.userTrades, context, (row): ExecutionMessage => {
    const data = readExecution(row)
    const sequence = Number(data.id)
    return {
      type: MessageType.Trade,
      symbol: pairField(row, 'currency_pair', context.symbols),
      channel: 'executions',
      data,
      exchangeTime: data.time ?? context.sentAt,
      receivedAt: context.receivedAt,
      sequence: Number.isSafeInteger(sequence) ? sequence : null,
      raw: null,
    }
  })
}

/** The fill itself. `quoteSize` is null: Gate.io does not send it, and a product would have to be rounded somewhere. */
function readExecution(row: Fields): ExecutionData {
  const [fee, feeAsset] = feeOf(row)
  return {
    id: id(row, 'id'),
    orderId: id(row, 'order_id'),
    clientId: clientIdOf(row),
    side: oneOf(row, 'side', ['buy', 'sell']),
    price: amountText(row, 'price'),
    size: amountText(row, 'amount'),
    quoteSize: null,
    fee,
    feeAsset,
    liquidity: row.role === 'maker' || row.role === 'taker' ? row.role : null,
    time: optionalTime(row, 'create_time_ms', 'create_time'),
  }
}

/**
 * The fee and what it was paid in. Accounts that pay with GT or points show a zero `fee` and the amount in `gt_fee` or `point_fee`.
 * Source: Gate.io spot WebSocket v4 docs.
 */
function feeOf(row: Fields): readonly [fee: string | null, asset: string | null] {
  const fee = optionalAmountText(row, 'fee')
  if (fee === null || Number(fee) === 0) {
    const inGt = optionalAmountText(row, 'gt_fee')
    if (inGt !== null && Number(inGt) !== 0) return [inGt, 'GT']
    const inPoints = optionalAmountText(row, 'point_fee')
    if (inPoints !== null && Number(inPoints) !== 0) return [inPoints, 'POINT']
  }
  return [fee, optionalText(row, 'fee_currency')]
}
