import type { WaitOptions } from '../config/wait-options.js'
import type { RejectedStream } from '../errors/subscription-error.js'
import type { FlightEvent } from '../flight/flight-recorder.js'
import { inspectManager } from '../manager/inspect-manager.js'
import type { SymbolEntry } from '../manager/plan.js'
import type { WebSocketManager } from '../manager/websocket-manager.js'
import type { PerformanceMetrics } from '../metrics/performance-metrics.js'
import type { Alert } from '../model/alert.js'
import type { Channel } from '../model/channel.js'
import { showAs } from '../model/inspection.js'
import type { SymbolInput } from '../model/instrument.js'
import type { ReplyData } from '../model/message.js'
import type { OrderBook } from '../model/order-book.js'
import type { StreamState } from '../model/stream.js'
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

  /**
   * Calls `listener` for each event of that name from now on, and returns what ends it. Throws `ERR_INVALID_CONFIG` for an event that does not exist, and for a
   * listener that is no function.
   *
   * @example
   * const stop = feed.on('trades', ({ data }) => console.log(data))
   * stop()
   */
  on<Event extends FeedEvent>(event: Event, listener: FeedListener<Event>): () => void {
    return this.#emitter.on(event, listener)
  }

  /** Calls `listener` for the next event of that name alone, and returns what makes it not wait any more. Throws as `on` does. */
  once<Event extends FeedEvent>(event: Event, listener: FeedListener<Event>): () => void {
    return this.#emitter.once(event, listener)
  }

  /** Calls `listener` for that event no more, however it was added. Throws as `on` does. */
  off<Event extends FeedEvent>(event: Event, listener: FeedListener<Event>): void {
    this.#emitter.off(event, listener)
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
  subscribe(symbols: readonly SymbolEntry[], channels?: readonly Channel[], options?: WaitOptions): Promise<void> {
    return this.manager.subscribe(symbols, channels, options)
  }

  /** As `WebSocketManager.unsubscribe`. */
  unsubscribe(symbols: readonly SymbolEntry[], channels?: readonly Channel[], options?: WaitOptions): Promise<void> {
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

  /** As `WebSocketManager.streamState`. */
  streamState(
    symbol: SymbolInput | null,
    channel: Channel,
    params?: Readonly<Record<string, string>>,
  ): StreamState | null {
    return this.manager.streamState(symbol, channel, params)
  }

  /** As `WebSocketManager.streamStates`. */
  streamStates(): readonly StreamState[] {
    return this.manager.streamStates()
  }

  /** As `WebSocketManager.alerts`. */
  get alerts(): readonly Alert[] {
    return this.manager.alerts
  }

  /** As `WebSocketManager.isConnected`. */
  isConnected(): boolean {
    return this.manager.isConnected()
  }

  /** As `WebSocketManager.dumpFlight`. */
  dumpFlight(path?: string): Promise<FlightEvent> {
    return this.manager.dumpFlight(path)
  }

  /** As `WebSocketManager.getPerformanceMetrics`. */
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

showAs(ExchangeFeed.prototype, ({ manager }) => inspectManager('ExchangeFeed', manager))
