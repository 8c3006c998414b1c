import { type FeedMessage, type SocketOptions, type StreamError, WebSocketManager } from '@tapewire/core'
import { strategiesFor } from '../workloads/strategies.js'
import { keptBookValue, messageValue } from './feed-values.js'
import { type ConnectSubject, nextTurn } from './subject-task.js'

type TransportName = NonNullable<SocketOptions['transport']>

/** tapewire as its users have it: a manager, an adapter, performance tracking on, typed objects in `onMessage`. */
export function tapewire(transport: TransportName): ConnectSubject {
  return async (task, receiver) => {
    const errors: StreamError[] = []
    const read = task.keepsBook ? () => keptBookValue(manager, task.symbols[0] as string) : messageValue
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
