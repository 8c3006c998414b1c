import type { RejectedStream } from '../errors/subscription-error.js'
import type { WaitOptions, WebSocketManager } from '../manager/websocket-manager.js'
import type { PerformanceMetrics } from '../metrics/performance-metrics.js'
import type { Channel } from '../model/channel.js'
import type { SymbolInput } from '../model/instrument.js'
import type { ReplyData } from '../model/message.js'
import type { OrderBook } from '../model/order-book.js'
import type { ReplyOptions } from '../session/replies.js'
import type { FilteredMessage, MessageStream, PullOptions } from '../stream/message-stream.js'
import type { FeedEmitter } from './feed-emitter.js'
import type { FeedEvent, FeedListener } from './feed-events.js'

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

  /** Calls `listener` for each event of that name from now on. Throws `ERR_INVALID_CONFIG` for an event that does not exist, and for a listener that is no function. */
  on<Event extends FeedEvent>(event: Event, listener: FeedListener<Event>): this {
    this.#emitter.on(event, listener)
    return this
  }

  /** Calls `listener` for that event no more. Throws as `on` does. */
  off<Event extends FeedEvent>(event: Event, listener: FeedListener<Event>): this {
    this.#emitter.off(event, listener)
    return this
  }

  /** As `WebSocketManager.messages`. */
  messages<const Options extends PullOptions = Record<never, never>>(
    options?: Options,
  ): MessageStream<FilteredMessage<Options>> {
    return this.manager.messages(options)
  }

  /** As `WebSocketManager.request`. */
  request(payload: Readonly<Record<string, unknown>>, options?: ReplyOptions): Promise<ReplyData> {
    return this.manager.request(payload, options)
  }

  /** As `WebSocketManager.subscribe`. */
  subscribe(symbols: readonly SymbolInput[], channels?: readonly Channel[], options?: WaitOptions): Promise<void> {
    return this.manager.subscribe(symbols, channels, options)
  }

  /** As `WebSocketManager.unsubscribe`. */
  unsubscribe(symbols: readonly SymbolInput[], channels?: readonly Channel[], options?: WaitOptions): Promise<void> {
    return this.manager.unsubscribe(symbols, channels, options)
  }

  /** As `WebSocketManager.orderBook`. */
  orderBook(symbol: SymbolInput): OrderBook | null {
    return this.manager.orderBook(symbol)
  }

  /** As `WebSocketManager.awaitBook`. */
  awaitBook(symbol: SymbolInput, options?: WaitOptions): Promise<OrderBook> {
    return this.manager.awaitBook(symbol, options)
  }

  /** As `WebSocketManager.refused`. */
  get refused(): readonly RejectedStream[] {
    return this.manager.refused
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

  /** As `close`, at the end of a block that has the feed by `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
