import type { OrderBook } from '../book/order-book.js'
import type { StreamError } from '../errors/stream-error.js'
import type { BookEvent } from '../manager/book-desk.js'
import type { ConnectionStateEvent, DropEvent } from '../manager/manager-options.js'
import type { FilteredMessage, MessageFilter, MessageStream } from '../manager/message-stream.js'
import type { WebSocketManager } from '../manager/websocket-manager.js'
import type { PerformanceMetrics } from '../metrics/performance-metrics.js'
import type { Channel } from '../model/channel.js'
import type { FeedMessage } from '../model/message.js'
import type { StreamState } from '../model/stream-state.js'
import type { SymbolInput } from '../model/trading-pair.js'

/** What a feed tells, by event name. The channel events carry that channel's messages; `message` carries all. */
export type FeedEvents = {
  readonly [Name in Channel]: Extract<FeedMessage, { readonly channel: Name; readonly type: number }>
} & {
  readonly message: FeedMessage
  readonly connection: ConnectionStateEvent
  readonly stream: StreamState
  readonly error: StreamError
  readonly drop: DropEvent
  readonly book: BookEvent
}

export type FeedEvent = keyof FeedEvents

/** A listener of a message event may return a promise: it holds back what follows, as the manager's handler does. */
export type FeedListener<Event extends FeedEvent> = (payload: FeedEvents[Event]) => void | PromiseLike<void>

/** Listeners to be in place before the first message. */
export type FeedListeners = { readonly [Event in FeedEvent]?: FeedListener<Event> }

type AnyListener = (payload: never) => void | PromiseLike<void>

/** Listeners by event. An event nobody listens to costs one look-up. */
export class FeedEmitter {
  readonly #listeners = new Map<FeedEvent, Set<AnyListener>>()

  on<Event extends FeedEvent>(event: Event, listener: FeedListener<Event>): void {
    const listeners = this.#listeners.get(event) ?? new Set()
    listeners.add(listener as AnyListener)
    this.#listeners.set(event, listeners)
  }

  off<Event extends FeedEvent>(event: Event, listener: FeedListener<Event>): void {
    this.#listeners.get(event)?.delete(listener as AnyListener)
  }

  emit<Event extends FeedEvent>(event: Event, payload: FeedEvents[Event]): void | PromiseLike<void> {
    const listeners = this.#listeners.get(event)
    if (listeners === undefined || listeners.size === 0) return undefined
    const waiting: PromiseLike<void>[] = []
    for (const listener of listeners) {
      const returned = (listener as FeedListener<Event>)(payload)
      if (returned !== undefined) waiting.push(returned as PromiseLike<void>)
    }
    return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => {})
  }

  /** A message, to its channel's listeners and to those of all messages. */
  emitMessage(message: FeedMessage): void | PromiseLike<void> {
    const { channel } = message
    const first = channel === null ? undefined : this.emit(channel, message as never)
    const second = this.emit('message', message)
    if (first === undefined) return second
    return second === undefined ? first : Promise.all([first, second]).then(() => {})
  }
}

/** A ready feed: connected, subscribed, delivering. The manager behind it is `manager`. */
export class ExchangeFeed {
  readonly manager: WebSocketManager
  readonly #emitter: FeedEmitter

  constructor(manager: WebSocketManager, emitter: FeedEmitter) {
    this.manager = manager
    this.#emitter = emitter
  }

  /** The exchange: `acme_spot`. */
  get exchange(): string {
    return this.manager.exchange
  }

  /** Calls `listener` for each event of that name from now on. */
  on<Event extends FeedEvent>(event: Event, listener: FeedListener<Event>): this {
    this.#emitter.on(event, listener)
    return this
  }

  off<Event extends FeedEvent>(event: Event, listener: FeedListener<Event>): this {
    this.#emitter.off(event, listener)
    return this
  }

  /** The messages from now on, pulled. */
  messages<Type extends FeedMessage['type'] = FeedMessage['type']>(
    filter?: MessageFilter<Type>,
  ): MessageStream<FilteredMessage<Type>> {
    return this.manager.messages(filter)
  }

  /** As `WebSocketManager.subscribe`. */
  subscribe(symbols: readonly SymbolInput[], channels?: readonly Channel[]): Promise<void> {
    return this.manager.subscribe(symbols, channels)
  }

  /** As `WebSocketManager.unsubscribe`. */
  unsubscribe(symbols: readonly SymbolInput[], channels?: readonly Channel[]): Promise<void> {
    return this.manager.unsubscribe(symbols, channels)
  }

  /** As `WebSocketManager.orderBook`. */
  orderBook(symbol: SymbolInput): OrderBook | null {
    return this.manager.orderBook(symbol)
  }

  /** As `WebSocketManager.awaitBook`. */
  awaitBook(symbol: SymbolInput, options?: { readonly signal?: AbortSignal }): Promise<OrderBook> {
    return this.manager.awaitBook(symbol, options)
  }

  isConnected(): boolean {
    return this.manager.isConnected()
  }

  getPerformanceMetrics(): PerformanceMetrics {
    return this.manager.getPerformanceMetrics()
  }

  /** Ends everything; resolves when nothing is left. */
  close(): Promise<void> {
    return this.manager.close()
  }
}
