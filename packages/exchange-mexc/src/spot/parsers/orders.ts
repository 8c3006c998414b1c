import type { OrderStatus, OrderType, TimeInForce } from '@tapewire/core'
import { dataMessage, protoAmountOrNone, protoInt32, protoInteger, protoShape, protoText } from '@tapewire/core/adapter'
import { missingFault, positive, sideOf, timeOf } from '../../shared/fields.js'
import type { PushReader } from '../../shared/push.js'
import { wireChannels } from '../channels.js'
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

/**
 * `orderType`: MEXC spot v3 API docs, "Spot Account Orders". 101 and 102 are the two orders of an OCO pair, the one that waits for its trigger price and the other,
 * limit orders both; no document names them, ccxt/ccxt#28185 and #28190 (March 2026) show and map them.
 */
const kinds: Readonly<Record<number, Kind>> = {
  1: { type: 'limit', timeInForce: 'gtc' },
  2: { type: 'limit', timeInForce: 'post_only' },
  3: { type: 'limit', timeInForce: 'ioc' },
  4: { type: 'limit', timeInForce: 'fok' },
  5: { type: 'market', timeInForce: null },
  100: { type: 'stop', timeInForce: null },
  101: { type: 'limit', timeInForce: null },
  102: { type: 'limit', timeInForce: null },
}

const unknownKind: Kind = { type: null, timeInForce: null }

const order = protoShape({
  id: protoText(1),
  clientId: protoText(2),
  price: protoAmountOrNone(3),
  quantity: protoAmountOrNone(4),
  amount: protoAmountOrNone(5),
  avgPrice: protoAmountOrNone(6),
  orderType: protoInt32(7, 1, 2, 3, 4, 5, 100, 101, 102),
  tradeType: protoInt32(8, 1, 2),
  isMaker: protoInteger(9, 0, 1),
  remainAmount: protoText(10),
  remainQuantity: protoAmountOrNone(11),
  lastDealQuantity: protoText(12),
  cumulativeQuantity: protoAmountOrNone(13),
  cumulativeAmount: protoText(14),
  status: protoInt32(15, 1, 2, 3, 4, 5),
  createTime: protoInteger(16),
  market: protoText(17),
  triggerType: protoInt32(18, 1),
  triggerPrice: protoAmountOrNone(19),
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
  wireChannel: wireChannels.privateOrders,
  shape: order,
  isQuote: false,
  read(push, { account, symbols }) {
    const instrument = push.instrument(symbols)
    if (instrument === null) return push.unreadable()
    const { slots } = order
    const id = order.textOrNull(slots.id)
    if (id === null) return missingFault({ id })
    const { type, timeInForce } = kinds[order.number(slots.orderType)] ?? unknownKind
    const side = sideOf(order.number(slots.tradeType))
    const status = readStatus()
    const data = {
      id,
      clientId: order.textOrNull(slots.clientId),
      side,
      type,
      timeInForce,
      status,
      price: type === 'market' ? null : positive(order.textOrNull(slots.price)),
      triggerPrice: positive(order.textOrNull(slots.triggerPrice)),
      size: order.textOrNull(slots.quantity),
      filledSize: order.textOrNull(slots.cumulativeQuantity),
      remainingSize: order.textOrNull(slots.remainQuantity),
      averagePrice: positive(order.textOrNull(slots.avgPrice)),
      createdAt: timeOf(order.number(slots.createTime)),
      updatedAt: push.exchangeTime,
    }
    if (type === 'market' && side !== 'sell' && namesQuote()) {
      data.size = status === 'filled' ? data.filledSize : null
      data.remainingSize = status === 'filled' ? '0' : null
    }
    return dataMessage<'orders'>(account.orders, instrument, data, push.exchangeTime, push.receivedAt, null)
  },
}

/** Of orders that wait for their trigger price, alone or in a pair. */
const conditional: ReadonlySet<number> = new Set([100, 101, 102])

/**
 * `status`, where it is sent. Orders that wait for their trigger price have `state` in its place, of which only 0 is known, an open one (ccxt/ccxt#28185); as
 * proto3 has it, that may be absent.
 */
function readStatus(): OrderStatus | null {
  const { slots } = order
  const status = order.number(slots.status)
  if (status !== 0) return statuses[status] ?? null
  const isTold = order.has(slots.state) || conditional.has(order.number(slots.orderType))
  return isTold && order.number(slots.state) === 0 ? 'open' : null
}

/** Whether a market order named what to spend, `amount`, and not how much to buy: what stands in `quantity` then, nobody asked for. */
function namesQuote(): boolean {
  const { slots } = order
  return order.number(slots.amount) > 0 || !(order.number(slots.quantity) > 0)
}
