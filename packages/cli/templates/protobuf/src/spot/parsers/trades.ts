import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `trades:BTC_USDT`: the trades of one market; `side` is the taker's. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, by field number, as in the `.proto` file, and the message (PublicTrade) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ id: protoText(1), price: protoDecimal(2), size: protoDecimal(3), side: protoText(4, 'buy', 'sell') })
 *
 * compose(stream, time, receivedAt) {
 *   …
 *   return dataMessage<'trades'>(stream, stream.instrument, [{ id, price, size, side, time }], time, receivedAt, null)
 * }
 * ```
 */
export const tradesPush: PushReader = {
  shape: undeclared,
  compose: (stream, _time, receivedAt) => unread(stream, receivedAt, 'spot/parsers/trades.ts'),
}
