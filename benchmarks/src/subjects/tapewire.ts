import {
  type FeedMessage,
  MessageType,
  type SocketOptions,
  type StreamError,
  WebSocketManager,
  type WebSocketStrategySet,
} from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { bookValue, quoteValue } from '../measure/message-values.js'
import { type ConnectSubject, nextTurn, type SubjectTask } from './subject-task.js'

type TransportName = NonNullable<SocketOptions['transport']>

/** tapewire as its users have it: a manager, an adapter, performance tracking on, typed objects in `onMessage`. */
export function tapewire(transport: TransportName): ConnectSubject {
  return async (task, receiver) => {
    const errors: StreamError[] = []
    const onMessage = (message: FeedMessage): void => receiver.receive(messageValue(message), message.receivedAt)
    const manager = new WebSocketManager({
      strategies: strategiesFor(task, transport),
      onMessage: task.handler === 'inline' ? onMessage : (message) => void onMessage(message) ?? nextTurn(),
      onError: (error) => errors.push(error),
      config: { enablePerformanceTracking: true },
    })
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

/** The REST address is on this machine too: nothing a measurement does may leave it. */
function strategiesFor({ venue, url }: SubjectTask, transport: TransportName): WebSocketStrategySet {
  const endpoints = { url, restUrl: url.replace('ws:', 'http:'), socket: { transport } }
  return venue === 'gateio' ? gateioSpot.public(endpoints) : mexcSpot.public(endpoints)
}

function messageValue(message: FeedMessage): number {
  switch (message.type) {
    case MessageType.BookTicker: {
      const { bidPrice, bidSize, askPrice, askSize } = message.data
      return quoteValue(bidPrice as number, bidSize as number, askPrice as number, askSize as number)
    }
    case MessageType.Orderbook:
      return bookValue(message.data.lastSequence as number, message.data.bids, message.data.asks)
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
