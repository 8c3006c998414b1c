// #private
import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `balances`: one asset after a change; amounts stay text. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, in the order of the wire, and the message (BalanceData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ asset: text, free: amount, locked: amount, total: amount })
 *
 * compose(stream, receivedAt) {
 *   const time = shape.number(shape.slots.time)
 *   …
 *   return dataMessage<'balances'>(stream, null, { asset, free, locked, total, … }, time, receivedAt, null)
 * }
 * ```
 */
export const balancesPush: PushReader = {
  shape: undeclared,
  compose: (stream, receivedAt) => unread(stream, receivedAt, 'spot/parsers/balances.ts'),
}
