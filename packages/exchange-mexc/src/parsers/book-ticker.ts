import {
  type BookTickerData,
  type BookTickerMessage,
  type Instrument,
  MessageType,
  type ProtoShape,
  protoDecimal,
  protoDigits,
  protoInteger,
  protoRepeated,
  protoShape,
} from '@tapewire/core'
import type {
  PublicAggreBookTickerV3Api,
  PublicBookTickerBatchV3Api,
  PublicBookTickerV3Api,
} from '../generated/market-data.js'
import type { FastBody } from './fast-body.js'
import { PayloadFault } from './payload-fault.js'
import type { PushOrigin } from './push-origin.js'
import { readOptionalDecimal, readOptionalVersion } from './read-value.js'

/**
 * `spot@public.aggre.bookTicker`: the best bid and ask, pushed each interval whether they changed or not.
 * Source: MEXC spot v3 API docs, "Individual Symbol Book Ticker Streams"; version since June 2026 (mexcdevelop/websocket-proto).
 */
export function normaliseAggreBookTicker(
  origin: PushOrigin,
  symbol: Instrument,
  body: PublicAggreBookTickerV3Api,
): BookTickerMessage {
  return quoteMessage(origin, symbol, quoteOf(body), readOptionalVersion(body.version, 'version'))
}

/**
 * `spot@public.bookTicker.batch`: one message per quote, in wire order, each with the version of the batch.
 * Source: MEXC spot v3 API docs, "Individual Symbol Book Ticker Streams (Batch Aggregation)".
 */
export function normaliseBookTickerBatch(
  origin: PushOrigin,
  symbol: Instrument,
  body: PublicBookTickerBatchV3Api,
): readonly BookTickerMessage[] {
  if (body.items.length === 0) throw new PayloadFault('items are missing')
  const version = readOptionalVersion(body.version, 'version')
  return body.items.map((item) => quoteMessage(origin, symbol, quoteOf(item), version))
}

function quoteMessage(
  origin: PushOrigin,
  symbol: Instrument,
  data: BookTickerData,
  sequence: number | null,
): BookTickerMessage {
  return {
    type: MessageType.BookTicker,
    symbol,
    channel: 'book_ticker',
    data,
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

const quoteFields = {
  bidPrice: protoDecimal(1),
  bidQuantity: protoDecimal(2),
  askPrice: protoDecimal(3),
  askQuantity: protoDecimal(4),
}
const quote = protoShape(quoteFields)
const aggreBookTicker = protoShape({ ...quoteFields, version: protoDigits(5), lastOrderCreateTime: protoInteger(6) })
const bookTickerBatch = protoShape({
  items: protoRepeated(1, quoteFields),
  version: protoDigits(2),
  lastOrderCreateTime: protoInteger(3),
})

export const aggreBookTickerBody: FastBody = {
  field: 315,
  channel: 'aggre.bookTicker',
  shape: aggreBookTicker,
  isQuote: true,
  read(origin, symbol) {
    const data = scannedQuote(aggreBookTicker)
    if (data === null) return null
    return quoteMessage(origin, symbol, data, aggreBookTicker.numberOrNull(aggreBookTicker.slots.version))
  },
}

export const bookTickerBatchBody: FastBody = {
  field: 311,
  channel: 'bookTicker.batch',
  shape: bookTickerBatch,
  isQuote: true,
  read(origin, symbol) {
    const { items, version } = bookTickerBatch.slots
    const count = bookTickerBatch.count(items)
    if (count === 0) return null
    const sequence = bookTickerBatch.numberOrNull(version)
    const messages: BookTickerMessage[] = []
    for (let index = 0; index < count; index += 1) {
      const data = bookTickerBatch.scanItem(items, index, quote) ? scannedQuote(quote) : null
      if (data === null) return null
      messages.push(quoteMessage(origin, symbol, data, sequence))
    }
    return messages
  },
}

function scannedQuote(shape: ProtoShape<typeof quoteFields>): BookTickerData | null {
  const { slots } = shape
  const bidPrice = shape.numberOrNull(slots.bidPrice)
  const askPrice = shape.numberOrNull(slots.askPrice)
  if (bidPrice === null && askPrice === null) return null
  return {
    bidPrice,
    bidSize: shape.numberOrNull(slots.bidQuantity),
    askPrice,
    askSize: shape.numberOrNull(slots.askQuantity),
  }
}
