import { type CandleMessage, MessageType, type TradingPair } from '@tapewire/core'
import { candleIntervalOf } from '../candle-intervals.js'
import type { PublicSpotKlineV3Api } from '../generated/market-data.js'
import { PayloadFault, quoted } from './payload-fault.js'
import type { PushOrigin } from './push-origin.js'
import { readDecimal, readOptionalDecimal, readTime } from './read-value.js'

/**
 * `spot@public.kline`: the candle in progress, about once a second. Its window is in seconds, unlike every other time of this exchange,
 * and nothing says whether the window has ended. Source: MEXC spot v3 API docs, "K-line Streams".
 */
export function normaliseKline(origin: PushOrigin, symbol: TradingPair, body: PublicSpotKlineV3Api): CandleMessage {
  const openSeconds = readTime(body.windowStart)
  if (openSeconds === null) throw new PayloadFault('windowStart is missing')
  const interval = candleIntervalOf(body.interval)
  if (interval === null) throw new PayloadFault(`interval is ${quoted(body.interval)}, none that MEXC documents`)
  const data = {
    interval,
    openTime: openSeconds * 1000,
    open: readDecimal(body.openingPrice, 'openingPrice'),
    high: readDecimal(body.highestPrice, 'highestPrice'),
    low: readDecimal(body.lowestPrice, 'lowestPrice'),
    close: readDecimal(body.closingPrice, 'closingPrice'),
    baseVolume: readOptionalDecimal(body.volume, 'volume'),
    quoteVolume: readOptionalDecimal(body.amount, 'amount'),
    closed: null,
  }
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
