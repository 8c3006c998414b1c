import { resolveBookOptions } from '../book/book-options.js'
import { systemClock, systemRandom } from '../clock/clock.js'
import { isPromise } from '../clock/is-promise.js'
import { canGenerateCode } from '../config/code-generation.js'
import { defaultSocketSettings, resolveSocketSettings } from '../config/endpoint-options.js'
import { chooseLogger, showsWarnings } from '../config/logger.js'
import { resolveManagerConfig, type WebSocketManagerConfig } from '../config/manager-config.js'
import { waitOptionsChecker } from '../config/wait-options.js'
import { ConnectionParsers } from '../connection/connection-parsers.js'
import { askStrategy, callStrategy, invalidStrategy } from '../connection/strategy-fault.js'
import { handlerError } from '../errors/handler-error.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import { type RejectedStream, SubscriptionError, type SubscriptionErrorCode } from '../errors/subscription-error.js'
import { UnheardErrors } from '../errors/unheard-errors.js'
import type { Group, GroupOwner } from '../group/group.js'
import { Groups } from '../group/groups.js'
import { composeMetrics, type PerformanceMetrics } from '../metrics/performance-metrics.js'
import { type Channel, toChannel } from '../model/channel.js'
import { ConnectionState } from '../model/connection-state.js'
import { type SymbolInput, toInstrument } from '../model/instrument.js'
import type { FeedMessage, ReplyData } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { OrderBook } from '../model/order-book.js'
import { type Stream, type StreamState, stateOf } from '../model/stream.js'
import type { RefusedStream } from '../session/ledger.js'
import { checkReplyOptions, type ReplyOptions } from '../session/replies.js'
import type { SessionEvent } from '../session/session-events.js'
import type { SubscriptionOutcome } from '../session/waits.js'
import type { ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { StrategyEnv } from '../strategy/env.js'
import { assertStrategySet, claimStrategies, type WebSocketStrategySet } from '../strategy/strategy-set.js'
import { type FilteredMessage, type MessageFilter, MessageStream } from '../stream/message-stream.js'
import { StreamStates, type Want } from '../stream/stream-states.js'
import { type BookCounters, ManagerBooks } from './manager-books.js'
import {
  callbackOf,
  checkManagerOptions,
  type ManagerEvent,
  type ManagerEvents,
  type WebSocketManagerOptions,
} from './manager-options.js'
import { planWants, requestedChannels } from './plan.js'

const checkBookWait = waitOptionsChecker('The options of awaitBook are not valid')

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
  readonly #env: StrategyEnv
  /** Ends whatever the strategies are still at, when closed. */
  readonly #life = new AbortController()
  readonly #parsers: ConnectionParsers
  readonly #groups: Groups
  readonly #states: StreamStates
  readonly #books: ManagerBooks | null
  /** Null where the log shows what nobody listens to. */
  readonly #unheard: UnheardErrors | null
  readonly #pulled = new Set<MessageStream<FeedMessage>>()
  #defaultChannels: readonly Channel[] = []
  #phase: 'new' | 'running' | 'closed' = 'new'
  #closing: Promise<void> | null = null
  #lastRequestId = 0
  #errors = 0

  /**
   * Throws `ERR_INVALID_CONFIG`, naming every mistake together; `ERR_INVALID_STRATEGY` for strategies that were not built as a set; `ERR_STRATEGIES_IN_USE` where
   * another manager has them, or a set that shares their subscription strategy or parser.
   */
  constructor(options: WebSocketManagerOptions) {
    checkManagerOptions(options)
    const { strategies, clock = systemClock, random = systemRandom, agent } = options
    assertStrategySet(strategies)
    this.#options = options
    this.#strategies = strategies
    this.#config = resolveManagerConfig(options.config)
    this.#env = {
      signal: this.#life.signal,
      clock,
      random,
      log: chooseLogger(options.logger, options.logLevel).child({ exchange: strategies.exchange }),
      report: (error) => this.#reportError(error),
      socket: resolveSocketSettings(strategies.socket, { ...defaultSocketSettings, agent }),
    }
    this.#unheard = showsWarnings(options.logger, options.logLevel) ? null : new UnheardErrors(strategies.exchange)
    this.#books = this.#makeBooks()
    this.#states = new StreamStates({
      clock,
      staleAfterMs: this.#config.staleAfterMs,
      onChange: (state) => this.#tell('stream', state),
      isBook: (stream) => this.#books?.has(stream) === true,
      onStaleBook: (stream, reason) => this.#books?.markStale(stream, reason),
    })
    this.#parsers = new ConnectionParsers(strategies.messageParser)
    this.#groups = this.#makeGroups()
    claimStrategies(strategies)
    if (!canGenerateCode) this.#env.log.warn({ event: 'no-fast-decoders', reason: 'code may not be made from strings' })
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
    const wants = this.#plan(request.symbols, channels)
    this.#phase = 'running'
    this.#states.startChecking()
    this.#defaultChannels = channels
    try {
      await this.#subscribe(wants)
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
    const wants = this.#plan(symbols, this.#channelsOr(channels))
    this.#books?.untrack(wants)
    const ended = this.#states.unwant(wants)
    this.#throwRefused(await this.#groups.unsubscribe(ended))
  }

  /**
   * Sends a message of the exchange's own protocol: text as it is, anything else as JSON. Goes over the first connection, at the exchange's message rate.
   * Resolves once it went out; rejects with `ERR_CONNECTION_CLOSED` where no connection is up, or it ended before.
   */
  async sendMessage(message: string | Readonly<Record<string, unknown>>): Promise<void> {
    const payload: unknown = typeof message === 'string' ? message : JSON.stringify(message)
    if (typeof payload !== 'string')
      throw new StreamError('ERR_INVALID_CONFIG', 'What is sent must be text, or an object that JSON can say.')
    await this.#connected().send(payload)
  }

  /**
   * Sends a request of the exchange's own protocol and resolves with its answer, whatever that says (`ok`). The request id is put in by the adapter.
   * Rejects with `ERR_CONNECTION_CLOSED` and `ERR_NOT_SENT` (its turn did not come within `timeoutMs`) where nothing was sent, nor will be;
   * `ERR_REPLY_TIMEOUT` and `ERR_OUTCOME_UNKNOWN` where it was, and nobody knows what became of it; `ERR_UNSUPPORTED_OPTION` where the exchange's answers name no request; `ERR_INVALID_CONFIG` for options that cannot be meant; the signal's reason, after which what still waited is not sent.
   *
   * @example
   * const { ok, payload } = await manager.request({ channel: 'spot.login', event: 'api', payload: {} }, { timeoutMs: 5_000 })
   */
  async request(payload: Readonly<Record<string, unknown>>, options: ReplyOptions = {}): Promise<ReplyData> {
    checkReplyOptions(options)
    options.signal?.throwIfAborted()
    const group = this.#connected()
    const { subscriptionStrategy } = this.#strategies
    if (subscriptionStrategy.createRequest === undefined) {
      throw new StreamError(
        'ERR_UNSUPPORTED_OPTION',
        `The answers of ${this.exchange} do not say which request they are to.`,
        {
          hint: 'Use sendMessage(), and look for the answer among the messages.',
        },
      )
    }
    const requestId = this.#nextRequestId()
    const text = callStrategy('createRequest', () => subscriptionStrategy.createRequest?.(payload, requestId))
    if (typeof text !== 'string') throw invalidStrategy('createRequest() returned no text.')
    return group.request(requestId, text, options)
  }

  /**
   * The messages from now on, pulled: `for await (const trade of manager.messages({ channel: 'trades' })) …` Ends when the manager closes.
   * Throws `ERR_INVALID_CONFIG`, `ERR_UNKNOWN_CHANNEL` or `ERR_INVALID_SYMBOL` for a filter that cannot be meant.
   */
  messages<const Filter extends MessageFilter = Record<never, never>>(
    filter: Filter = {} as Filter,
  ): MessageStream<FilteredMessage<Filter>> {
    if (this.#phase === 'closed') throw closedError()
    const stream = new MessageStream<FilteredMessage<Filter>>(filter, () => this.#pulled.delete(held))
    const held = stream as unknown as MessageStream<FeedMessage>
    this.#pulled.add(held)
    return stream
  }

  /** Whether every connection is up. */
  isConnected(): boolean {
    const { all } = this.#groups
    return all.length > 0 && all.every((group) => group.state === ConnectionState.Connected)
  }

  /** The order book of a subscribed symbol, live or not (its `status` tells); null where there is none. */
  orderBook(symbol: SymbolInput): OrderBook | null {
    return this.#books?.book(toInstrument(symbol)) ?? null
  }

  /**
   * The order book, once it is live; its snapshot goes before others. Rejects with the signal's reason, with `ERR_UNKNOWN_STREAM` where the symbol's
   * order book is not subscribed, with `ERR_CLOSED`, with `ERR_INVALID_CONFIG` for unknown options, and with the exchange's error where no snapshot can be had.
   */
  async awaitBook(symbol: SymbolInput, options: { readonly signal?: AbortSignal } = {}): Promise<OrderBook> {
    checkBookWait(options)
    const instrument = toInstrument(symbol)
    if (this.#books === null) {
      throw new StreamError('ERR_UNKNOWN_STREAM', `No order books are kept for ${this.exchange}.`, {
        hint: 'Leave the option books out, or use an exchange whose adapter has book rules.',
      })
    }
    return this.#books.awaitBook(instrument, options.signal)
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
    const stream = this.#states.find(instrument, toChannel(channel), params)
    return stream === null ? null : stateOf(stream)
  }

  /** The state of every subscribed stream. */
  streamStates(): readonly StreamState[] {
    return this.#states.wanted.map(stateOf)
  }

  getPerformanceMetrics(): PerformanceMetrics {
    const now = this.#env.clock.now()
    const totals = composeMetrics(
      this.#groups.all.map((group) => group.metricsSource()),
      now,
    )
    return {
      ...totals,
      ...(this.#books?.counters ?? noBooks),
      errorCount: this.#errors + totals.connectionFailures,
      decoderFallbacks: Object.fromEntries(this.#parsers.fallbacks),
      fastDecoders: canGenerateCode,
      connections: this.#groups.all.map((group) => group.metrics(now)),
    }
  }

  /** Ends everything: connections, timers, pulled messages, what the exchange holds for us. Idempotent; resolves when nothing is left. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#phase = 'closed'
    this.#states.stopChecking()
    await this.#groups.close()
    this.#books?.close()
    for (const stream of this.#pulled) stream.end()
    this.#pulled.clear()
    try {
      await askStrategy('release', async () => this.#strategies.connectionStrategy.release?.(this.#env))
    } catch (thrown) {
      const what = 'What the exchange holds for this connection could not be given back.'
      this.#reportError(toStreamError(thrown, 'ERR_REST_FAILED', what))
    }
    this.#life.abort(closedError())
    this.#env.log.debug({ event: 'closed' })
  }

  /** Initialising failed: nothing is left open, and it may be tried again. */
  async #abandon(): Promise<void> {
    this.#forget(this.#states.wanted)
    this.#states.stopChecking()
    if (this.#phase === 'running') this.#phase = 'new'
    await this.#groups.clear()
  }

  #plan(symbols: readonly SymbolInput[], channels: readonly Channel[]): readonly Want[] {
    return planWants(this.#strategies.subscriptionStrategy, symbols, channels)
  }

  async #subscribe(wants: readonly Want[]): Promise<void> {
    const streams = [...new Set(wants.map(({ stream }) => stream))]
    const newBooks = this.#books?.track(wants) ?? []
    this.#states.want(wants)
    this.#books?.join(newBooks.filter((stream) => this.#groups.carrierOf(stream)?.isActive(stream) === true))
    this.#throwRefused(await this.#groups.subscribe(streams))
  }

  #on(group: Group, event: SessionEvent): void {
    switch (event.kind) {
      case 'state':
        this.#onState(group, event)
        return
      case 'lost': {
        const reason = `connection lost (${event.failure.error.code})`
        this.#books?.interrupt(group.wanted, reason)
        this.#states.mark(group.wanted, 'gapped', reason)
        return
      }
      case 'restoring':
        this.#states.mark(group.wanted, 'syncing', 'waiting for the first message')
        return
      case 'accepted':
        this.#books?.confirm(event.streams)
        return
      case 'refused':
        this.#onRefused(event.refused)
        return
      case 'wrong':
        this.#books?.reset(event.streams, event.reason)
        this.#states.mark(event.streams, 'gapped', event.reason)
        return
      case 'dropped':
        this.#onDropped(group, event.stream)
        return
      case 'error':
        this.#reportError(event.error)
        return
    }
  }

  #onState(group: Group, { state, previous, error }: Extract<SessionEvent, { kind: 'state' }>): void {
    const { exchange } = this
    const connectionId = group.id
    this.#env.log.debug({ event: 'connection-state', connectionId, state, previous })
    this.#tell('connection', { exchange, connectionId, state, previous, error })
    if (state === ConnectionState.Error && error?.code === 'ERR_RECONNECT_EXHAUSTED') this.#reportError(error)
  }

  #onRefused(refused: readonly RefusedStream[]): void {
    this.#states.mark(
      refused.map(({ stream }) => stream),
      'gapped',
      'refused by the exchange',
    )
    this.#reportError(this.#subscriptionError('ERR_SUBSCRIPTION_REJECTED', refused))
  }

  #onDropped(group: Group, stream: Stream | null): void {
    if (stream !== null) {
      this.#books?.reset([stream], 'an update was dropped')
      this.#states.mark([stream], 'gapped', 'a message was dropped')
    }
    this.#tell('drop', {
      exchange: this.exchange,
      connectionId: group.id,
      stream,
      channel: stream?.channel ?? null,
      symbol: stream?.instrument ?? null,
    })
  }

  #forget(streams: readonly Stream[]): void {
    this.#books?.forget(streams)
    this.#states.forget(streams)
  }

  #makeGroups(): Groups {
    const owner: GroupOwner = {
      deliver: (message, isLate) => this.#deliver(message, isLate),
      tell: (group, event) => this.#on(group, event),
    }
    return new Groups({
      settings: {
        strategies: this.#strategies,
        parsers: this.#parsers,
        config: this.#config,
        policy: reconnectionPolicy(this.#strategies.connectionStrategy.reconnectionPolicy, this.#options.config),
        env: this.#env,
        nextRequestId: () => this.#nextRequestId(),
      },
      owner,
      onUncarried: (streams) => this.#forget(streams),
    })
  }

  #makeBooks(): ManagerBooks | null {
    const { bookRules } = this.#strategies
    const { books = {} } = this.#options
    if (books === false) return null
    // A misspelt option is one where no books are kept, too.
    const options = resolveBookOptions(books)
    if (bookRules === null) return null
    return new ManagerBooks({
      rules: bookRules,
      env: this.#env,
      options,
      onState: (state) => this.#tell('stream', state),
      onEvent: (event) => {
        this.#env.log.info({ event: `book-${event.kind}`, symbol: event.symbol.name })
        this.#tell('book', event)
      },
      onError: (error) => this.#reportError(error),
      resubscribe: (stream, onEnded) => this.#resubscribe(stream, onEnded),
    })
  }

  /** A book's stream must start over. Nothing to do while there is no connection: the replay will start it. */
  async #resubscribe(stream: Stream, onEnded: () => void): Promise<void> {
    const group = this.#groups.carrierOf(stream)
    if (group === undefined || group.state !== ConnectionState.Connected) return
    this.#throwRefused([await group.resubscribe([stream], onEnded)])
  }

  #deliver(message: FeedMessage, isLate: boolean): void | PromiseLike<void> {
    // What an earlier connection read is the user's, but says nothing about how things stand now.
    if (!isLate) {
      this.#states.touch(message)
      if (message.type === MessageType.Orderbook) this.#books?.apply(message)
    }
    if (this.#pulled.size === 0) return this.#options.onMessage?.(message)
    return this.#deliverBeside(message)
  }

  /** To those who pull and to the handler. One that throws takes nothing from the other, nor the room it asks for. */
  #deliverBeside(message: FeedMessage): void | PromiseLike<void> {
    const held: PromiseLike<void>[] = []
    for (const stream of this.#pulled) {
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

  #throwRefused(outcomes: readonly SubscriptionOutcome[]): void {
    const refused = outcomes.flatMap((outcome) => outcome.refused)
    const unanswered = outcomes.flatMap((outcome) => outcome.unanswered)
    // A refusal says more than a silence, and gives the code; whoever reads `rejected` must find every stream that is not there.
    if (refused.length > 0) throw this.#subscriptionError(refusalCode(refused), [...refused, ...unanswered])
    if (unanswered.length > 0) throw this.#subscriptionError('ERR_ACKNOWLEDGEMENT_TIMEOUT', unanswered)
  }

  #subscriptionError(code: SubscriptionErrorCode, refused: readonly RefusedStream[]): SubscriptionError {
    const rejected: RejectedStream[] = refused.map(({ stream, refusal }) => ({
      streamId: stream.id,
      symbol: stream.instrument?.name ?? null,
      channel: stream.channel,
      exchangeCode: refusal.exchangeCode,
      reason: refusal.reason,
    }))
    const active = this.#groups.all.reduce((count, group) => count + group.size, 0)
    return new SubscriptionError(code, this.exchange, rejected, active)
  }

  #reportError(error: StreamError): void {
    this.#errors += 1
    const { code, shortMessage: message, cause } = error
    // What went wrong in a handler only its own stack tells.
    this.#env.log.warn({ event: 'error', code, message, ...(code === 'ERR_HANDLER_FAILED' ? { err: cause } : {}) })
    if (this.#options.onError === undefined) this.#unheard?.tell(error)
    else this.#tell('error', error)
  }

  /** A callback of the user's that throws or rejects must not end what called it. */
  #tell<Event extends ManagerEvent>(event: Event, payload: ManagerEvents[Event]): void {
    const callback = this.#options[callbackOf[event]] as ((payload: ManagerEvents[Event]) => unknown) | undefined
    if (callback === undefined) return
    const fail = (thrown: unknown): void => this.#onFailedCallback(handlerError(thrown, event), event)
    try {
      const returned = callback(payload)
      if (isPromise(returned)) returned.then(undefined, fail)
    } catch (thrown) {
      fail(thrown)
    }
  }

  /** Reported as any error is, but for that of the listener to errors, which must not be told of its own failure. */
  #onFailedCallback(error: StreamError, event: ManagerEvent): void {
    if (event !== 'error') {
      this.#reportError(error)
      return
    }
    this.#errors += 1
    this.#env.log.error({ event: 'callback-failed', callback: callbackOf[event], err: error.cause })
    this.#unheard?.tell(error)
  }

  #connected(): Group {
    this.#assertRunning()
    const group = this.#groups.connected
    if (group !== undefined) return group
    throw new StreamError('ERR_CONNECTION_CLOSED', 'No connection is up to send a message over.', {
      hint: 'Wait for onConnectionState to report connected, and send again.',
    })
  }

  #nextRequestId(): number {
    this.#lastRequestId += 1
    return this.#lastRequestId
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
