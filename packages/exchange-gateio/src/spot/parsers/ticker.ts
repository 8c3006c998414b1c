import { dataMessage, decimalOrEmpty, optional, percentage, text } from '@tapewire/core/adapter'
import { noTimes, notAMarket, type PushReader, pushShape, pushTime } from '../../shared/push.js'
import { wireChannels } from '../channels.js'

/**
 * `spot.tickers`: rolling 24 h statistics. It carries no time of its own and no opening price. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"currency_pair":"BTC_USDT","last":"90012.4","lowest_ask":"90012.5","highest_bid":"90012.4","change_percentage":"-0.52",
 *  "base_volume":"8123.45","quote_volume":"731220011.2","high_24h":"91200","low_24h":"88990.1"}
 * ```
 */
const shape = pushShape(wireChannels.tickers, {
  currency_pair: text,
  last: decimalOrEmpty,
  lowest_ask: optional(decimalOrEmpty),
  highest_bid: optional(decimalOrEmpty),
  change_percentage: optional(percentage),
  base_volume: optional(decimalOrEmpty),
  quote_volume: optional(decimalOrEmpty),
  high_24h: optional(decimalOrEmpty),
  low_24h: optional(decimalOrEmpty),
})
const { result: slots } = shape.slots

export const tickerPush: PushReader = {
  shape,
  streamField: 'currency_pair',
  unread: [],
  times: noTimes,
  compose(streams, receivedAt) {
    const stream = shape.stream(slots.currency_pair, streams)
    if (stream === null) return notAMarket(shape.text(slots.currency_pair))
    const data = {
      last: shape.numberOrNull(slots.last),
      open: null,
      high: shape.numberOrNull(slots.high_24h),
      low: shape.numberOrNull(slots.low_24h),
      baseVolume: shape.numberOrNull(slots.base_volume),
      quoteVolume: shape.numberOrNull(slots.quote_volume),
      change: shape.numberOrNull(slots.change_percentage),
      bidPrice: shape.numberOrNull(slots.highest_bid),
      askPrice: shape.numberOrNull(slots.lowest_ask),
    }
    return dataMessage<'ticker'>(stream, stream.instrument, data, pushTime(shape), receivedAt, null)
  },
}
