import {
  type CandleData,
  type CandleMessage,
  type Instrument,
  MessageType,
  protoDecimal,
  protoInteger,
  protoShape,
  protoText,
} from '@tapewire/core'
import { candleIntervalOf, wireIntervals } from '../candle-intervals.js'
import type { PublicSpotKlineV3Api } from '../generated/market-data.js'
import type { FastBody } from './fast-body.js'
import { PayloadFault, quoted } from './payload-fault.js'
import type { PushOrigin } from './push-origin.js'
import { readDecimal, readOptionalDecimal, readTime } from './read-value.js'

/**
 * `spot@public.kline`: the candle in progress, about once a second. Its window is in seconds, unlike every other time of this exchange,
 * and nothing says whether the window has ended. Source: MEXC spot v3 API docs, "K-line Streams".
 */
export function normaliseKline(origin: PushOrigin, symbol: Instrument, body: PublicSpotKlineV3Api): CandleMessage {
  const openSeconds = readTime(body.windowStart)
  if (openSeconds === null) throw new PayloadFault('windowStart is missing')
  const interval = candleIntervalOf(body.interval)
  if (interval === null) throw new PayloadFault(`interval is ${quoted(body.interval)}, none that MEXC documents`)
  return candleMessage(origin, symbol, {
    interval,
    openTime: openSeconds * 1000,
    open: readDecimal(body.openingPrice, 'openingPrice'),
    high: readDecimal(body.highestPrice, 'highestPrice'),
    low: readDecimal(body.lowestPrice, 'lowestPrice'),
    close: readDecimal(body.closingPrice, 'closingPrice'),
    baseVolume: readOptionalDecimal(body.volume, 'volume'),
    quoteVolume: readOptionalDecimal(body.amount, 'amount'),
    closed: null,
  })
}

function candleMessage(origin: PushOrigin, symbol: Instrument, data: CandleData): CandleMessage {
  return {
    type: MessageType.Candle,
    symbol,
    channel: 'candles',
    data,
    exchangeTime: origin.exchangeTime,
    receivedAt: origin.receivedAt,
    sequence: null,
    raw: null,
  }
}

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

export const klineBody: FastBody = {
  field: 308,
  channel: 'kline',
  shape: kline,
  isQuote: false,
  read(origin, symbol) {
    const { slots } = kline
    const interval = candleIntervalOf(kline.text(slots.interval))
    const openSeconds = kline.number(slots.windowStart)
    const open = kline.number(slots.openingPrice)
    const high = kline.number(slots.highestPrice)
    const low = kline.number(slots.lowestPrice)
    const close = kline.number(slots.closingPrice)
    // One that is missing is NaN, and so is their sum.
    if (interval === null || openSeconds === 0 || Number.isNaN(open + high + low + close)) return null
    return candleMessage(origin, symbol, {
      interval,
      openTime: openSeconds * 1000,
      open,
      high,
      low,
      close,
      baseVolume: kline.numberOrNull(slots.volume),
      quoteVolume: kline.numberOrNull(slots.amount),
      closed: null,
    })
  },
}
