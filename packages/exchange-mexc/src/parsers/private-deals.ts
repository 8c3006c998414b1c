import { type ExecutionMessage, type Instrument, MessageType } from '@tapewire/core'
import type { PrivateDealsV3Api } from '../generated/account.js'
import type { PushOrigin } from './push-origin.js'
import { readAmount, readOptionalAmount, readSide, readText, readTime } from './read-value.js'

/**
 * `spot@private.deals`: one own fill. `isMaker` is absent when false, as proto3 has it.
 * Source: MEXC spot v3 API docs, "Spot Account Deals".
 */
export function normalisePrivateDeals(
  origin: PushOrigin,
  symbol: Instrument,
  body: PrivateDealsV3Api,
): ExecutionMessage {
  const data = {
    id: readText(body.tradeId, 'tradeId'),
    orderId: readText(body.orderId, 'orderId'),
    clientId: body.clientOrderId === '' ? null : body.clientOrderId,
    side: readSide(body.tradeType),
    price: readAmount(body.price, 'price'),
    size: readAmount(body.quantity, 'quantity'),
    quoteSize: readOptionalAmount(body.amount, 'amount'),
    fee: readOptionalAmount(body.feeAmount, 'feeAmount'),
    feeAsset: body.feeCurrency === '' ? null : body.feeCurrency,
    liquidity: body.isMaker ? ('maker' as const) : ('taker' as const),
    time: readTime(body.time),
  }
  return {
    type: MessageType.Trade,
    symbol,
    channel: 'executions',
    data,
    exchangeTime: origin.exchangeTime,
    receivedAt: origin.receivedAt,
    sequence: null,
    raw: null,
  }
}
