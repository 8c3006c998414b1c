import { type BookTickerData, type BookTickerMessage, MessageType, type TradingPair } from '@tapewire/core'
import type {
  PublicAggreBookTickerV3Api,
  PublicBookTickerBatchV3Api,
  PublicBookTickerV3Api,
} from '../generated/market-data.js'
import { PayloadFault } from './payload-fault.js'
import type { PushOrigin } from './push-origin.js'
import { readOptionalDecimal, readOptionalVersion } from './read-value.js'

/**
 * `spot@public.aggre.bookTicker`: the best bid and ask, pushed each interval whether they changed or not.
 * Source: MEXC spot v3 API docs, "Individual Symbol Book Ticker Streams"; version since June 2026 (mexcdevelop/websocket-proto).
 */
export function normaliseAggreBookTicker(
  origin: PushOrigin,
  symbol: TradingPair,
  body: PublicAggreBookTickerV3Api,
): BookTickerMessage {
  return quoteMessage(origin, symbol, body, readOptionalVersion(body.version, 'version'))
}

/**
 * `spot@public.bookTicker.batch`: one message per quote, in wire order, each with the version of the batch.
 * Source: MEXC spot v3 API docs, "Individual Symbol Book Ticker Streams (Batch Aggregation)".
 */
export function normaliseBookTickerBatch(
  origin: PushOrigin,
  symbol: TradingPair,
  body: PublicBookTickerBatchV3Api,
): readonly BookTickerMessage[] {
  if (body.items.length === 0) throw new PayloadFault('items are missing')
  const version = readOptionalVersion(body.version, 'version')
  return body.items.map((item) => quoteMessage(origin, symbol, item, version))
}

function quoteMessage(
  origin: PushOrigin,
  symbol: TradingPair,
  quote: PublicBookTickerV3Api,
  sequence: number | null,
): BookTickerMessage {
  return {
    type: MessageType.BookTicker,
    symbol,
    channel: 'book_ticker',
    data: quoteOf(quote),
    exchangeTime: origin.exchangeTime,
    receivedAt: origin.receivedAt,
    sequence,
    raw: null,
  }
}

/** A side without a price is an empty side; a quote without both sides says nothing. */
function quoteOf(quote: PublicBookTickerV3Api): BookTickerData {
  const bidPrice = readOptionalDecimal(quote.bidPrice, 'bidPrice')
  const askPrice = readOptionalDecimal(quote.askPrice, 'askPrice')
  if (bidPrice === null && askPrice === null) throw new PayloadFault('bidPrice and askPrice are missing')
  return {
    bidPrice,
    bidSize: readOptionalDecimal(quote.bidQuantity, 'bidQuantity'),
    askPrice,
    askSize: readOptionalDecimal(quote.askQuantity, 'askQuantity'),
  }
}
