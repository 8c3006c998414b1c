// #private
import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `executions`: one own fill; amounts stay text. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, in the order of the wire, and the message (ExecutionData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ id, orderId: id, market: text, side: choice('buy', 'sell'), price: amount, size: amount, … })
 *
 * compose(stream, receivedAt) {
 *   const time = shape.number(shape.slots.time)
 *   …
 *   return dataMessage<'executions'>(stream, instrumentOf(market), { id, orderId, side, price, size, … }, time, receivedAt, null)
 * }
 * ```
 */
export const executionsPush: PushReader = {
  shape: undeclared,
  compose: (stream, receivedAt) => unread(stream, receivedAt, 'spot/parsers/executions.ts'),
}
