import type { OrderStatus, OrderType, TimeInForce } from '@tapewire/core'
import { dataMessage, protoAmount, protoInt32, protoInteger, protoShape, protoText } from '@tapewire/core/adapter'
import { missingFault, sideFault, sideOf, timeOf } from '../../shared/fields.js'
import type { PushReader } from '../../shared/push.js'
import type { MexcSpotStreams } from '../streams.js'

/** MEXC spot v3 API docs, "Spot Account Orders": 5 is final, an order filled in part and then cancelled. */
const statuses: Readonly<Record<number, OrderStatus>> = {
  1: 'open',
  2: 'filled',
  3: 'partially_filled',
  4: 'cancelled',
  5: 'partially_cancelled',
}

interface Kind {
  readonly type: OrderType | null
  readonly timeInForce: TimeInForce | null
}

/** MEXC spot v3 API docs, "Spot Account Orders": `orderType`. */
const kinds: Readonly<Record<number, Kind>> = {
  1: { type: 'limit', timeInForce: 'gtc' },
  2: { type: 'limit', timeInForce: 'post_only' },
  3: { type: 'limit', timeInForce: 'ioc' },
  4: { type: 'limit', timeInForce: 'fok' },
  5: { type: 'market', timeInForce: null },
  100: { type: 'stop', timeInForce: null },
}

const unknownKind: Kind = { type: null, timeInForce: null }

const order = protoShape({
  id: protoText(1),
  clientId: protoText(2),
  price: protoAmount(3),
  quantity: protoAmount(4),
  amount: protoText(5),
  avgPrice: protoAmount(6),
  orderType: protoInt32(7, 1, 2, 3, 4, 5, 100),
  tradeType: protoInt32(8, 1, 2),
  isMaker: protoInteger(9, 0, 1),
  remainAmount: protoText(10),
  remainQuantity: protoAmount(11),
  lastDealQuantity: protoText(12),
  cumulativeQuantity: protoAmount(13),
  cumulativeAmount: protoText(14),
  status: protoInt32(15, 1, 2, 3, 4, 5),
  createTime: protoInteger(16),
  market: protoText(17),
  triggerType: protoInt32(18),
  triggerPrice: protoText(19),
  state: protoInt32(20),
  ocoId: protoText(21),
  routeFactor: protoText(22),
  symbolId: protoText(23),
  marketId: protoText(24),
  marketCurrencyId: protoText(25),
  currencyId: protoText(26),
})

/**
 * `spot@private.orders`: the state of one own order after a change. `updatedAt` is the time of the push: the payload has none of its own.
 * Source: MEXC spot v3 API docs, "Spot Account Orders"; `id` is the exchange's id of the order (mexcdevelop/websocket-proto).
 */
export const ordersPush: PushReader<MexcSpotStreams> = {
  field: 304,
  channel: 'private.orders',
  shape: order,
  isQuote: false,
  read(push, { account, symbols }) {
    const instrument = push.instrument(symbols)
    if (instrument === null) return push.unreadable()
    const { slots } = order
    const status = statuses[order.number(slots.status)]
    if (status === undefined) return `status is ${order.number(slots.status)}, none that MEXC documents`
    const id = order.textOrNull(slots.id)
    if (id === null) return missingFault({ id })
    const tradeType = order.number(slots.tradeType)
    const side = sideOf(tradeType)
    if (side === null) return sideFault(tradeType)
    const { type, timeInForce } = kinds[order.number(slots.orderType)] ?? unknownKind
    const average = order.textOrNull(slots.avgPrice)
    const data = {
      id,
      clientId: order.textOrNull(slots.clientId),
      side,
      type,
      timeInForce,
      status,
      price: order.textOrNull(slots.price),
      size: order.textOrNull(slots.quantity),
      filledSize: order.textOrNull(slots.cumulativeQuantity),
      remainingSize: order.textOrNull(slots.remainQuantity),
      // Nothing filled has no average, though MEXC writes `0`.
      averagePrice: Number(average) === 0 ? null : average,
      createdAt: timeOf(order.number(slots.createTime)),
      updatedAt: push.exchangeTime,
    }
    return dataMessage<'orders'>(account.orders, instrument, data, push.exchangeTime, push.receivedAt, null)
  },
}
