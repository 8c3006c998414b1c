import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `candles_1m:BTC_USDT`: one candle; `stream.params.interval` is its width, and `closed` is null where Newex does not say. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, in the order of the wire, and the message (CandleData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ openTime: integer, open: decimal, high: decimal, low: decimal, close: decimal, volume: decimal, closed: flag })
 *
 * compose(stream, receivedAt) {
 *   const time = shape.number(shape.slots.time)
 *   …
 *   return dataMessage<'candles'>(stream, stream.instrument, { interval, openTime, open, high, … }, time, receivedAt, null)
 * }
 * ```
 */
export const candlesPush: PushReader = {
  shape: undeclared,
  compose: (stream, receivedAt) => unread(stream, receivedAt, 'spot/parsers/candles.ts'),
}
