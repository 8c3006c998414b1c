import { abortable } from '../clock/abortable.js'
import { type WaitOptions, waitOptionsChecker } from '../config/wait-options.js'
import type { FrameEvent } from '../connection/frame-tap.js'
import { StreamError } from '../errors/stream-error.js'
import { type RejectedStream, SubscriptionError } from '../errors/subscription-error.js'
import type { FlightEvent } from '../flight/flight-recorder.js'
import type { Group } from '../group/group.js'
import type { PerformanceMetrics } from '../metrics/performance-metrics.js'
import type { Alert } from '../model/alert.js'
import { type Channel, toChannel } from '../model/channel.js'
import { ConnectionState } from '../model/connection-state.js'
import { showAs } from '../model/inspection.js'
import { type SymbolInput, toInstrument } from '../model/instrument.js'
import type { ReplyData } from '../model/message.js'
import type { OrderBook } from '../model/order-book.js'
import { type StreamState, stateOf } from '../model/stream.js'
import { checkReplyOptions, type ReplyOptions } from '../session/replies.js'
import type { BookRules } from '../strategy/book-rules.js'
import type { FilteredMessage, MessageStream, PullOptions } from '../stream/message-stream.js'
import type { Ask, Want } from '../stream/stream-states.js'
import type { ResponseEvent } from '../transport/answer-tap.js'
import { closedError } from './closed-error.js'
import { inspectManager } from './inspect-manager.js'
import { checkManagerOptions, type WebSocketManagerOptions } from './manager-options.js'
import { ManagerParts } from './manager-parts.js'
import { ownMessage, ownRequest } from './own-protocol.js'
import {
  type AskDefaults,
  type InitializeRequest,
  nothingPlanned,
  planWants,
  readAsks,
  readRequest,
  requestedChannels,
  type SymbolEntry,
} from './plan.js'
import { checkInitializeRequest } from './start-options.js'

const checkBookWait = waitOptionsChecker('The options of awaitBook are not valid')
const checkSubscribeWait = waitOptionsChecker('The options of a subscription are not valid')

/**
 * Streams of one exchange over as many connections as its limits ask for.
 *
 * ```ts
 * const manager = new WebSocketManager({ strategies: acmeSpot.public(), onMessage })
 * await manager.initialize({ symbols: ['BTC/USDT'], channels: ['orderbook', 'trades'] })
 * ```
 */
export class WebSocketManager {
  readonly #parts: ManagerParts
  /** What `initialize()` asked of every symbol. */
  #defaults: AskDefaults = { channels: null, candleIntervals: null }
  #phase: 'new' | 'running' | 'closed' = 'new'
  #closing: Promise<void> | null = null

  /**
   * Throws `ERR_INVALID_CONFIG`, naming every mistake together; `ERR_INVALID_STRATEGY` for strategies that were not built as a set; `ERR_STRATEGIES_IN_USE` where
   * another manager has them, or a set that shares their subscription strategy or parser.
   */
  constructor(options: WebSocketManagerOptions) {
    checkManagerOptions(options)
    this.#parts = new ManagerParts(options)
  }

  /** The exchange this manager is connected to: `acme_spot`. */
  get exchange(): string {
    return this.#parts.strategies.exchange
  }

  /** How this exchange keeps an order book true, for whoever passes books on; null where it has no books, or none are kept here. */
  get bookRules(): BookRules | null {
    return this.#parts.keepers.books === null ? null : this.#parts.strategies.bookRules
  }

  /**
   * Connects and subscribes. Resolves when every connection is up and every stream acknowledged.
   * Rejects with the connection's error (`ERR_CONNECTION_REFUSED`, …; with `retry`, `ERR_RECONNECT_EXHAUSTED`) or the signal's reason, and then nothing is left open; or with a
   * `SubscriptionError` naming the refused streams, and then the others are active; with `onRefused: 'continue'` only where there are no others.
   * Throws `ERR_INVALID_CONFIG`, `ERR_UNSUPPORTED_CHANNEL`, `ERR_UNKNOWN_CHANNEL`, `ERR_INVALID_SYMBOL`, `ERR_UNSUPPORTED_OPTION` (candles of a width that the exchange does
   * not have) before anything is sent.
   *
   * @example
   * await manager.initialize({
   *   symbols: ['BTC/USDT', { symbol: 'ETH/USDT', channels: ['candles'], candleIntervals: ['1m', '1h'] }],
   *   channels: ['orderbook', 'trades'],
   * })
   */
  async initialize(request: InitializeRequest): Promise<void> {
    if (this.#phase === 'closed') throw closedError()
    if (this.#phase === 'running') {
      throw new StreamError('ERR_ALREADY_INITIALIZED', 'The manager is initialised already.', {
        hint: 'Use subscribe() to add symbols.',
      })
    }
    const checked = checkInitializeRequest(request)
    const { onRefused, retry, signal } = checked
    const { defaults, asks } = readRequest(checked)
    const wants = this.#plan(asks)
    if (wants.length === 0) throw nothingPlanned(asks)
    signal?.throwIfAborted()
    this.#phase = 'running'
    this.#parts.lookout.start()
    this.#defaults = defaults
    try {
      await abortable(this.#parts.subscriptions.start(wants, retry).answered, signal)
    } catch (thrown) {
      if (!(thrown instanceof SubscriptionError)) await this.#abandon(thrown)
      else if (onRefused === 'continue' && this.#parts.keepers.states.wanted.length > 0) {
        this.#parts.keepers.announcer.report(thrown)
        return
      }
      throw thrown
    }
  }

  /**
   * Adds symbols; `channels` defaults to those of `initialize()`, and a symbol may name its own. Resolves when the exchange acknowledged every new stream.
   * Where their connection is away, or a further one that they need cannot be made yet, that is once it is there. Rejects with a `SubscriptionError` that names every stream which is not there, and why; the others stay active: the refused
   * ones, those that were not acknowledged in time, and those whose connection was given up (`ERR_RECONNECT_EXHAUSTED`) or closed (`ERR_CLOSED`) before. Rejects with the
   * signal's reason: what this call added is taken back. What is subscribed already is left as it is.
   */
  async subscribe(
    symbols: readonly SymbolEntry[],
    channels?: readonly Channel[],
    options: WaitOptions = {},
  ): Promise<void> {
    checkSubscribeWait(options)
    this.#assertRunning()
    const defaults =
      channels === undefined ? this.#defaults : { ...this.#defaults, channels: requestedChannels(channels) }
    const wants = this.#plan(readAsks(symbols, defaults))
    const { signal } = options
    signal?.throwIfAborted()
    const call = this.#parts.subscriptions.ask(wants)
    try {
      await abortable(call.answered, signal)
    } catch (thrown) {
      if (signal?.aborted === true && thrown === signal.reason) this.#parts.subscriptions.takeBack(call.own)
      throw thrown
    }
  }

  /**
   * Removes these channels of the symbols, or everything of them where none is named; of their candles the intervals that a symbol names, or all. Resolves when the
   * exchange acknowledged. What is not subscribed is ignored. The signal ends the wait alone: what was begun is removed all the same.
   *
   * @example
   * await manager.unsubscribe([{ symbol: 'ETH/USDT', channels: ['candles'], candleIntervals: ['1m'] }])
   */
  async unsubscribe(
    symbols: readonly SymbolEntry[],
    channels?: readonly Channel[],
    options: WaitOptions = {},
  ): Promise<void> {
    checkSubscribeWait(options)
    this.#assertRunning()
    const named = channels === undefined ? null : requestedChannels(channels)
    const asks = readAsks(symbols, { channels: named, candleIntervals: null })
    const wants = this.#parts.keepers.states.wantsOf(asks)
    options.signal?.throwIfAborted()
    this.#parts.keepers.refusals.giveBack(asks)
    await abortable(this.#parts.subscriptions.giveBack(wants), options.signal)
  }

  /**
   * Sends a message of the exchange's own protocol: text as it is, anything else as JSON. Goes over the first connection, at the exchange's message rate.
   * Resolves once it went out; rejects with `ERR_CONNECTION_CLOSED` where no connection is up, or it ended before, and with `ERR_NOT_SENT` where 1,000 messages wait already.
   */
  async sendMessage(message: string | Readonly<Record<string, unknown>>): Promise<void> {
    const payload = ownMessage(message)
    await this.#connected().send(payload)
  }

  /**
   * Sends a request of the exchange's own protocol and resolves with its answer, whatever that says (`ok`). The request id is put in by the adapter.
   * Rejects with `ERR_CONNECTION_CLOSED` and `ERR_NOT_SENT` (its turn did not come within `timeoutMs`, or 1,000 messages wait already) where nothing was sent, nor will be;
   * `ERR_REPLY_TIMEOUT` and `ERR_OUTCOME_UNKNOWN` where it was, and nobody knows what became of it; `ERR_UNSUPPORTED_OPTION` where the exchange's answers name no request; `ERR_INVALID_CONFIG` for options that cannot be meant; the signal's reason, after which what still waited is not sent.
   *
   * @example
   * const { ok, payload } = await manager.request({ channel: 'spot.login', event: 'api', payload: {} }, { timeoutMs: 5_000 })
   */
  async request(payload: Readonly<Record<string, unknown>>, options: ReplyOptions = {}): Promise<ReplyData> {
    checkReplyOptions(options)
    options.signal?.throwIfAborted()
    const group = this.#connected()
    const { requestId, text } = ownRequest(this.#parts.strategies, payload, () => this.#parts.nextRequestId())
    return group.request(requestId, text, options)
  }

  /**
   * The messages from now on, pulled: `for await (const trade of manager.messages({ channel: 'trades' })) …` Ends when the manager closes. Throws, in the loop and after
   * what is held, `ERR_RECONNECT_EXHAUSTED` where every connection that brings them was given up (unsubscribing ends no loop: one may subscribe again), and the signal's reason.
   * Throws `ERR_INVALID_CONFIG`, `ERR_UNKNOWN_CHANNEL` or `ERR_INVALID_SYMBOL` for options that cannot be meant.
   */
  messages<const Options extends PullOptions = Record<never, never>>(
    options: Options = {} as Options,
  ): MessageStream<FilteredMessage<Options>> {
    if (this.#phase === 'closed') throw closedError()
    return this.#parts.pulled.open(options)
  }

  /**
   * Shows every frame from now on, in and out and of each connection, to `listener`, as the option `onFrame` does from the first one; returns what ends it.
   * Throws `ERR_INVALID_CONFIG` for a listener that is no function.
   *
   * @example
   * const stop = manager.tapFrames(({ direction, data }) => console.log(direction, data))
   */
  tapFrames(listener: (frame: FrameEvent) => unknown): () => void {
    return this.#parts.wire.tapFrames(listener, this.#parts.keepers.announcer)
  }

  /**
   * Shows the answer to every REST request from now on (snapshots of order books, what is fetched of gaps, listen keys) to `listener`, as the option `onResponse` does from
   * the first one; returns what ends it. Throws `ERR_INVALID_CONFIG` for a listener that is no function.
   */
  tapResponses(listener: (response: ResponseEvent) => unknown): () => void {
    return this.#parts.wire.tapResponses(listener, this.#parts.keepers.announcer)
  }

  /**
   * Writes down what the flight recorder has (`flightRecorder`), to `path`, which ends in `.jsonl` and must not be there, or into its folder: the last seconds of frames and REST answers of every connection, and the
   * order books that they follow on. Also once the manager is closed. Rejects with `ERR_INVALID_CONFIG` where there is no flight recorder, or neither path nor folder, and with `ERR_FLIGHT_UNWRITABLE`.
   */
  async dumpFlight(path?: string): Promise<FlightEvent> {
    return this.#parts.wire.recorder.dump(path)
  }

  /** Whether every connection is up; with `redundancy: 2`, one of each two that carry the same streams. */
  isConnected(): boolean {
    const { all } = this.#parts.keepers.groups
    return all.length > 0 && all.every((group) => group.state === ConnectionState.Connected)
  }

  /** The order book of a subscribed symbol, live or not (its `status` tells); null where there is none. */
  orderBook(symbol: SymbolInput): OrderBook | null {
    return this.#parts.keepers.books?.book(toInstrument(symbol)) ?? null
  }

  /**
   * The order book, once it is live; its snapshot goes before others. It settles in every end: rejects with the signal's reason, with `ERR_UNKNOWN_STREAM` where the symbol's
   * order book is not subscribed or no longer, with the `SubscriptionError` where it was refused, with `ERR_RECONNECT_EXHAUSTED` where its connection was given up, with `ERR_CLOSED`,
   * with `ERR_INVALID_CONFIG` for unknown options, and with the exchange's error where no snapshot can be had.
   */
  async awaitBook(symbol: SymbolInput, options: WaitOptions = {}): Promise<OrderBook> {
    checkBookWait(options)
    const instrument = toInstrument(symbol)
    if (this.#phase === 'closed') throw closedError()
    if (this.#parts.keepers.books === null) {
      throw new StreamError('ERR_UNKNOWN_STREAM', `No order books are kept for ${this.exchange}.`, {
        hint: 'Leave the option books out, or use an exchange whose adapter has book rules.',
      })
    }
    const end = this.#parts.subscriptions.endOfBook(instrument)
    if (end !== null) throw end
    return this.#parts.keepers.books.awaitBook(instrument, options.signal)
  }

  /**
   * The state of the stream that brings a channel of a symbol; null where it is not subscribed. Where several do (candles of 1m and of 1h), `params` says
   * which is meant: `{ interval: '1h' }`. The state of a stream whose order book is wanted and kept is that of the book. Throws `ERR_UNKNOWN_CHANNEL` and `ERR_INVALID_SYMBOL`.
   */
  streamState(
    symbol: SymbolInput | null,
    channel: Channel,
    params?: Readonly<Record<string, string>>,
  ): StreamState | null {
    const instrument = symbol === null ? null : toInstrument(symbol)
    const stream = this.#parts.keepers.states.find(instrument, toChannel(channel), params)
    return stream === null ? null : stateOf(stream)
  }

  /** The state of every subscribed stream. */
  streamStates(): readonly StreamState[] {
    return this.#parts.keepers.states.wanted.map(stateOf)
  }

  /** The streams that the exchange refused, or never acknowledged, until they are asked for again or unsubscribed. */
  get refused(): readonly RejectedStream[] {
    return this.#parts.keepers.refusals.all
  }

  /** What a person should know of now, at most one of a kind. Of a manager that is closed, what was so at its end: nothing is told then, since nothing is well again. */
  get alerts(): readonly Alert[] {
    return this.#parts.lookout.alerts?.active ?? []
  }

  /** Counters, rates and times as they are now, of all connections together and of each; also of a manager that is closed. */
  getPerformanceMetrics(): PerformanceMetrics {
    return this.#parts.lookout.metrics.present
  }

  /** Ends everything: connections, timers, pulled messages, what the exchange holds for us. Idempotent; resolves when nothing is left. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** As `close`, at the end of a block that has the manager by `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #close(): Promise<void> {
    this.#phase = 'closed'
    return this.#parts.close()
  }

  /** Initialising failed: nothing is left open, and it may be tried again. */
  async #abandon(reason: unknown): Promise<void> {
    this.#parts.subscriptions.abandon(reason)
    await this.#parts.lookout.stop()
    if (this.#phase === 'running') this.#phase = 'new'
    await this.#parts.keepers.groups.clear()
    // Otherwise whoever closed it meanwhile sees to that.
    if (this.#closing === null) await this.#parts.release()
  }

  #plan(asks: readonly Ask[]): readonly Want[] {
    return planWants(this.#parts.strategies.subscriptionStrategy, asks)
  }

  #connected(): Group {
    this.#assertRunning()
    const group = this.#parts.keepers.groups.connected
    if (group !== undefined) return group
    throw new StreamError('ERR_CONNECTION_CLOSED', 'No connection is up to send a message over.', {
      hint: 'Wait for onConnectionState to report connected, and send again.',
    })
  }

  #assertRunning(): void {
    if (this.#phase === 'closed') throw closedError()
    if (this.#phase === 'new') {
      throw new StreamError('ERR_NOT_INITIALIZED', 'The manager is not connected yet.', {
        hint: 'Await initialize() first.',
      })
    }
  }
}

showAs(WebSocketManager.prototype, (manager) => inspectManager('WebSocketManager', manager))
