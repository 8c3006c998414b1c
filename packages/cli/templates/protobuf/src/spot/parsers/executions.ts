// #private
import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `executions`: one own fill; amounts stay text. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, by field number, as in the `.proto` file, and the message (ExecutionData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ id: protoText(1), orderId: protoText(2), market: protoText(3), … })
 *
 * compose(stream, time, receivedAt) {
 *   …
 *   return dataMessage<'executions'>(stream, instrumentOf(market), { id, orderId, side, price, size, … }, time, receivedAt, null)
 * }
 * ```
 */
export const executionsPush: PushReader = {
  shape: undeclared,
  compose: (stream, _time, receivedAt) => unread(stream, receivedAt, 'spot/parsers/executions.ts'),
}
