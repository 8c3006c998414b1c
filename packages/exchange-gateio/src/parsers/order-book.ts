import { MessageType, type OrderbookMessage } from '@tapewire/core'
import { FieldFault, fieldsOf, integer } from './fields.js'
import { flatLevels } from './levels.js'
import { type PushContext, pairField } from './push.js'
import { optionalMilliseconds } from './times.js'

/**
 * `spot.order_book`: the whole top of the book on every push, bids falling and asks rising. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"t":1767225600221,"lastUpdateId":61000460,"s":"BTC_USDT","l":"5","bids":[["90012.4","0.5"]],"asks":[["90012.5","0.09"]]}
 * ```
 */
export function orderBookMessage(result: unknown, context: PushContext): OrderbookMessage {
  const fields = fieldsOf(result, 'result')
  const symbol = pairField(fields, 's', context.symbols)
  const lastSequence = integer(fields, 'lastUpdateId')
  // A diff may leave a side out, a snapshot may not: its absence would read as an empty side.
  if (fields.bids === undefined || fields.asks === undefined) throw new FieldFault('a side of the book is missing')
  return {
    type: MessageType.Orderbook,
    symbol,
    channel: 'orderbook',
    data: {
      kind: 'snapshot',
      bids: flatLevels(fields, 'bids'),
      asks: flatLevels(fields, 'asks'),
      firstSequence: null,
      lastSequence,
    },
    exchangeTime: optionalMilliseconds(fields.t) ?? context.sentAt,
    receivedAt: context.receivedAt,
    sequence: lastSequence,
    raw: null,
  }
}
