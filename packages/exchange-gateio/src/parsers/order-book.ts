import {
  integer as integerField,
  type OrderbookData,
  type OrderbookMessage,
  optional,
  priceLevels,
  text as textField,
} from '@tapewire/core'
import { wireChannels } from '../channels.js'
import { bookMessage } from './book-message.js'
import { FieldFault, fieldsOf, integer } from './fields.js'
import { flatLevels } from './levels.js'
import { type PushContext, pairField } from './push.js'
import { type FastPush, pushShape, pushTime, type ResultFields } from './push-shape.js'
import { optionalMilliseconds, timeOfMilliseconds } from './times.js'

/**
 * `spot.order_book`: the whole top of the book on every push, bids falling and asks rising. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"t":1767225600221,"lastUpdateId":61000460,"s":"BTC_USDT","l":"5","bids":[["90012.4","0.5"]],"asks":[["90012.5","0.09"]]}
 * ```
 */
const shape = pushShape(wireChannels.orderBook, {
  t: integerField,
  lastUpdateId: integerField,
  s: textField,
  l: optional(textField),
  bids: priceLevels,
  asks: priceLevels,
})
const { result: slots } = shape.slots

export const orderBookPush: FastPush = {
  shape,
  read({ receivedAt }, symbols) {
    const symbol = shape.pair(slots.s, symbols)
    if (symbol === null) return null
    const data: OrderbookData = {
      kind: 'snapshot',
      bids: shape.levels(slots.bids),
      asks: shape.levels(slots.asks),
      firstSequence: null,
      lastSequence: shape.number(slots.lastUpdateId),
    }
    return bookMessage(symbol, data, timeOfMilliseconds(shape.number(slots.t)) ?? pushTime(shape), receivedAt)
  },
}

export function orderBookMessage(result: unknown, context: PushContext): OrderbookMessage {
  const fields: ResultFields<typeof shape> = fieldsOf(result, 'result')
  const symbol = pairField(fields, 's', context.symbols)
  const lastSequence = integer(fields, 'lastUpdateId')
  // A diff may leave a side out, a snapshot may not: its absence would read as an empty side.
  if (fields.bids === undefined || fields.asks === undefined) throw new FieldFault('a side of the book is missing')
  const data: OrderbookData = {
    kind: 'snapshot',
    bids: flatLevels(fields, 'bids'),
    asks: flatLevels(fields, 'asks'),
    firstSequence: null,
    lastSequence,
  }
  return bookMessage(symbol, data, optionalMilliseconds(fields.t) ?? context.sentAt, context.receivedAt)
}
