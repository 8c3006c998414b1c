import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `ticker:BTC_USDT`: the last 24 hours of one market; `change` is a fraction, 0.01 for +1 %. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, by field number, as in the `.proto` file, and the message (TickerData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ last: protoDecimal(1), open: protoDecimal(2), high: protoDecimal(3), low: protoDecimal(4), … })
 *
 * compose(stream, time, receivedAt) {
 *   …
 *   return dataMessage<'ticker'>(stream, stream.instrument, { last, open, high, low, … }, time, receivedAt, null)
 * }
 * ```
 */
export const tickerPush: PushReader = {
  shape: undeclared,
  compose: (stream, _time, receivedAt) => unread(stream, receivedAt, 'spot/parsers/ticker.ts'),
}
