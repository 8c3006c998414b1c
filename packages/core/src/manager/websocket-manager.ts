import type { OrderBook } from '../book/order-book.js'
import { type Clock, systemClock } from '../clock/clock.js'
import { chooseLogger, type Log } from '../config/logger.js'
import { resolveManagerConfig, type WebSocketManagerConfig } from '../config/manager-config.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import { type RejectedStream, SubscriptionError, type SubscriptionErrorCode } from '../errors/subscription-error.js'
import { composeMetrics, type PerformanceMetrics } from '../metrics/performance-metrics.js'
import type { Channel } from '../model/channel.js'
import { ConnectionState } from '../model/connection-state.js'
import { type SymbolInput, toInstrument } from '../model/instrument.js'
import type { FeedMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { StreamState } from '../model/stream-state.js'
import { isPromise } from '../pipeline/is-promise.js'
import type { ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { WebSocketStrategySet } from '../strategy/strategy-set.js'
import type { Stream } from '../strategy/subscription-strategy.js'
import type { RefusedStream } from '../subscription/ledger.js'
import { type BookCounters, BookDesk } from './book-desk.js'
import { checkManagerOptions, type WebSocketManagerOptions } from './manager-options.js'
import { type FilteredMessage, type MessageFilter, MessageStream } from './message-stream.js'
import type { OperationOutcome } from './operation.js'
import { requestedChannels } from './requested-channels.js'
import type { ShardOwner } from './shard.js'
import { ShardPool } from './shard-pool.js'
import { StalenessWatch } from './staleness-watch.js'
import { StreamBoard } from './stream-board.js'

/** What to subscribe to: every channel for every symbol. */
export interface InitializeRequest {
  readonly symbols: readonly SymbolInput[]
  readonly channels: readonly Channel[]
}

/**
 * Streams of one exchange over as many connections as its limits ask for.
 *
 * ```ts
 * const manager = new WebSocketManager({ strategies: acmeSpot.public(), onMessage })
 * await manager.initialize({ symbols: ['BTC/USDT'], channels: ['orderbook', 'trades'] })
 * ```
 */
export class WebSocketManager {
  readonly #strategies: WebSocketStrategySet
  readonly #options: WebSocketManagerOptions
  readonly #config: WebSocketManagerConfig
  readonly #clock: Clock
  readonly #random: () => number
  readonly #log: Log
  readonly #pool: ShardPool
  readonly #board: StreamBoard
  readonly #books: BookDesk | null
  readonly #staleness: StalenessWatch
  readonly #streams = new Set<MessageStream<FeedMessage>>()
  #defaultChannels: readonly Channel[] = []
  #phase: 'new' | 'running' | 'closed' = 'new'
  #closing: Promise<void> | null = null
  #errors = 0

  /** Throws `ERR_INVALID_CONFIG`, naming every mistake together. */
  constructor(options: WebSocketManagerOptions) {
    checkManagerOptions(options)
    this.#options = options
    this.#strategies = options.strategies
    this.#config = resolveManagerConfig(options.config)
    this.#clock = options.clock ?? systemClock
    this.#random = options.random ?? Math.random
    this.#log = chooseLogger(options.logger, options.logLevel).child({ exchange: options.strategies.exchange })
    this.#pool = this.#makePool()
    this.#books = this.#makeBooks()
    this.#board = new StreamBoard(this.#clock, (state) => this.#notify(() => options.onStreamState?.(state)))
    this.#staleness = new StalenessWatch(this.#clock, this.#config.staleAfterMs, (looks, reason) => {
      this.#board.look(looks, reason)
      this.#books?.look(looks, reason)
    })
  }

  /** The exchange this manager is connected to: `acme_spot`. */
  get exchange(): string {
    return this.#strategies.exchange
  }

  /**
   * Connects and subscribes. Resolves when every connection is up and every stream acknowledged.
   * Rejects with the connection's error (`ERR_CONNECTION_REFUSED`, …), and then nothing is left open; or with a `SubscriptionError` naming the refused
   * streams, and then the others are active. Throws `ERR_UNSUPPORTED_CHANNEL`, `ERR_UNKNOWN_CHANNEL`, `ERR_INVALID_SYMBOL` before anything is sent.
   */
  async initialize(request: InitializeRequest): Promise<void> {
    if (this.#phase === 'closed') throw closedError()
    if (this.#phase === 'running') {
      throw new StreamError('ERR_ALREADY_INITIALIZED', 'The manager is initialised already.', {
        hint: 'Use subscribe() to add symbols.',
      })
    }
    const channels = requestedChannels(request?.channels)
    const streams = this.#plan(request.symbols, channels)
    this.#phase = 'running'
    this.#staleness.start()
    this.#defaultChannels = channels
    try {
      await this.#subscribe(streams)
    } catch (thrown) {
      if (!(thrown instanceof SubscriptionError)) await this.#abandon()
      throw thrown
    }
  }

  /**
   * Adds symbols; `channels` defaults to those of `initialize()`. Resolves when the exchange acknowledged every new stream.
   * Rejects with a `SubscriptionError` naming the refused streams; the others stay active. What is subscribed already is left as it is.
   */
  async subscribe(symbols: readonly SymbolInput[], channels?: readonly Channel[]): Promise<void> {
    this.#assertRunning()
    await this.#subscribe(this.#plan(symbols, this.#channelsOr(channels)))
  }

  /** Removes symbols; `channels` defaults to those of `initialize()`. Resolves when the exchange acknowledged. What is not subscribed is ignored. */
  async unsubscribe(symbols: readonly SymbolInput[], channels?: readonly Channel[]): Promise<void> {
    this.#assertRunning()
    const streams = this.#plan(symbols, this.#channelsOr(channels))
    this.#forget(streams)
    this.#throwRefused(await this.#pool.unsubscribe(streams))
  }

  /** Sends a message of the exchange's own protocol: text as it is, anything else as JSON. Goes over the first connection, at the venue's message rate. */
  async sendMessage(message: string | Readonly<Record<string, unknown>>): Promise<void> {
    this.#assertRunning()
    const shard = this.#pool.connected
    if (shard === undefined) {
      throw new StreamError('ERR_CONNECTION_CLOSED', 'No connection is up to send a message over.', {
        hint: 'Wait for onConnectionState to report connected, and send again.',
      })
    }
    shard.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** The messages from now on, pulled: `for await (const trade of manager.messages({ type: MessageType.Trades })) …` Ends when the manager closes. */
  messages<Type extends FeedMessage['type'] = FeedMessage['type']>(
    filter: MessageFilter<Type> = {},
  ): MessageStream<FilteredMessage<Type>> {
    if (this.#phase === 'closed') throw closedError()
    const stream = new MessageStream<FilteredMessage<Type>>(filter, () => this.#streams.delete(held))
    const held = stream as unknown as MessageStream<FeedMessage>
    this.#streams.add(held)
    return stream
  }

  /** Whether every connection is up. */
  isConnected(): boolean {
    const { shards } = this.#pool
    return shards.length > 0 && shards.every((shard) => shard.state === ConnectionState.Connected)
  }

  /** The order book of a subscribed symbol, live or not (its `status` tells); null where there is none. */
  orderBook(symbol: SymbolInput): OrderBook | null {
    return this.#books?.book(toInstrument(symbol)) ?? null
  }

  /**
   * The order book, once it is live; its snapshot goes before others. Rejects with the signal's reason, with `ERR_UNKNOWN_STREAM` where the symbol's
   * order book is not subscribed, with `ERR_CLOSED`, and with the exchange's error where no snapshot can be had.
   */
  async awaitBook(symbol: SymbolInput, options: { readonly signal?: AbortSignal } = {}): Promise<OrderBook> {
    const pair = toInstrument(symbol)
    if (this.#books === null) {
      throw new StreamError('ERR_UNKNOWN_STREAM', `No order books are kept for ${this.exchange}.`, {
        hint: 'Leave the option books out, or use an exchange whose adapter has book rules.',
      })
    }
    return this.#books.awaitBook(pair, options.signal)
  }

  /** The state of one stream; null where it is not subscribed. The state of an order book stream is that of its book. */
  streamState(symbol: SymbolInput | null, channel: Channel): StreamState | null {
    if (channel === 'orderbook' && symbol !== null && this.#books !== null) return this.orderBook(symbol)?.state ?? null
    return this.#board.stateOf(symbol === null ? null : toInstrument(symbol), channel)
  }

  /** The state of every subscribed stream. */
  streamStates(): readonly StreamState[] {
    return [...(this.#books?.states() ?? []), ...this.#board.states]
  }

  getPerformanceMetrics(): PerformanceMetrics {
    const now = this.#clock.now()
    const totals = composeMetrics(
      this.#pool.shards.map((shard) => shard.metricsSource()),
      now,
    )
    return {
      ...totals,
      ...(this.#books?.counters ?? noBooks),
      errorCount: this.#errors + totals.connectionFailures,
      decoderFallbacks: Object.fromEntries(this.#strategies.messageParser.fallbacks ?? []),
      connections: this.#pool.shards.map((shard) => shard.metrics(now)),
    }
  }

  /** Ends everything: connections, timers, message streams, what the venue holds for us. Idempotent; resolves when nothing is left. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#phase = 'closed'
    this.#staleness.stop()
    await this.#pool.close()
    this.#books?.close()
    for (const stream of this.#streams) stream.end()
    this.#streams.clear()
    try {
      await this.#strategies.connectionStrategy.release?.()
    } catch (thrown) {
      this.#reportError(
        toStreamError(
          thrown,
          'ERR_REST_FAILED',
          'What the exchange holds for this connection could not be given back.',
        ),
      )
    }
    this.#log.debug({ event: 'closed' })
  }

  /** Initialising failed: nothing is left open, and it may be tried again. */
  async #abandon(): Promise<void> {
    this.#forget(this.#pool.wanted)
    this.#staleness.stop()
    if (this.#phase === 'running') this.#phase = 'new'
    await this.#pool.clear()
  }

  #plan(symbols: readonly SymbolInput[], channels: readonly Channel[]): readonly Stream[] {
    if (symbols !== undefined && !Array.isArray(symbols)) {
      throw new StreamError('ERR_INVALID_SYMBOL', 'The symbols are not a list.', { hint: "Pass ['BTC/USDT']." })
    }
    const pairs = [...new Set((symbols ?? []).map((symbol) => toInstrument(symbol)))]
    return this.#strategies.subscriptionStrategy.plan({ symbols: pairs, channels })
  }

  async #subscribe(streams: readonly Stream[]): Promise<void> {
    this.#expect(streams)
    this.#throwRefused(await this.#pool.subscribe(streams))
  }

  readonly #shardOwner: ShardOwner = {
    deliver: (message, isLate) => this.#deliver(message, isLate),
    dropped: (shard, message) => {
      const { channel, symbol } = message
      if (message.type === MessageType.Orderbook) {
        this.#books?.reset(
          shard.wanted.filter((stream) => stream.symbol === symbol),
          'an update was dropped',
        )
      }
      if (channel !== null) this.#board.markOne(symbol, channel, 'gapped', 'a message was dropped')
      this.#notify(() => this.#options.onDrop?.({ exchange: this.exchange, connectionId: shard.id, channel, symbol }))
    },
    onError: (error) => this.#reportError(error),
    onStateChange: (shard, { state, previous, error }) => {
      this.#log.debug({ event: 'connection-state', connectionId: shard.id, state, previous })
      this.#notify(() =>
        this.#options.onConnectionState?.({ exchange: this.exchange, connectionId: shard.id, state, previous, error }),
      )
      if (state === ConnectionState.Error && error !== null && error.code === 'ERR_RECONNECT_EXHAUSTED')
        this.#reportError(error)
    },
    onLost: (shard, error) => {
      const reason = `connection lost (${error.code})`
      this.#books?.interrupt(shard.wanted, reason)
      this.#board.mark(shard.wanted, 'gapped', reason)
    },
    onAccepted: (streams) => this.#books?.confirm(streams),
    onUnreadable: (shard, wireChannel) =>
      this.#books?.reset(
        // Some exchanges name the stream itself where others name the channel of many.
        shard.wanted.filter((stream) => stream.wireChannel === wireChannel || stream.id === wireChannel),
        'an update could not be read',
      ),
    onRestoring: (shard) => this.#board.mark(shard.wanted, 'syncing', 'waiting for the first message'),
    onRefused: (_shard, refused) => {
      this.#board.mark(
        refused.map(({ stream }) => stream),
        'gapped',
        'refused by the exchange',
      )
      this.#reportError(this.#subscriptionError('ERR_SUBSCRIPTION_REJECTED', refused))
    },
  }

  /** These streams are wanted from now on. */
  #expect(streams: readonly Stream[]): void {
    this.#books?.track(streams)
    this.#board.add(this.#books === null ? streams : streams.filter((stream) => stream.channel !== 'orderbook'))
  }

  #forget(streams: readonly Stream[]): void {
    this.#books?.untrack(streams)
    this.#board.remove(streams)
  }

  #makePool(): ShardPool {
    const { connectionStrategy } = this.#strategies
    return new ShardPool({
      environment: {
        strategies: this.#strategies,
        config: this.#config,
        policy: reconnectionPolicy(connectionStrategy.reconnectionPolicy, this.#options.config),
        clock: this.#clock,
        random: this.#random,
      },
      owner: this.#shardOwner,
      log: this.#log,
      onUncarried: (streams) => this.#forget(streams),
    })
  }

  #makeBooks(): BookDesk | null {
    const { bookRules } = this.#strategies
    const { books = {} } = this.#options
    if (bookRules === null || books === false) return null
    return new BookDesk({
      rules: bookRules,
      clock: this.#clock,
      random: this.#random,
      options: books,
      onState: (state) => this.#notify(() => this.#options.onStreamState?.(state)),
      onEvent: (event) => {
        this.#log.info({ event: `book-${event.kind}`, symbol: event.symbol.name })
        this.#notify(() => this.#options.onBookEvent?.(event))
      },
      onRateLimited: (error) => this.#reportError(error),
      resubscribe: (stream, onEnded) => this.#resubscribe(stream, onEnded),
    })
  }

  /** A book's stream must start over. Nothing to do while there is no connection: the replay will start it. */
  async #resubscribe(stream: Stream, onEnded: () => void): Promise<void> {
    const shard = this.#pool.carrierOf(stream)
    if (shard === undefined || shard.state !== ConnectionState.Connected) return
    this.#throwRefused([await shard.resubscribe([stream], onEnded)])
  }

  #deliver(message: FeedMessage, isLate: boolean): void | PromiseLike<void> {
    // What an earlier connection read is the user's, but says nothing about how things stand now.
    if (!isLate) {
      if (message.type === MessageType.Orderbook && this.#books !== null) this.#books.apply(message)
      else this.#board.touch(message)
    }
    if (this.#streams.size === 0) return this.#options.onMessage?.(message)
    return this.#deliverBeside(message)
  }

  /** To the pulled streams and to the handler. One that throws takes nothing from the other, nor the room it asks for. */
  #deliverBeside(message: FeedMessage): void | PromiseLike<void> {
    const held: PromiseLike<void>[] = []
    for (const stream of this.#streams) {
      const room = stream.push(message)
      if (room !== undefined) held.push(room)
    }
    if (held.length === 0) return this.#options.onMessage?.(message)
    const room = Promise.all(held)
    const handled = (async () => this.#options.onMessage?.(message))()
    return handled.then(
      () => room.then(() => {}),
      (thrown) => room.then(() => Promise.reject(thrown)),
    )
  }

  #throwRefused(outcomes: readonly OperationOutcome[]): void {
    const refused = outcomes.flatMap((outcome) => outcome.refused)
    if (refused.length > 0) throw this.#subscriptionError(refusalCode(refused), refused)
    const unanswered = outcomes.flatMap((outcome) => outcome.unanswered)
    if (unanswered.length > 0) throw this.#subscriptionError('ERR_ACKNOWLEDGEMENT_TIMEOUT', unanswered)
  }

  #subscriptionError(code: SubscriptionErrorCode, refused: readonly RefusedStream[]): SubscriptionError {
    const rejected: RejectedStream[] = refused.map(({ stream, refusal }) => ({
      symbol: stream.symbol?.name ?? null,
      channel: stream.channel,
      exchangeCode: refusal.exchangeCode,
      reason: refusal.reason,
    }))
    const active = this.#pool.shards.reduce((count, shard) => count + shard.size, 0)
    return new SubscriptionError(code, this.exchange, rejected, active)
  }

  #reportError(error: StreamError): void {
    this.#errors += 1
    this.#log.warn({ event: 'error', code: error.code, message: error.shortMessage })
    this.#notify(() => this.#options.onError?.(error))
  }

  /** A callback of the user's that throws or rejects must not end what called it. */
  #notify(call: () => unknown): void {
    const fail = (thrown: unknown): void =>
      this.#log.error({ event: 'callback-failed', error: thrown instanceof Error ? thrown.message : String(thrown) })
    try {
      const returned = call()
      if (isPromise(returned)) returned.then(undefined, fail)
    } catch (thrown) {
      fail(thrown)
    }
  }

  #channelsOr(channels: readonly Channel[] | undefined): readonly Channel[] {
    return channels === undefined ? this.#defaultChannels : requestedChannels(channels)
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

function refusalCode(refused: readonly RefusedStream[]): SubscriptionErrorCode {
  return refused.map(({ refusal }) => refusal.code).find((code) => code !== undefined) ?? 'ERR_SUBSCRIPTION_REJECTED'
}

const noBooks: BookCounters = { books: 0, liveBooks: 0, gaps: 0, resyncs: 0, crossedBooks: 0, divergences: 0 }

function closedError(): StreamError {
  return new StreamError('ERR_CLOSED', 'The manager is closed.', { hint: 'Create a new one.' })
}

/** The exchange's policy, with what the user set explicitly. */
function reconnectionPolicy(
  policy: ReconnectionPolicy,
  config: Partial<WebSocketManagerConfig> = {},
): ReconnectionPolicy {
  return {
    ...policy,
    ...(config.maxReconnectAttempts === undefined ? {} : { maxAttempts: config.maxReconnectAttempts }),
    ...(config.reconnectDelayMs === undefined ? {} : { initialDelayMs: config.reconnectDelayMs }),
  }
}
