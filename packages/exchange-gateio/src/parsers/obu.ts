import type { OrderbookMessage } from '@tapewire/core'
import { bookDiffMessage } from './book-diff.js'
import { FieldFault, fieldsOf, text } from './fields.js'
import { type PushContext, pairOf } from './push.js'

/**
 * `spot.obu`: a book that needs no REST. A snapshot comes first, every other push continues at `U` = last `u` + 1 and may carry ids only. `s` names the
 * stream, not the market. Source: Gate.io announcement 45317; spot WebSocket v4 docs.
 *
 * ```json
 * {"t":1767225600160,"s":"ob.BTC_USDT.50","U":81200450011,"u":81200450014,"b":[["90012.4","0"]]}
 * ```
 */
export function obuMessage(result: unknown, context: PushContext): OrderbookMessage {
  const fields = fieldsOf(result, 'result')
  return bookDiffMessage(fields, pairOf(marketOfStream(text(fields, 's')), context.symbols), context)
}

/** `BTC_USDT` of `ob.BTC_USDT.50`: what stands between the first dot and the last. */
function marketOfStream(stream: string): string {
  const first = stream.indexOf('.')
  const last = stream.lastIndexOf('.')
  if (first === -1 || last === first)
    throw new FieldFault(`s is ${JSON.stringify(stream.slice(0, 40))}, not a book stream`)
  return stream.slice(first + 1, last)
}
