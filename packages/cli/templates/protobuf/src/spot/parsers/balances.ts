// #private
import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `balances`: one asset after a change; amounts stay text. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, by field number, as in the `.proto` file, and the message (BalanceData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ asset: protoText(1), free: protoAmount(2), locked: protoAmount(3), total: protoAmount(4) })
 *
 * compose(stream, time, receivedAt) {
 *   …
 *   return dataMessage<'balances'>(stream, null, { asset, free, locked, total, … }, time, receivedAt, null)
 * }
 * ```
 */
export const balancesPush: PushReader = {
  shape: undeclared,
  compose: (stream, _time, receivedAt) => unread(stream, receivedAt, 'spot/parsers/balances.ts'),
}
