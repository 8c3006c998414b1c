import { type BookTickerMessage, MessageType } from '@tapewire/core'
import { FieldFault, type Fields, fieldsOf, integer, optionalDecimal } from './fields.js'
import { type PushContext, pairField } from './push.js'
import { optionalMilliseconds } from './times.js'

/**
 * `spot.book_ticker`: best bid `b`/`B` and ask `a`/`A`; an empty side is `""`. `u` counts as in the book channels. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"t":1767225600353,"u":61000456,"s":"BTC_USDT","b":"90012.4","B":"0.6","a":"90012.5","A":"0.09"}
 * ```
 */
export function bookTickerMessage(result: unknown, context: PushContext): BookTickerMessage {
  const fields = fieldsOf(result, 'result')
  const symbol = pairField(fields, 's', context.symbols)
  const sequence = integer(fields, 'u')
  const [bidPrice, bidSize] = touch(fields, 'b', 'B')
  const [askPrice, askSize] = touch(fields, 'a', 'A')
  return {
    type: MessageType.BookTicker,
    symbol,
    channel: 'book_ticker',
    data: { bidPrice, bidSize, askPrice, askSize },
    exchangeTime: optionalMilliseconds(fields.t) ?? context.sentAt,
    receivedAt: context.receivedAt,
    sequence,
    raw: null,
  }
}

/** Price and size of one side: both or neither. An empty side is said, not left out. */
function touch(fields: Fields, priceName: string, sizeName: string): readonly [number, number] | readonly [null, null] {
  if (fields[priceName] === undefined) throw new FieldFault(`${priceName} is missing`)
  const price = optionalDecimal(fields, priceName)
  const size = optionalDecimal(fields, sizeName)
  if (price === null) return [null, null]
  if (size === null) throw new FieldFault(`${priceName} has no ${sizeName}`)
  return [price, size]
}
