import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `quotes:BTC_USDT`: the best bid and ask of one market; a side is null where nobody quotes. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, in the order of the wire, and the message (BookTickerData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ bid: nullable(decimal), bidSize: nullable(decimal), ask: nullable(decimal), askSize: nullable(decimal) })
 *
 * compose(stream, receivedAt) {
 *   const time = shape.number(shape.slots.time)
 *   …
 *   return dataMessage<'book_ticker'>(stream, stream.instrument, { bidPrice, bidSize, askPrice, askSize }, time, receivedAt, null)
 * }
 * ```
 */
export const bookTickerPush: PushReader = {
  shape: undeclared,
  compose: (stream, receivedAt) => unread(stream, receivedAt, 'spot/parsers/book-ticker.ts'),
}
