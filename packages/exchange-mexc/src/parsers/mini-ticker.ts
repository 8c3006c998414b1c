import { MessageType, type TickerMessage, type TradingPair } from '@tapewire/core'
import type { PublicMiniTickerV3Api } from '../generated/market-data.js'
import type { PushOrigin } from './push-origin.js'
import { readDecimal, readOptionalDecimal } from './read-value.js'

/**
 * `spot@public.miniTicker`, and one item of `miniTickers`. On the wire `volume` is the quote turnover and `quantity` the base volume.
 * `change` is the rate of the time zone subscribed to (`zonedRate`), which for `24H` is the rolling day; where a push has none, the rate since
 * midnight UTC+8. Source: MEXC spot v3 API docs, "MiniTicker".
 */
export function normaliseMiniTicker(
  origin: PushOrigin,
  symbol: TradingPair,
  body: PublicMiniTickerV3Api,
): TickerMessage {
  const data = {
    last: readDecimal(body.price, 'price'),
    open: null,
    high: readOptionalDecimal(body.high, 'high'),
    low: readOptionalDecimal(body.low, 'low'),
    baseVolume: readOptionalDecimal(body.quantity, 'quantity'),
    quoteVolume: readOptionalDecimal(body.volume, 'volume'),
    change: readOptionalDecimal(body.zonedRate, 'zonedRate') ?? readOptionalDecimal(body.rate, 'rate'),
    bidPrice: null,
    askPrice: null,
  }
  return {
    type: MessageType.Ticker,
    symbol,
    channel: 'ticker',
    data,
    exchangeTime: origin.exchangeTime,
    receivedAt: origin.receivedAt,
    sequence: null,
    raw: null,
  }
}
