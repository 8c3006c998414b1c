import { type PushReader, undeclared, unread } from '../push.js'

/**
 * `ticker:BTC_USDT`: the last 24 hours of one market; `change` is a fraction, 0.01 for +1 %. Put a recorded sample here, with the page of the documentation that explains it.
 *
 * Left to write: what `data` is made of, in the order of the wire, and the message (TickerData) that it makes. For example:
 *
 * ```ts
 * const shape = pushShape({ last: decimal, open: decimal, high: decimal, low: decimal, volume: decimal, quoteVolume: decimal })
 *
 * compose(stream, receivedAt) {
 *   const time = shape.number(shape.slots.time)
 *   …
 *   return dataMessage<'ticker'>(stream, stream.instrument, { last, open, high, low, … }, time, receivedAt, null)
 * }
 * ```
 */
export const tickerPush: PushReader = {
  shape: undeclared,
  compose: (stream, receivedAt) => unread(stream, receivedAt, 'spot/parsers/ticker.ts'),
}
