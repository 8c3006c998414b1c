// #private
import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `orders`: the state of one own order; amounts stay text. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, in the order of the wire, and the message (OrderData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ id, clientId: nullable(text), market: text, side: choice('buy', 'sell'), price: nullable(amount), … })
 *
 * compose(stream, receivedAt) {
 *   const time = shape.number(shape.slots.time)
 *   …
 *   return dataMessage<'orders'>(stream, instrumentOf(market), { id, clientId, side, … }, time, receivedAt, null)
 * }
 * ```
 */
export const ordersPush: PushReader = {
  shape: undeclared,
  compose: (stream, receivedAt) => unread(stream, receivedAt, 'spot/parsers/orders.ts'),
}
