import { type FeedMessage, MessageType, type SocketOptions, type StreamError, WebSocketManager } from '@tapewire/core'
import { bookUpdateValue, bookValue, quoteValue } from '../measure/message-values.js'
import { strategiesFor } from '../workloads/strategies.js'
import { type ConnectSubject, nextTurn } from './subject-task.js'

type TransportName = NonNullable<SocketOptions['transport']>

/** tapewire as its users have it: a manager, an adapter, performance tracking on, typed objects in `onMessage`. */
export function tapewire(transport: TransportName): ConnectSubject {
  return async (task, receiver) => {
    const errors: StreamError[] = []
    const read = task.keepsBook ? () => bookInManager() : messageValue
    const onMessage = (message: FeedMessage): void => receiver.receive(read(message), message.receivedAt)
    // The REST address is on this machine too: nothing that a measurement does may leave it.
    const endpoints = { url: task.url, restUrl: task.url.replace('ws:', 'http:'), socket: { transport } }
    const manager: WebSocketManager = new WebSocketManager({
      strategies: strategiesFor(task, endpoints),
      onMessage: task.handler === 'inline' ? onMessage : slowly(onMessage),
      onError: (error) => errors.push(error),
      ...(task.keepsBook ? {} : { books: false }),
      config: { enablePerformanceTracking: true },
    })
    const bookInManager = (): number => {
      const book = manager.orderBook(task.symbols[0] as string)?.requireLive()
      return book === undefined ? Number.NaN : bookValue(book.sequence ?? 0, book.bidPrice(0), book.askPrice(0))
    }
    await manager.initialize({ symbols: task.symbols, channels: task.channels })
    return {
      connections: manager.getPerformanceMetrics().connections.length,
      details: () => {
        if (errors[0] !== undefined) throw errors[0]
        const { droppedMessages, pendingMessages, decoderFallbacks } = manager.getPerformanceMetrics()
        if (droppedMessages > 0) throw new Error(`${droppedMessages} messages were dropped.`)
        const fallbacks = Object.values(decoderFallbacks).reduce((sum, count) => sum + count, 0)
        return { pendingMessages, fallbacks }
      },
    }
  }
}

/** A handler that takes a turn of the event loop for each message. */
function slowly(onMessage: (message: FeedMessage) => void): (message: FeedMessage) => Promise<void> {
  return (message) => {
    onMessage(message)
    return nextTurn()
  }
}

function messageValue(message: FeedMessage): number {
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
