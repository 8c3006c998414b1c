import { dataMessage, protoAmountOrNone, protoInt32, protoInteger, protoShape, protoText } from '@tapewire/core/adapter'
import { missingFault, sideOf, timeOf } from '../../shared/fields.js'
import type { PushReader } from '../../shared/push.js'
import { wireChannels } from '../channels.js'
import type { MexcSpotStreams } from '../streams.js'

const fill = protoShape({
  price: protoAmountOrNone(1),
  quantity: protoAmountOrNone(2),
  amount: protoAmountOrNone(3),
  tradeType: protoInt32(4, 1, 2),
  isMaker: protoInteger(5, 0, 1),
  isSelfTrade: protoInteger(6, 0, 1),
  tradeId: protoText(7),
  clientOrderId: protoText(8),
  orderId: protoText(9),
  feeAmount: protoAmountOrNone(10),
  feeCurrency: protoText(11),
  time: protoInteger(12),
})

/**
 * `spot@private.deals`: one own fill. `isMaker` is absent when false, as proto3 has it.
 * Source: MEXC spot v3 API docs, "Spot Account Deals".
 */
export const executionsPush: PushReader<MexcSpotStreams> = {
  field: 306,
  channel: 'private.deals',
  wireChannel: wireChannels.privateDeals,
  shape: fill,
  isQuote: false,
  read(push, { account, symbols }) {
    const instrument = push.instrument(symbols)
    if (instrument === null) return push.unreadable()
    const { slots } = fill
    const id = fill.textOrNull(slots.tradeId)
    const orderId = fill.textOrNull(slots.orderId)
    const price = fill.textOrNull(slots.price)
    const size = fill.textOrNull(slots.quantity)
    if (id === null || orderId === null || price === null || size === null) {
      return missingFault({ tradeId: id, orderId, price, quantity: size })
    }
    const data = {
      id,
      orderId,
      clientId: fill.textOrNull(slots.clientOrderId),
      side: sideOf(fill.number(slots.tradeType)),
      price,
      size,
      quoteSize: fill.textOrNull(slots.amount),
      fee: fill.textOrNull(slots.feeAmount),
      feeAsset: fill.textOrNull(slots.feeCurrency),
      liquidity: fill.number(slots.isMaker) === 0 ? 'taker' : 'maker',
      time: timeOf(fill.number(slots.time)),
    } as const
    const exchangeTime = data.time ?? push.exchangeTime
    return dataMessage<'executions'>(account.executions, instrument, data, exchangeTime, push.receivedAt, null)
  },
}
