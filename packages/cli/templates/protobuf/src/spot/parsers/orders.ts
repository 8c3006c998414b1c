// #private
import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `orders`: the state of one own order; amounts stay text. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, by field number, as in the `.proto` file, and the message (OrderData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ id: protoText(1), clientId: protoText(2), market: protoText(3), side: protoText(4, 'buy', 'sell'), … })
 *
 * compose(stream, time, receivedAt) {
 *   …
 *   return dataMessage<'orders'>(stream, instrumentOf(market), { id, clientId, side, … }, time, receivedAt, null)
 * }
 * ```
 */
export const ordersPush: PushReader = {
  shape: undeclared,
  compose: (stream, _time, receivedAt) => unread(stream, receivedAt, 'spot/parsers/orders.ts'),
}
