import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `book:BTC_USDT`: a whole book or what changed of it, as `book-rules.ts` says. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, in the order of the wire, and the message (OrderbookData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ kind: choice('snapshot', 'update'), first: nullable(integer), last: integer, bids: priceLevels, asks: priceLevels })
 *
 * compose(stream, receivedAt) {
 *   const time = shape.number(shape.slots.time)
 *   …
 *   return dataMessage<'orderbook'>(stream, stream.instrument, { kind, bids, asks, firstSequence, lastSequence, checksum: null, digits: null }, time, receivedAt, lastSequence)
 * }
 * ```
 */
export const orderbookPush: PushReader = {
  shape: undeclared,
  compose: (stream, receivedAt) => unread(stream, receivedAt, 'spot/parsers/orderbook.ts'),
}
