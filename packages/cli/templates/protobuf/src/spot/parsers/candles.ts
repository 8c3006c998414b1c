import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `candles_1m:BTC_USDT`: one candle; `stream.params.interval` is its width, and `closed` is null where Newex does not say. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, by field number, as in the `.proto` file, and the message (CandleData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ openTime: protoInteger(1), open: protoDecimal(2), high: protoDecimal(3), … })
 *
 * compose(stream, time, receivedAt) {
 *   …
 *   return dataMessage<'candles'>(stream, stream.instrument, { interval, openTime, open, high, … }, time, receivedAt, null)
 * }
 * ```
 */
export const candlesPush: PushReader = {
  shape: undeclared,
  compose: (stream, _time, receivedAt) => unread(stream, receivedAt, 'spot/parsers/candles.ts'),
}
