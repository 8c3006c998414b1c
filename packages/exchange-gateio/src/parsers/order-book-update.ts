import type { OrderbookMessage } from '@tapewire/core'
import { bookDiffMessage } from './book-diff.js'
import { fieldsOf } from './fields.js'
import { type PushContext, pairField } from './push.js'

/**
 * `spot.order_book_update`: what changed in the book; it needs a REST snapshot to start from. Source: Gate.io spot WebSocket v4 docs;
 * announcement 44678 for `l` and `full`.
 *
 * ```json
 * {"t":1767225600205,"l":"100","e":"depthUpdate","E":1767225600,"s":"BTC_USDT","U":61000457,"u":61000460,"b":[["90012.4","0.5"]],"a":[]}
 * ```
 */
export function orderBookUpdateMessage(result: unknown, context: PushContext): OrderbookMessage {
  const fields = fieldsOf(result, 'result')
  return bookDiffMessage(fields, pairField(fields, 's', context.symbols), context)
}
