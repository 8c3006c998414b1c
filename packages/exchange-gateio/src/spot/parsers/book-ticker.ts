import { dataMessage, decimalOrEmpty, integer, nullable, text } from '@tapewire/core/adapter'
import { timeOfMilliseconds } from '../../shared/fields.js'
import { notAMarket, type PushReader, pushShape, pushTime, timesOfT } from '../../shared/push.js'
import { wireChannels } from '../channels.js'

/**
 * `spot.book_ticker`: best bid `b`/`B` and ask `a`/`A`; an empty side is `""`. `u` counts as in the book channels. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"t":1767225600353,"u":61000456,"s":"BTC_USDT","b":"90012.4","B":"0.6","a":"90012.5","A":"0.09"}
 * ```
 */
const shape = pushShape(wireChannels.bookTicker, {
  t: nullable(integer),
  u: integer,
  s: text,
  b: decimalOrEmpty,
  B: decimalOrEmpty,
  a: decimalOrEmpty,
  A: decimalOrEmpty,
})
const { result: slots } = shape.slots

export const bookTickerPush: PushReader = {
  shape,
  streamField: 's',
  unread: [],
  times: timesOfT,
  compose(streams, receivedAt) {
    const stream = shape.stream(slots.s, streams)
    if (stream === null) return notAMarket(shape.text(slots.s))
    const bidPrice = shape.numberOrNull(slots.b)
    const bidSize = bidPrice === null ? null : shape.numberOrNull(slots.B)
    const askPrice = shape.numberOrNull(slots.a)
    const askSize = askPrice === null ? null : shape.numberOrNull(slots.A)
    if (bidPrice !== null && bidSize === null) return 'result.b has no B'
    if (askPrice !== null && askSize === null) return 'result.a has no A'
    const data = { bidPrice, bidSize, askPrice, askSize }
    const time = timeOfMilliseconds(shape.number(slots.t)) ?? pushTime(shape)
    return dataMessage<'book_ticker'>(stream, stream.instrument, data, time, receivedAt, shape.number(slots.u))
  },
}
