import {
  type Instrument,
  MessageType,
  type OrderMessage,
  type OrderStatus,
  type OrderType,
  type TimeInForce,
} from '@tapewire/core'
import type { PrivateOrdersV3Api } from '../generated/account.js'
import { PayloadFault } from './payload-fault.js'
import type { PushOrigin } from './push-origin.js'
import { readOptionalAmount, readSide, readText, readTime } from './read-value.js'

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

/**
 * `spot@private.orders`: the state of one own order after a change. `updatedAt` is the time of the push: the payload has none of its own.
 * Source: MEXC spot v3 API docs, "Spot Account Orders"; `id` is the exchange's id of the order (mexcdevelop/websocket-proto).
 */
export function normalisePrivateOrders(origin: PushOrigin, symbol: Instrument, body: PrivateOrdersV3Api): OrderMessage {
  const status = statuses[body.status]
  if (status === undefined) throw new PayloadFault(`status is ${body.status}, none that MEXC documents`)
  const { type, timeInForce } = kinds[body.orderType] ?? unknownKind
  const data = {
    id: readText(body.id, 'id'),
    clientId: body.clientId === '' ? null : body.clientId,
    side: readSide(body.tradeType),
    type,
    timeInForce,
    status,
    price: readOptionalAmount(body.price, 'price'),
    size: readOptionalAmount(body.quantity, 'quantity'),
    filledSize: readOptionalAmount(body.cumulativeQuantity, 'cumulativeQuantity'),
    remainingSize: readOptionalAmount(body.remainQuantity, 'remainQuantity'),
    averagePrice: averageOf(body),
    createdAt: readTime(body.createTime),
    updatedAt: origin.exchangeTime,
  }
  return {
    type: MessageType.Order,
    symbol,
    channel: 'orders',
    data,
    exchangeTime: origin.exchangeTime,
    receivedAt: origin.receivedAt,
    sequence: null,
    raw: null,
  }
}

/** Nothing filled has no average, though MEXC writes `0`. */
function averageOf({ avgPrice }: PrivateOrdersV3Api): string | null {
  const average = readOptionalAmount(avgPrice, 'avgPrice')
  return Number(average) === 0 ? null : average
}
