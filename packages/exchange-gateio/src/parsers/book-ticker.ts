import {
  type BookTickerData,
  type BookTickerMessage,
  decimalOrEmpty,
  type Instrument,
  integer as integerField,
  MessageType,
  text as textField,
} from '@tapewire/core'
import { wireChannels } from '../channels.js'
import { FieldFault, type Fields, fieldsOf, integer, optionalDecimal } from './fields.js'
import { type PushContext, pairField } from './push.js'
import { type FastPush, pushShape, pushTime, type ResultFields } from './push-shape.js'
import { optionalMilliseconds, timeOfMilliseconds } from './times.js'

/**
 * `spot.book_ticker`: best bid `b`/`B` and ask `a`/`A`; an empty side is `""`. `u` counts as in the book channels. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"t":1767225600353,"u":61000456,"s":"BTC_USDT","b":"90012.4","B":"0.6","a":"90012.5","A":"0.09"}
 * ```
 */
const shape = pushShape(wireChannels.bookTicker, {
  t: integerField,
  u: integerField,
  s: textField,
  b: decimalOrEmpty,
  B: decimalOrEmpty,
  a: decimalOrEmpty,
  A: decimalOrEmpty,
})
const { result: slots } = shape.slots

export const bookTickerPush: FastPush = {
  shape,
  read({ receivedAt }, symbols) {
    const symbol = shape.pair(slots.s, symbols)
    const bidPrice = shape.numberOrNull(slots.b)
    const bidSize = bidPrice === null ? null : shape.numberOrNull(slots.B)
    const askPrice = shape.numberOrNull(slots.a)
    const askSize = askPrice === null ? null : shape.numberOrNull(slots.A)
    if (symbol === null || (bidPrice !== null && bidSize === null) || (askPrice !== null && askSize === null))
      return null
    const time = timeOfMilliseconds(shape.number(slots.t)) ?? pushTime(shape)
    return compose(symbol, { bidPrice, bidSize, askPrice, askSize }, shape.number(slots.u), time, receivedAt)
  },
}

export function bookTickerMessage(result: unknown, context: PushContext): BookTickerMessage {
  const fields: ResultFields<typeof shape> = fieldsOf(result, 'result')
  const symbol = pairField(fields, 's', context.symbols)
  const sequence = integer(fields, 'u')
  const [bidPrice, bidSize] = touch(fields, 'b', 'B')
  const [askPrice, askSize] = touch(fields, 'a', 'A')
  const time = optionalMilliseconds(fields.t) ?? context.sentAt
  return compose(symbol, { bidPrice, bidSize, askPrice, askSize }, sequence, time, context.receivedAt)
}

/** Price and size of one side: both or neither. An empty side is said, not left out. */
function touch<Name extends string>(
  fields: Fields<Name>,
  priceName: Name,
  sizeName: Name,
): readonly [number, number] | readonly [null, null] {
  if (fields[priceName] === undefined) throw new FieldFault(`${priceName} is missing`)
  const price = optionalDecimal(fields, priceName)
  const size = optionalDecimal(fields, sizeName)
  if (price === null) return [null, null]
  if (size === null) throw new FieldFault(`${priceName} has no ${sizeName}`)
  return [price, size]
}

function compose(
  symbol: Instrument,
  data: BookTickerData,
  sequence: number,
  exchangeTime: number | null,
  receivedAt: number,
): BookTickerMessage {
  return {
    type: MessageType.BookTicker,
    symbol,
    channel: 'book_ticker',
    data,
    exchangeTime,
    receivedAt,
    sequence,
    raw: null,
  }
}
