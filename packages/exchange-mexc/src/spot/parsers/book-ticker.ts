import type { BookTickerData, ChannelMessage } from '@tapewire/core'
import {
  dataMessage,
  type ProtoShape,
  protoDecimal,
  protoDigits,
  protoInteger,
  protoRepeated,
  protoShape,
} from '@tapewire/core/adapter'
import type { PushReader } from '../../shared/push.js'
import { wireChannels } from '../channels.js'
import type { MexcSpotStreams } from '../streams.js'

const quoteFields = {
  bidPrice: protoDecimal(1),
  bidQuantity: protoDecimal(2),
  askPrice: protoDecimal(3),
  askQuantity: protoDecimal(4),
}
const quote = protoShape(quoteFields)
const aggreBookTicker = protoShape({ ...quoteFields, version: protoDigits(5), lastOrderCreateTime: protoInteger(6) })

/**
 * `spot@public.aggre.bookTicker`: the best bid and ask, pushed each interval whether they changed or not.
 * Source: MEXC spot v3 API docs, "Individual Symbol Book Ticker Streams"; version since June 2026 (mexcdevelop/websocket-proto).
 */
export const aggreBookTickerPush: PushReader<MexcSpotStreams> = {
  field: 315,
  channel: 'aggre.bookTicker',
  wireChannel: wireChannels.aggreBookTicker,
  shape: aggreBookTicker,
  isQuote: true,
  read(push, streams) {
    const stream = push.streamIn(streams.aggreBookTicker, wireChannels.aggreBookTicker)
    if (stream === null) return push.unreadable()
    const data = readQuote(aggreBookTicker)
    if (data === null) return emptyQuote
    const sequence = aggreBookTicker.numberOrNull(aggreBookTicker.slots.version)
    return dataMessage<'book_ticker'>(stream, stream.instrument, data, push.exchangeTime, push.receivedAt, sequence)
  },
}

const bookTickerBatch = protoShape({
  items: protoRepeated(1, quoteFields),
  version: protoDigits(2),
  lastOrderCreateTime: protoInteger(3),
})

/**
 * `spot@public.bookTicker.batch`: one message per quote, in wire order, each with the version of the batch.
 * Source: MEXC spot v3 API docs, "Individual Symbol Book Ticker Streams (Batch Aggregation)".
 */
export const bookTickerBatchPush: PushReader<MexcSpotStreams> = {
  field: 311,
  channel: 'bookTicker.batch',
  wireChannel: wireChannels.bookTickerBatch,
  shape: bookTickerBatch,
  isQuote: true,
  read(push, streams) {
    const stream = push.streamIn(streams.bookTickerBatch, wireChannels.bookTickerBatch)
    if (stream === null) return push.unreadable()
    const { items, version } = bookTickerBatch.slots
    const count = bookTickerBatch.count(items)
    if (count === 0) return 'items are missing'
    const sequence = bookTickerBatch.numberOrNull(version)
    const { exchangeTime, receivedAt } = push
    const messages: ChannelMessage<'book_ticker'>[] = []
    for (let index = 0; index < count; index += 1) {
      if (!bookTickerBatch.scanItem(items, index, quote)) return quote.fault ?? 'a quote cannot be read'
      const data = readQuote(quote)
      if (data === null) return emptyQuote
      messages.push(dataMessage<'book_ticker'>(stream, stream.instrument, data, exchangeTime, receivedAt, sequence))
    }
    return messages
  },
}

const emptyQuote = 'bidPrice and askPrice are missing'

/** A side without a price is an empty side; a quote without both sides says nothing. */
function readQuote(shape: ProtoShape<typeof quoteFields>): BookTickerData | null {
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
