import type { CandleInterval } from '@tapewire/core'
import { dataMessage, decimal, decimalOrEmpty, flag, optional, otherMessage, text } from '@tapewire/core/adapter'
import { timeOfSeconds } from '../../shared/fields.js'
import { noTimes, notAMarket, type PushReader, pushShape, pushTime } from '../../shared/push.js'
import { candleIntervalOf, wireChannels } from '../channels.js'

/**
 * `spot.candlesticks`: `t` is the start in seconds, `v` the QUOTE volume, `a` the base volume (absent before 2022), `w` whether the window is closed
 * (absent before 2023; a closing push may be missing). `n` is `<interval>_<market>`, and so names the stream. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"t":"1767225600","v":"90012.4","c":"90012.4","h":"90013","l":"90010","o":"90011","n":"1m_BTC_USDT","a":"1","w":false}
 * ```
 */
const shape = pushShape(wireChannels.candlesticks, {
  t: decimal,
  v: optional(decimalOrEmpty),
  c: decimal,
  h: decimal,
  l: decimal,
  o: decimal,
  n: text,
  a: optional(decimalOrEmpty),
  w: optional(flag),
})
const { result: slots } = shape.slots

export const candlesPush: PushReader = {
  shape,
  streamField: 'n',
  unread: [],
  times: noTimes,
  compose(streams, receivedAt) {
    const stream = shape.stream(slots.n, streams)
    if (stream === null) {
      const name = shape.text(slots.n) ?? ''
      const width = unknownWidth(name)
      return width === null
        ? notAMarket(name)
        : otherMessage(receivedAt, wireChannels.candlesticks, `candles of width ${width}`)
    }
    const openTime = timeOfSeconds(shape.number(slots.t))
    if (openTime === null) return 'result.t is not a time in seconds'
    const data = {
      interval: stream.params.interval as CandleInterval,
      openTime,
      open: shape.number(slots.o),
      high: shape.number(slots.h),
      low: shape.number(slots.l),
      close: shape.number(slots.c),
      baseVolume: shape.numberOrNull(slots.a),
      quoteVolume: shape.numberOrNull(slots.v),
      closed: shape.flag(slots.w),
    }
    return dataMessage<'candles'>(stream, stream.instrument, data, pushTime(shape), receivedAt, null)
  },
}

/** The width in a name where it is none of ours, short enough to show; null where it is, and where the name is not `<interval>_<market>`. */
function unknownWidth(name: string): string | null {
  const width = /^([^_]+)_[^_]+_[^_]+$/.exec(name)?.[1]
  return width === undefined || candleIntervalOf(width) !== null ? null : width.slice(0, 10)
}
