import {
  type BookTickerData,
  type BookTickerMessage,
  constant,
  decimal as decimalField,
  type InboundFrame,
  type Instrument,
  integer as integerField,
  jsonShape,
  MessageType,
  type SymbolTable,
  text as textField,
} from '@tapewire/core'
import { decimal, type Fields, integer } from './fields.js'

/**
 * Sample:
 * `{"channel":"quotes","market":"BTC-USDT","time":1767225600123,"id":45,"bid":"87500.0","bidSize":"1.2","ask":"87500.1","askSize":"0.4"}`
 */
const quoteShape = jsonShape({
  channel: constant('quotes'),
  market: textField,
  time: integerField,
  id: integerField,
  bid: decimalField,
  bidSize: decimalField,
  ask: decimalField,
  askSize: decimalField,
})

/** The fast way: a quote read from its bytes; null for everything that is not exactly of that shape. */
export function scanQuote(frame: InboundFrame, symbols: SymbolTable): BookTickerMessage | null {
  if (!quoteShape.scan(frame.bytes, frame.start, frame.end)) return null
  const { slots } = quoteShape
  const symbol = quoteShape.pair(slots.market, symbols)
  if (symbol === null) return null
  const data = {
    bidPrice: quoteShape.number(slots.bid),
    bidSize: quoteShape.number(slots.bidSize),
    askPrice: quoteShape.number(slots.ask),
    askSize: quoteShape.number(slots.askSize),
  }
  return compose(symbol, data, quoteShape.number(slots.time), quoteShape.number(slots.id), frame.receivedAt)
}

/** The reference: the same from parsed JSON. */
export function quoteMessage(symbol: Instrument, push: Fields, receivedAt: number): BookTickerMessage {
  const data = {
    bidPrice: decimal(push.bid),
    bidSize: decimal(push.bidSize),
    askPrice: decimal(push.ask),
    askSize: decimal(push.askSize),
  }
  return compose(symbol, data, integer(push.time), integer(push.id), receivedAt)
}

function compose(
  symbol: Instrument,
  data: BookTickerData,
  time: number,
  id: number,
  receivedAt: number,
): BookTickerMessage {
  return {
    type: MessageType.BookTicker,
    symbol,
    channel: 'book_ticker',
    data,
    exchangeTime: time,
    receivedAt,
    sequence: id,
    raw: null,
  }
}
