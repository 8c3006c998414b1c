import {
  choice,
  flag,
  integer as integerField,
  type OrderbookMessage,
  optional,
  priceLevels,
  text as textField,
} from '@tapewire/core'
import { wireChannels } from '../channels.js'
import { bookDiff, scannedBookDiff } from './book-diff.js'
import { bookMessage } from './book-message.js'
import { fieldsOf } from './fields.js'
import { type PushContext, pairField } from './push.js'
import { type FastPush, pushShape, pushTime, type ResultFields } from './push-shape.js'
import { optionalMilliseconds, timeOfMilliseconds } from './times.js'

/**
 * `spot.order_book_update`: what changed in the book; it needs a REST snapshot to start from. `e` and `E` say nothing that we need. Source: Gate.io spot
 * WebSocket v4 docs; announcement 44678 for `full` and `l`.
 *
 * ```json
 * {"t":1767225600205,"l":"100","e":"depthUpdate","E":1767225600,"s":"BTC_USDT","U":61000457,"u":61000460,"b":[["90012.4","0.5"]],"a":[]}
 * ```
 */
const shape = pushShape(wireChannels.orderBookUpdate, {
  t: integerField,
  full: optional(flag),
  l: optional(textField),
  e: optional(choice('depthUpdate')),
  E: optional(integerField),
  s: textField,
  U: optional(integerField),
  u: integerField,
  b: priceLevels,
  a: priceLevels,
})
const { result: slots } = shape.slots

export const orderBookUpdatePush: FastPush = {
  shape,
  read({ receivedAt }, symbols) {
    const symbol = shape.pair(slots.s, symbols)
    const data = scannedBookDiff(shape, slots)
    if (symbol === null || data === null) return null
    return bookMessage(symbol, data, timeOfMilliseconds(shape.number(slots.t)) ?? pushTime(shape), receivedAt)
  },
}

export function orderBookUpdateMessage(result: unknown, context: PushContext): OrderbookMessage {
  const fields: ResultFields<typeof shape> = fieldsOf(result, 'result')
  const symbol = pairField(fields, 's', context.symbols)
  return bookMessage(symbol, bookDiff(fields), optionalMilliseconds(fields.t) ?? context.sentAt, context.receivedAt)
}
