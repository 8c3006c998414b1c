import {
  flag,
  type Instrument,
  integer as integerField,
  type OrderbookMessage,
  optional,
  priceLevels,
  type SymbolTable,
  text as textField,
} from '@tapewire/core'
import { wireChannels } from '../channels.js'
import { bookDiff, scannedBookDiff } from './book-diff.js'
import { bookMessage } from './book-message.js'
import { FieldFault, fieldsOf, text } from './fields.js'
import { type PushContext, pairOf } from './push.js'
import { type FastPush, pushShape, pushTime, type ResultFields } from './push-shape.js'
import { optionalMilliseconds, timeOfMilliseconds } from './times.js'

/**
 * `spot.obu`: a book that needs no REST. A snapshot comes first, every other push continues at `U` = last `u` + 1 and may carry ids only. `s` names the
 * stream, not the market. Source: Gate.io announcement 45317; spot WebSocket v4 docs.
 *
 * ```json
 * {"t":1767225600160,"s":"ob.BTC_USDT.50","U":81200450011,"u":81200450014,"b":[["90012.4","0"]]}
 * ```
 */
const shape = pushShape(wireChannels.obu, {
  t: integerField,
  full: optional(flag),
  s: textField,
  U: optional(integerField),
  u: integerField,
  b: optional(priceLevels),
  a: optional(priceLevels),
})
const { result: slots } = shape.slots

export const obuPush: FastPush = {
  shape,
  read({ bytes, receivedAt }, symbols) {
    const symbol = pairOfStream(bytes, shape.start(slots.s), shape.end(slots.s), symbols)
    const data = scannedBookDiff(shape, slots)
    if (symbol === null || data === null) return null
    return bookMessage(symbol, data, timeOfMilliseconds(shape.number(slots.t)) ?? pushTime(shape), receivedAt)
  },
}

export function obuMessage(result: unknown, context: PushContext): OrderbookMessage {
  const fields: ResultFields<typeof shape> = fieldsOf(result, 'result')
  const symbol = pairOf(marketOfStream(text(fields, 's')), context.symbols)
  return bookMessage(symbol, bookDiff(fields), optionalMilliseconds(fields.t) ?? context.sentAt, context.receivedAt)
}

/** `BTC_USDT` of `ob.BTC_USDT.50`: what stands between the first dot and the last. */
function marketOfStream(stream: string): string {
  const first = stream.indexOf('.')
  const last = stream.lastIndexOf('.')
  if (first === -1 || last === first)
    throw new FieldFault(`s is ${JSON.stringify(stream.slice(0, 40))}, not a book stream`)
  return stream.slice(first + 1, last)
}

const dot = 46

/** The pair of the stream that the bytes spell; null where there are no two dots, or no market between them. */
function pairOfStream(bytes: Buffer, start: number, end: number, symbols: SymbolTable): Instrument | null {
  let first = start
  while (first < end && bytes[first] !== dot) first += 1
  let last = end - 1
  while (last > first && bytes[last] !== dot) last -= 1
  return first < last ? symbols.pairAt(bytes, first + 1, last) : null
}
