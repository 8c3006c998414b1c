import {
  ByteTable,
  type CandleData,
  type CandleInterval,
  type CandleMessage,
  decimal as decimalField,
  decimalOrEmpty,
  flag,
  type Instrument,
  MessageType,
  type OtherMessage,
  optional,
  otherMessage,
  text as textField,
} from '@tapewire/core'
import { intervalOfWire, wireChannels, wireIntervals } from '../channels.js'
import { decimal, FieldFault, fieldsOf, optionalDecimal, text } from './fields.js'
import { type PushContext, pairOf } from './push.js'
import { type FastPush, pushShape, pushTime, type ResultFields } from './push-shape.js'
import { optionalSeconds, timeOfSeconds } from './times.js'

/**
 * `spot.candlesticks`: `t` is the start in seconds, `v` the QUOTE volume, `a` the base volume (absent before 2022), `w` whether the window is closed
 * (absent before 2023; a closing push may be missing). `n` is `<interval>_<market>`. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"t":"1767225600","v":"90012.4","c":"90012.4","h":"90013","l":"90010","o":"90011","n":"1m_BTC_USDT","a":"1","w":false}
 * ```
 */
const shape = pushShape(wireChannels.candlesticks, {
  t: decimalField,
  v: decimalOrEmpty,
  c: decimalField,
  h: decimalField,
  l: decimalField,
  o: decimalField,
  n: textField,
  a: optional(decimalOrEmpty),
  w: optional(flag),
})
const { result: slots } = shape.slots

const underscore = 95
const intervals = new ByteTable<CandleInterval>()
for (const [ours, wire] of wireIntervals) intervals.set(wire, ours)

export const candlePush: FastPush = {
  shape,
  read({ bytes, receivedAt }, symbols) {
    const start = shape.start(slots.n)
    const end = shape.end(slots.n)
    let split = start
    while (split < end && bytes[split] !== underscore) split += 1
    const interval = intervals.get(bytes, start, split)
    const symbol = symbols.pairAt(bytes, split + 1, end)
    const openTime = timeOfSeconds(shape.number(slots.t))
    if (interval === undefined || symbol === null || openTime === null) return null
    const data = {
      interval,
      openTime,
      open: shape.number(slots.o),
      high: shape.number(slots.h),
      low: shape.number(slots.l),
      close: shape.number(slots.c),
      baseVolume: shape.numberOrNull(slots.a),
      quoteVolume: shape.numberOrNull(slots.v),
      closed: shape.flag(slots.w),
    }
    return compose(symbol, data, pushTime(shape), receivedAt)
  },
}

export function candleMessage(result: unknown, context: PushContext): CandleMessage | OtherMessage {
  const fields: ResultFields<typeof shape> = fieldsOf(result, 'result')
  const name = text(fields, 'n')
  const split = name.indexOf('_')
  const symbol = pairOf(name.slice(split + 1), context.symbols)
  const wireInterval = name.slice(0, Math.max(split, 0))
  const interval = intervalOfWire(wireInterval)
  if (interval === null) {
    return otherMessage(context.receivedAt, wireChannels.candlesticks, `candles of width ${wireInterval.slice(0, 10)}`)
  }
  const openTime = optionalSeconds(fields.t)
  if (openTime === null) throw new FieldFault('t is not a time in seconds')
  const data = {
    interval,
    openTime,
    open: decimal(fields, 'o'),
    high: decimal(fields, 'h'),
    low: decimal(fields, 'l'),
    close: decimal(fields, 'c'),
    baseVolume: optionalDecimal(fields, 'a'),
    quoteVolume: optionalDecimal(fields, 'v'),
    closed: typeof fields.w === 'boolean' ? fields.w : null,
  }
  return compose(symbol, data, context.sentAt, context.receivedAt)
}

function compose(symbol: Instrument, data: CandleData, exchangeTime: number | null, receivedAt: number): CandleMessage {
  return {
    type: MessageType.Candle,
    symbol,
    channel: 'candles',
    data,
    exchangeTime,
    receivedAt,
    sequence: null,
    raw: null,
  }
}
