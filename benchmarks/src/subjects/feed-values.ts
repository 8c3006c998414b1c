import { type FeedMessage, MessageType, type WebSocketManager } from '@tapewire/core'
import { bookUpdateValue, bookValue, quoteValue } from '../measure/message-values.js'

/** Of the book that the manager keeps, once the handler is told of an update; NaN where it keeps none. */
export function keptBookValue(manager: Pick<WebSocketManager, 'orderBook'>, symbol: string): number {
  const book = manager.orderBook(symbol)?.requireLive()
  return book === undefined ? Number.NaN : bookValue(book.sequence ?? 0, book.bidPrice(0), book.askPrice(0))
}

/** Of a message that our handler is given. */
export function messageValue(message: FeedMessage): number {
  switch (message.type) {
    case MessageType.BookTicker: {
      const { bidPrice, bidSize, askPrice, askSize } = message.data
      return quoteValue(bidPrice as number, bidSize as number, askPrice as number, askSize as number)
    }
    case MessageType.Orderbook:
      return bookUpdateValue(message.data.lastSequence as number, message.data.bids, message.data.asks)
    case MessageType.Trades: {
      const trade = message.data[0]
      return trade === undefined ? Number.NaN : trade.price + trade.size
    }
    case MessageType.Ticker:
      return message.data.last as number
    case MessageType.Candle:
      return message.data.close
    default:
      throw new Error(`Nobody sent a message of type ${message.type}: ${JSON.stringify(message.data)}`)
  }
}
