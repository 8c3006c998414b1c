import type { DataMessage } from '@tapewire/core'
import { MessageType } from '@tapewire/core'
import {
  constant,
  dataMessage,
  decimalNumber,
  integer,
  jsonShape,
  nullable,
  sideMessage,
  text,
} from '@tapewire/core/adapter'
import type { WireChannelStreams } from '../streams.js'
import type { PushReader } from './push.js'

/**
 * `{"type":"ticker","symbol":"BTC-USDT","ts":1767225600123,"last":87500.1,"open":87000,"high":88000,"low":86500.5,"volume":1234.5,
 * "bid":87500.0,"bid_size":1.25,"ask":87500.2,"ask_size":0.5}`; an empty side of the book is null.
 */
const declaration = {
  type: constant('ticker'),
  symbol: text,
  ts: integer,
  last: decimalNumber,
  open: decimalNumber,
  high: decimalNumber,
  low: decimalNumber,
  volume: decimalNumber,
  bid: nullable(decimalNumber),
  bid_size: nullable(decimalNumber),
  ask: nullable(decimalNumber),
  ask_size: nullable(decimalNumber),
} as const

export function tickerReader(source: WireChannelStreams): PushReader {
  const shape = jsonShape(declaration)
  const slot = shape.slots
  return {
    type: 'ticker',
    declaration,
    wireChannel: source.wireChannel,
    scan: (bytes, start, end) => shape.scan(bytes, start, end),
    load: (value) => shape.load(value),
    tableOf: () => source.table,
    tableAt: () => source.table,
    compose(receivedAt): readonly DataMessage[] | null {
      const stream = shape.stream(slot.symbol, source.table)
      if (!stream) return null
      const bidPrice = shape.numberOrNull(slot.bid)
      const askPrice = shape.numberOrNull(slot.ask)
      const ticker = dataMessage<'ticker'>(
        stream,
        stream.instrument,
        {
          last: shape.number(slot.last),
          open: shape.number(slot.open),
          high: shape.number(slot.high),
          low: shape.number(slot.low),
          baseVolume: shape.number(slot.volume),
          quoteVolume: null,
          change: null,
          bidPrice,
          askPrice,
        },
        shape.number(slot.ts),
        receivedAt,
        null,
      )
      const quote = sideMessage('book_ticker', MessageType.BookTicker, ticker, {
        bidPrice,
        bidSize: shape.numberOrNull(slot.bid_size),
        askPrice,
        askSize: shape.numberOrNull(slot.ask_size),
      })
      return [ticker, quote]
    },
  }
}
