import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `book:BTC_USDT`: a whole book or what changed of it, as `book-rules.ts` says. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, by field number, as in the `.proto` file, and the message (OrderbookData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ kind: protoText(1, 'snapshot', 'update'), first: protoInteger(2), last: protoInteger(3), bids: protoLevels(4), asks: protoLevels(5) })
 *
 * compose(stream, time, receivedAt) {
 *   …
 *   return dataMessage<'orderbook'>(stream, stream.instrument, { kind, bids, asks, firstSequence, lastSequence, checksum: null, digits: null }, time, receivedAt, lastSequence)
 * }
 * ```
 */
export const orderbookPush: PushReader = {
  shape: undeclared,
  compose: (stream, _time, receivedAt) => unread(stream, receivedAt, 'spot/parsers/orderbook.ts'),
}
