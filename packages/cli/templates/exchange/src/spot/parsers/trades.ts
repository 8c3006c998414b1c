import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `trades:BTC_USDT`: the trades of one market; `side` is the taker's. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, in the order of the wire, and the message (PublicTrade) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ id, price: decimal, size: decimal, side: choice('buy', 'sell') })
 *
 * compose(stream, receivedAt) {
 *   const time = shape.number(shape.slots.time)
 *   …
 *   return dataMessage<'trades'>(stream, stream.instrument, [{ id, price, size, side, time }], time, receivedAt, null)
 * }
 * ```
 */
export const tradesPush: PushReader = {
  shape: undeclared,
  compose: (stream, receivedAt) => unread(stream, receivedAt, 'spot/parsers/trades.ts'),
}
