import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `quotes:BTC_USDT`: the best bid and ask of one market; a side is null where nobody quotes. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, by field number, as in the `.proto` file, and the message (BookTickerData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ bid: protoDecimal(1), bidSize: protoDecimal(2), ask: protoDecimal(3), askSize: protoDecimal(4) })
 *
 * compose(stream, time, receivedAt) {
 *   …
 *   return dataMessage<'book_ticker'>(stream, stream.instrument, { bidPrice, bidSize, askPrice, askSize }, time, receivedAt, null)
 * }
 * ```
 */
export const bookTickerPush: PushReader = {
  shape: undeclared,
  compose: (stream, _time, receivedAt) => unread(stream, receivedAt, 'spot/parsers/book-ticker.ts'),
}
