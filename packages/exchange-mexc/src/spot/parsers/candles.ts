import { dataMessage, protoDecimal, protoInteger, protoShape, protoText } from '@tapewire/core/adapter'
import { missingFault, quoted, timeOfSeconds } from '../../shared/fields.js'
import { contradiction, type PushReader } from '../../shared/push.js'
import { candleIntervalOf, wireChannels, wireIntervals } from '../channels.js'
import type { MexcSpotStreams } from '../streams.js'

const kline = protoShape({
  interval: protoText(1, ...Object.values(wireIntervals)),
  windowStart: protoInteger(2),
  openingPrice: protoDecimal(3),
  closingPrice: protoDecimal(4),
  highestPrice: protoDecimal(5),
  lowestPrice: protoDecimal(6),
  volume: protoDecimal(7),
  amount: protoDecimal(8),
  windowEnd: protoInteger(9),
})

/**
 * `spot@public.kline`: the candle in progress, about once a second. Its window is in seconds, unlike every other time of this exchange,
 * and nothing says whether the window has ended. Source: MEXC spot v3 API docs, "K-line Streams".
 */
export const candlesPush: PushReader<MexcSpotStreams> = {
  field: 308,
  channel: 'kline',
  wireChannel: wireChannels.kline,
  shape: kline,
  isQuote: false,
  read(push, streams) {
    const { slots } = kline
    const width = kline.text(slots.interval)
    const interval = candleIntervalOf(width)
    if (!push.isNamedWith(kline.bytes, kline.start(slots.interval), kline.end(slots.interval))) return contradiction
    if (interval === null)
      return push.isReference && width !== '' ? push.other(`candles of width ${quoted(width)}`) : 'interval is missing'
    const stream = push.streamIn(streams.kline[interval], wireChannels.kline)
    if (stream === null) return push.unreadable()
    const openTime = timeOfSeconds(kline.number(slots.windowStart))
    if (openTime === null) return 'windowStart is missing, or no time in seconds'
    const open = kline.number(slots.openingPrice)
    const high = kline.number(slots.highestPrice)
    const low = kline.number(slots.lowestPrice)
    const close = kline.number(slots.closingPrice)
    // One that is missing is NaN, and so is their sum.
    if (Number.isNaN(open + high + low + close)) {
      return missingFault({ openingPrice: open, highestPrice: high, lowestPrice: low, closingPrice: close })
    }
    const data = {
      interval,
      openTime,
      open,
      high,
      low,
      close,
      baseVolume: kline.numberOrNull(slots.volume),
      quoteVolume: kline.numberOrNull(slots.amount),
      closed: null,
    }
    return dataMessage<'candles'>(stream, stream.instrument, data, push.exchangeTime, push.receivedAt, null)
  },
}
