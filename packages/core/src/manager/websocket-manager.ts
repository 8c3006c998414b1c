import { resolveBookOptions } from '../book/book-options.js'
import { systemClock, systemRandom } from '../clock/clock.js'
import { canGenerateCode } from '../config/code-generation.js'
import { defaultSocketSettings, resolveSocketSettings } from '../config/endpoint-options.js'
import { chooseLogger } from '../config/logger.js'
import { resolveManagerConfig, type WebSocketManagerConfig } from '../config/manager-config.js'
import { waitOptionsChecker } from '../config/wait-options.js'
import { abortable } from '../connection/abortable.js'
import { ConnectionParsers } from '../connection/connection-parsers.js'
import { type FrameEvent, FrameTap } from '../connection/frame-tap.js'
import { askStrategy, callStrategy, invalidStrategy } from '../connection/strategy-fault.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import { type RejectedStream, SubscriptionError } from '../errors/subscription-error.js'
import type { Group, GroupOwner } from '../group/group.js'
import { Groups } from '../group/groups.js'
import { composeMetrics, type PerformanceMetrics } from '../metrics/performance-metrics.js'
import { type Channel, toChannel } from '../model/channel.js'
import { ConnectionState } from '../model/connection-state.js'
import { showAs } from '../model/inspection.js'
import { type Instrument, type SymbolInput, toInstrument } from '../model/instrument.js'
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
import type { FilteredMessage, MessageStream, PullOptions } from '../stream/message-stream.js'
import { type Ask, StreamStates, type Want } from '../stream/stream-states.js'
import { Announcer } from './announcer.js'
import { inspectManager } from './inspect-manager.js'
import { type BookCounters, ManagerBooks } from './manager-books.js'
import { checkManagerOptions, type WebSocketManagerOptions } from './manager-options.js'
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
import { type Carriers, endOfPulled, PulledStreams } from './pulled-streams.js'
import { Refusals } from './refusals.js'
import { checkInitializeRequest } from './start-options.js'
import { type SubscribeCall, SubscribeCalls } from './subscribe-calls.js'

const checkBookWait = waitOptionsChecker('The options of awaitBook are not valid')
const checkSubscribeWait = waitOptionsChecker('The options of a subscription are not valid')

/** How long a call waits. */
export interface WaitOptions {
  /** Ends the wait: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal
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
  readonly #tap: FrameTap
  readonly #groups: Groups
  readonly #states: StreamStates
  readonly #books: ManagerBooks | null
  readonly #announcer: Announcer
  readonly #pulled = new PulledStreams()
  readonly #refusals: Refusals
  readonly #calls = new SubscribeCalls()
  /** What `initialize()` asked of every symbol. */
  #defaults: AskDefaults = { channels: null, candleIntervals: null }
  #phase: 'new' | 'running' | 'closed' = 'new'
  #closing: Promise<void> | null = null
  #lastRequestId = 0

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
      report: (error) => this.#announcer.report(error),
      socket: resolveSocketSettings(strategies.socket, { ...defaultSocketSettings, agent }),
    }
    this.#announcer = new Announcer(strategies.exchange, options, this.#env.log)
    this.#books = this.#makeBooks()
    this.#states = new StreamStates({
      clock,
      staleAfterMs: this.#config.staleAfterMs,
      onChange: (state) => this.#announcer.tell('stream', state),
      isBook: (stream) => this.#books?.has(stream) === true,
      onStaleBook: (stream, reason) => this.#books?.markStale(stream, reason),
    })
    this.#refusals = new Refusals(strategies.exchange, () => this.#groups.all.reduce((sum, { size }) => sum + size, 0))
    this.#parsers = new ConnectionParsers(strategies.messageParser)
    this.#tap = new FrameTap(strategies.exchange, clock)
    if (options.onFrame !== undefined) this.tapFrames(options.onFrame)
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
    this.#states.startChecking()
    this.#defaults = defaults
    try {
      await orAborted(this.#ask(wants, retry).answered, signal)
    } catch (thrown) {
      if (!(thrown instanceof SubscriptionError)) await this.#abandon(thrown)
      else if (onRefused === 'continue' && this.#states.wanted.length > 0) {
        this.#announcer.report(thrown)
        return
      }
      throw thrown
    }
  }

  /**
   * Adds symbols; `channels` defaults to those of `initialize()`, and a symbol may name its own. Resolves when the exchange acknowledged every new stream.
   * Rejects with a `SubscriptionError` naming the refused streams; the others stay active. Rejects with the signal's reason: what this call added is taken back. What is
   * subscribed already is left as it is.
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
    const call = this.#ask(wants)
    try {
      await orAborted(call.answered, signal)
    } catch (thrown) {
      if (signal?.aborted === true && thrown === signal.reason) this.#takeBack(call.own)
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
    const wants = this.#states.wantsOf(asks)
    options.signal?.throwIfAborted()
    this.#refusals.giveBack(asks)
    this.#throwRefused(await orAborted(this.#giveBack(wants), options.signal))
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
   * The messages from now on, pulled: `for await (const trade of manager.messages({ channel: 'trades' })) …` Ends when the manager closes. Throws, in the loop and after
   * what is held, `ERR_RECONNECT_EXHAUSTED` where every connection that brings them was given up (unsubscribing ends no loop: one may subscribe again), and the signal's reason.
   * Throws `ERR_INVALID_CONFIG`, `ERR_UNKNOWN_CHANNEL` or `ERR_INVALID_SYMBOL` for options that cannot be meant.
   */
  messages<const Options extends PullOptions = Record<never, never>>(
    options: Options = {} as Options,
  ): MessageStream<FilteredMessage<Options>> {
    if (this.#phase === 'closed') throw closedError()
    const stream = this.#pulled.open(options)
    const end = endOfPulled(stream, this.#carriers())
    if (end !== null) stream.fail(end)
    return stream
  }

  /**
   * Shows every frame from now on, in and out and of each connection, to `listener`, as the option `onFrame` does from the first one; returns what ends it.
   * Throws `ERR_INVALID_CONFIG` for a listener that is no function.
   *
   * @example
   * const stop = manager.tapFrames(({ direction, data }) => console.log(direction, data))
   */
  tapFrames(listener: (frame: FrameEvent) => unknown): () => void {
    if (typeof listener !== 'function') {
      throw new StreamError('ERR_INVALID_CONFIG', 'The listener of frames is not a function.')
    }
    return this.#tap.add((frame) => this.#announcer.call('frame', listener, frame))
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
   * The order book, once it is live; its snapshot goes before others. It settles in every end: rejects with the signal's reason, with `ERR_UNKNOWN_STREAM` where the symbol's
   * order book is not subscribed or no longer, with the `SubscriptionError` where it was refused, with `ERR_RECONNECT_EXHAUSTED` where its connection was given up, with `ERR_CLOSED`,
   * with `ERR_INVALID_CONFIG` for unknown options, and with the exchange's error where no snapshot can be had.
   */
  async awaitBook(symbol: SymbolInput, options: WaitOptions = {}): Promise<OrderBook> {
    checkBookWait(options)
    const instrument = toInstrument(symbol)
    if (this.#phase === 'closed') throw closedError()
    if (this.#books === null) {
      throw new StreamError('ERR_UNKNOWN_STREAM', `No order books are kept for ${this.exchange}.`, {
        hint: 'Leave the option books out, or use an exchange whose adapter has book rules.',
      })
    }
    const end = this.#endOfBook(instrument)
    if (end !== null) throw end
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

  /** The streams that the exchange refused, or never acknowledged, until they are asked for again or unsubscribed. */
  get refused(): readonly RejectedStream[] {
    return this.#refusals.all
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
      errorCount: this.#announcer.errors + totals.connectionFailures,
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

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#phase = 'closed'
    this.#states.stopChecking()
    await this.#groups.close()
    // Who still asks afterwards must not be told that they deliver.
    this.#states.mark(this.#states.wanted, 'gapped', 'closed')
    this.#books?.close()
    this.#pulled.end()
    try {
      await askStrategy('release', async () => this.#strategies.connectionStrategy.release?.(this.#env))
    } catch (thrown) {
      const what = 'What the exchange holds for this connection could not be given back.'
      this.#announcer.report(toStreamError(thrown, 'ERR_REST_FAILED', what))
    }
    this.#life.abort(closedError())
    this.#env.log.debug({ event: 'closed' })
  }

  /** Initialising failed: nothing is left open, and it may be tried again. */
  async #abandon(reason: unknown): Promise<void> {
    this.#forget(this.#states.wanted, reason)
    this.#refusals.clear()
    this.#states.stopChecking()
    if (this.#phase === 'running') this.#phase = 'new'
    await this.#groups.clear()
  }

  #plan(asks: readonly Ask[]): readonly Want[] {
    return planWants(this.#strategies.subscriptionStrategy, asks)
  }

  /** Wants these, and asks the exchange for their streams. Its answers may refuse them. */
  #ask(wants: readonly Want[], retry = false): SubscribeCall {
    const streams = [...new Set(wants.map(({ stream }) => stream))]
    const newBooks = this.#books?.track(wants) ?? []
    this.#refusals.forget(streams)
    const added = this.#states.want(wants)
    this.#books?.join(newBooks.filter((stream) => this.#groups.carrierOf(stream)?.isActive(stream) === true))
    const outcomes = this.#groups.subscribe(streams, retry)
    return this.#calls.begin(
      wants,
      added,
      outcomes.then((all) => this.#throwRefused(all)),
    )
  }

  /** What an aborted call asked for is not wanted; nobody waits for its end. */
  #takeBack(wants: readonly Want[]): void {
    this.#giveBack(wants)
      .then((outcomes) => this.#throwRefused(outcomes))
      .catch((thrown) => this.#announcer.report(thrown))
  }

  #giveBack(wants: readonly Want[]): Promise<readonly SubscriptionOutcome[]> {
    this.#books?.untrack(wants)
    this.#refusals.forget(wants.map(({ stream }) => stream))
    return this.#groups.unsubscribe(this.#states.unwant(wants))
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
        this.#refusals.forget(event.streams)
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
        this.#announcer.report(event.error)
        return
    }
  }

  #onState(group: Group, { kind: _, ...change }: Extract<SessionEvent, { kind: 'state' }>): void {
    const connectionId = group.id
    const { state, previous, error, ...restoring } = change
    const next = restoring.attempt === null ? {} : restoring
    this.#env.log.debug({ event: 'connection-state', connectionId, state, previous, ...next })
    this.#announcer.tell('connection', { exchange: this.exchange, connectionId, ...change })
    if (state === ConnectionState.Error && error?.code === 'ERR_RECONNECT_EXHAUSTED') this.#onGivenUp(group, error)
  }

  #onGivenUp(group: Group, error: StreamError): void {
    this.#books?.refuse(group.wanted, error)
    // Otherwise it is what the start rejects with, of which nothing is left.
    if (!group.wasUp) return
    // What was read before is still pulled.
    const ended = this.#groups.all.filter(({ givenUp }) => givenUp !== null)
    void Promise.all(ended.map((one) => one.whenDelivered())).then(() => this.#endPulled())
    this.#announcer.report(error)
  }

  /** Nobody waited for these: they were there before. */
  #onRefused(refused: readonly RefusedStream[]): void {
    const streams = refused.map(({ stream }) => stream)
    const outcome = { refused, unanswered: [] }
    this.#refusals.note(outcome)
    this.#books?.interrupt(streams, refusedReason)
    this.#states.mark(streams, 'gapped', refusedReason)
    this.#refuseBooks(streams)
    const error = this.#refusals.errorOfAll([outcome])
    if (error !== null) this.#announcer.report(error)
  }

  #refuseBooks(streams: readonly Stream[]): void {
    for (const stream of streams) {
      const error = this.#refusals.errorOf(stream)
      if (error !== null) this.#books?.refuse([stream], error)
    }
  }

  /** No connection carries these any more. */
  #onUncarried(streams: readonly Stream[], why: SubscriptionOutcome | StreamError): void {
    if (why instanceof StreamError) {
      this.#forget(streams, why)
      return
    }
    const isUncarried = ({ stream }: RefusedStream): boolean => streams.includes(stream)
    this.#refusals.note({ refused: why.refused.filter(isUncarried), unanswered: why.unanswered.filter(isUncarried) })
    this.#refuseBooks(streams)
    this.#forget(streams)
  }

  /** Why nothing will come of the order book of an instrument, as things are; null where something may, or it is not subscribed. */
  #endOfBook(instrument: Instrument): StreamError | null {
    const book = this.#books?.book(instrument) ?? null
    if (book?.isLive === true) return null
    const carrier = book === null ? undefined : this.#groups.carrierOf(book.stream)
    return this.#refusals.find(instrument, 'orderbook') ?? carrier?.givenUp ?? null
  }

  /** Ends what is pulled and cannot come any more. */
  #endPulled(): void {
    const carriers = this.#carriers()
    this.#pulled.endWhere((pulled) => endOfPulled(pulled, carriers))
  }

  #carriers(): Carriers {
    return {
      wanted: this.#states.wanted,
      ends: this.#groups.all.map(({ givenUp }) => givenUp),
      endOf: (stream) => this.#groups.carrierOf(stream)?.givenUp ?? null,
    }
  }

  #onDropped(group: Group, stream: Stream | null): void {
    if (stream !== null) {
      this.#books?.reset([stream], 'an update was dropped')
      this.#states.mark([stream], 'gapped', 'a message was dropped')
    }
    this.#announcer.tell('drop', {
      exchange: this.exchange,
      connectionId: group.id,
      stream,
      channel: stream?.channel ?? null,
      symbol: stream?.instrument ?? null,
    })
  }

  #forget(streams: readonly Stream[], reason?: unknown): void {
    this.#books?.forget(streams, reason)
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
        tap: this.#tap,
        env: this.#env,
        nextRequestId: () => this.#nextRequestId(),
      },
      owner,
      onUncarried: (streams, why) => this.#onUncarried(streams, why),
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
      onState: (state) => this.#announcer.tell('stream', state),
      onEvent: (event) => {
        this.#env.log.info({ event: `book-${event.kind}`, symbol: event.symbol.name })
        this.#announcer.tell('book', event)
      },
      onError: (error) => this.#announcer.report(error),
      resubscribe: (stream, onEnded) => this.#resubscribe(stream, onEnded),
    })
  }

  /** A book's stream must start over. Nothing to do while there is no connection: the replay will start it. */
  async #resubscribe(stream: Stream, onEnded: () => void): Promise<void> {
    const group = this.#groups.carrierOf(stream)
    if (group === undefined || group.state !== ConnectionState.Connected) return
    const outcome = await group.resubscribe([stream], onEnded)
    this.#refusals.note(outcome)
    this.#throwRefused([outcome])
  }

  #deliver(message: FeedMessage, isLate: boolean): unknown {
    // What an earlier connection read is the user's, but says nothing about how things stand now.
    if (!isLate) {
      this.#states.touch(message)
      if (message.type === MessageType.Orderbook) this.#books?.apply(message)
    }
    if (this.#pulled.isEmpty) return this.#options.onMessage?.(message)
    return this.#deliverBeside(message)
  }

  /** To those who pull and to the handler. One that throws takes nothing from the other, nor the room it asks for. */
  #deliverBeside(message: FeedMessage): unknown {
    const room = this.#pulled.push(message)
    if (room === undefined) return this.#options.onMessage?.(message)
    const handled = (async () => this.#options.onMessage?.(message))()
    return handled.then(
      () => room.then(() => {}),
      (thrown) => room.then(() => Promise.reject(thrown)),
    )
  }

  #throwRefused(outcomes: readonly SubscriptionOutcome[]): void {
    const error = this.#refusals.errorOfAll(outcomes)
    if (error !== null) throw error
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

const refusedReason = 'refused by the exchange'

/** The promise, or the signal's reason where there is a signal and that comes first. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  return signal === undefined ? promise : abortable(promise, signal)
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
