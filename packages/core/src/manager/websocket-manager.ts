import { type AlertWatch, noAlerts } from '../alert/alert-watch.js'
import { abortable } from '../clock/abortable.js'
import { systemClock, systemRandom } from '../clock/clock.js'
import { sharedSignal } from '../clock/shared-signal.js'
import { canGenerateCode } from '../config/code-generation.js'
import { defaultSocketSettings, resolveSocketSettings } from '../config/endpoint-options.js'
import { chooseLogger } from '../config/logger.js'
import { resolveManagerConfig, type WebSocketManagerConfig } from '../config/manager-config.js'
import { type WaitOptions, waitOptionsChecker } from '../config/wait-options.js'
import { withOverrides } from '../connection/connection-options.js'
import { ConnectionParsers } from '../connection/connection-parsers.js'
import type { FrameEvent } from '../connection/frame-tap.js'
import { askStrategy } from '../connection/strategy-fault.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import { type RejectedStream, SubscriptionError } from '../errors/subscription-error.js'
import type { FlightEvent } from '../flight/flight-recorder.js'
import type { Gaps } from '../gap/gaps.js'
import type { Group, GroupOwner } from '../group/group.js'
import { Groups } from '../group/groups.js'
import { createMeasurement, type Measurement } from '../metrics/measurement.js'
import type { PerformanceMetrics } from '../metrics/performance-metrics.js'
import type { Alert } from '../model/alert.js'
import { type Channel, toChannel } from '../model/channel.js'
import { ConnectionState } from '../model/connection-state.js'
import { showAs } from '../model/inspection.js'
import { type SymbolInput, toInstrument } from '../model/instrument.js'
import type { ReplyData } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { OrderBook } from '../model/order-book.js'
import { type StreamState, stateOf } from '../model/stream.js'
import { checkReplyOptions, type ReplyOptions } from '../session/replies.js'
import type { StrategyEnv } from '../strategy/env.js'
import { assertStrategySet, claimStrategies, type WebSocketStrategySet } from '../strategy/strategy-set.js'
import type { FilteredMessage, MessageStream, PullOptions } from '../stream/message-stream.js'
import type { SilenceWatch } from '../stream/silence/silence-watch.js'
import { type Ask, StreamStates, type Want } from '../stream/stream-states.js'
import type { ResponseEvent } from '../transport/answer-tap.js'
import { MachineNetwork } from '../transport/machine-network.js'
import { Announcer } from './announcer.js'
import { Delivery } from './delivery.js'
import { inspectManager } from './inspect-manager.js'
import { keepBooks } from './keep-books.js'
import type { ManagerBooks } from './manager-books.js'
import { ManagerMetrics } from './manager-metrics.js'
import {
  checkManagerOptions,
  type ManagerEvent,
  type ManagerEvents,
  type WebSocketManagerOptions,
} from './manager-options.js'
import { ownMessage, ownRequest } from './own-protocol.js'
import { PerformanceLog } from './performance-log.js'
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
import { PulledStreams } from './pulled-streams.js'
import { Refusals } from './refusals.js'
import { SessionAnswers } from './session-answers.js'
import { checkInitializeRequest } from './start-options.js'
import { Subscriptions } from './subscriptions.js'
import { newsOf, watchAlerts } from './watch-alerts.js'
import { watchGaps } from './watch-gaps.js'
import { watchSilence } from './watch-silence.js'
import { Wire } from './wire.js'

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
  readonly #strategies: WebSocketStrategySet
  readonly #options: WebSocketManagerOptions
  readonly #config: WebSocketManagerConfig
  readonly #env: StrategyEnv
  /** Null where the user brought a network. */
  readonly #machine: MachineNetwork | null
  /** Ends whatever the strategies are still at, when closed. */
  readonly #life = new AbortController()
  readonly #parsers: ConnectionParsers
  readonly #wire: Wire
  readonly #groups: Groups
  readonly #states: StreamStates
  readonly #books: ManagerBooks | null
  readonly #gaps: Gaps
  readonly #announcer: Announcer
  readonly #refusals: Refusals
  readonly #pulled: PulledStreams
  readonly #delivery: Delivery
  readonly #subscriptions: Subscriptions
  readonly #silence: SilenceWatch
  /** Null where the user wants none. */
  readonly #alerts: AlertWatch | null
  readonly #answers: SessionAnswers
  readonly #measurement: Measurement | null
  readonly #metrics: ManagerMetrics
  readonly #performanceLog: PerformanceLog
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
    const { strategies, clock = systemClock, random = systemRandom, agent, network } = options
    assertStrategySet(strategies)
    this.#options = options
    this.#strategies = strategies
    this.#config = resolveManagerConfig(options.config)
    const machine = new MachineNetwork(clock)
    this.#machine = network === undefined ? machine : null
    const { exchange, messageParser: parser } = strategies
    const { flightRecorder } = options
    this.#wire = new Wire({ exchange, clock, network: network ?? machine, parser, flightRecorder })
    this.#env = {
      signal: sharedSignal(this.#life.signal),
      clock,
      random,
      log: chooseLogger(options.logger, options.logLevel).child({ exchange: strategies.exchange }),
      report: (error) => this.#announcer.report(error),
      onClockOffset: (offsetMs, uncertaintyMs) => this.#alerts?.hear({ kind: 'clock', offsetMs, uncertaintyMs }),
      socket: resolveSocketSettings(strategies.socket, { ...defaultSocketSettings, agent }),
      network: this.#wire.network,
    }
    this.#announcer = new Announcer(strategies.exchange, options, this.#env.log, {
      before: this.#wire.overhear,
      after: (event, payload) => this.#onTold(event, payload),
    })
    const owner = { env: this.#env, announcer: this.#announcer }
    this.#books = keepBooks(strategies, options, {
      ...owner,
      onState: (state) => this.#onStreamState(state),
      resubscribe: (stream, onEnded) => this.#subscriptions.resubscribe(stream, onEnded),
    })
    this.#gaps = watchGaps(strategies, this.#config, {
      ...owner,
      books: this.#books,
      handOver: (message) => this.#delivery.handOver(message),
    })
    this.#states = new StreamStates({
      clock,
      onChange: (state) => this.#onStreamState(state),
      isBook: (stream) => this.#books?.has(stream) === true,
      onForgotten: (stream) => this.#gaps.abandon([stream], 'not subscribed any more'),
    })
    this.#refusals = new Refusals(strategies.exchange, () => this.#groups.all.reduce((sum, { size }) => sum + size, 0))
    this.#measurement = this.#config.enablePerformanceTracking ? createMeasurement() : null
    this.#parsers = new ConnectionParsers(strategies.messageParser)
    this.#wire.show(options, this.#announcer)
    this.#wire.trace(this.#env.log)
    this.#groups = this.#makeGroups()
    this.#pulled = new PulledStreams(this.#states, this.#groups)
    this.#delivery = new Delivery({ states: this.#states, books: this.#books, pulled: this.#pulled, options })
    const keepers = {
      groups: this.#groups,
      states: this.#states,
      books: this.#books,
      gaps: this.#gaps,
      refusals: this.#refusals,
      announcer: this.#announcer,
    }
    this.#subscriptions = new Subscriptions(keepers)
    this.#silence = watchSilence(keepers, this.#env, this.#config.staleAfterMs)
    this.#answers = new SessionAnswers({
      exchange: strategies.exchange,
      log: this.#env.log,
      keepers,
      subscriptions: this.#subscriptions,
      pulled: this.#pulled,
    })
    this.#metrics = new ManagerMetrics({
      clock,
      measurement: this.#measurement,
      keepers,
      silence: this.#silence,
      parsers: this.#parsers,
      machine: this.#machine,
      alerts: () => this.#alerts?.counters ?? noAlerts,
    })
    this.#alerts = watchAlerts(options, {
      exchange,
      env: this.#env,
      keepers,
      silence: this.#silence,
      parsers: this.#parsers,
      metrics: this.#metrics,
      maxPendingMessages: this.#config.maxPendingMessages,
    })
    const { summaryIntervalMs: intervalMs } = this.#config
    this.#performanceLog = new PerformanceLog({ clock, log: this.#env.log, keepers, intervalMs })
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
    this.#silence.start()
    this.#metrics.start()
    this.#alerts?.start()
    this.#performanceLog.start()
    this.#startRecorder()
    this.#defaults = defaults
    try {
      await abortable(this.#subscriptions.start(wants, retry).answered, signal)
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
    const call = this.#subscriptions.ask(wants)
    try {
      await abortable(call.answered, signal)
    } catch (thrown) {
      if (signal?.aborted === true && thrown === signal.reason) this.#subscriptions.takeBack(call.own)
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
    await abortable(this.#subscriptions.giveBack(wants), options.signal)
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
    const { requestId, text } = ownRequest(this.#strategies, payload, () => this.#nextRequestId())
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
    return this.#pulled.open(options)
  }

  /**
   * Shows every frame from now on, in and out and of each connection, to `listener`, as the option `onFrame` does from the first one; returns what ends it.
   * Throws `ERR_INVALID_CONFIG` for a listener that is no function.
   *
   * @example
   * const stop = manager.tapFrames(({ direction, data }) => console.log(direction, data))
   */
  tapFrames(listener: (frame: FrameEvent) => unknown): () => void {
    return this.#wire.tapFrames(listener, this.#announcer)
  }

  /**
   * Shows the answer to every REST request from now on (snapshots of order books, what is fetched of gaps, listen keys) to `listener`, as the option `onResponse` does from
   * the first one; returns what ends it. Throws `ERR_INVALID_CONFIG` for a listener that is no function.
   */
  tapResponses(listener: (response: ResponseEvent) => unknown): () => void {
    return this.#wire.tapResponses(listener, this.#announcer)
  }

  /**
   * Writes down what the flight recorder has (`flightRecorder`), to `path`, which ends in `.jsonl` and must not be there, or into its folder: the last seconds of frames and REST answers of every connection, and the
   * order books that they follow on. Also once the manager is closed. Rejects with `ERR_INVALID_CONFIG` where there is no flight recorder, or neither path nor folder, and with `ERR_FLIGHT_UNWRITABLE`.
   */
  async dumpFlight(path?: string): Promise<FlightEvent> {
    return this.#wire.recorder.dump(path)
  }

  /** Whether every connection is up; with `redundancy: 2`, one of each two that carry the same streams. */
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
    const end = this.#subscriptions.endOfBook(instrument)
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

  /** What a person should know of now, at most one of a kind. Of a manager that is closed, what was so at its end: nothing is told then, since nothing is well again. */
  get alerts(): readonly Alert[] {
    return this.#alerts?.active ?? []
  }

  /** Counters, rates and times as they are now, of all connections together and of each; also of a manager that is closed. */
  getPerformanceMetrics(): PerformanceMetrics {
    return this.#metrics.present
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

  async #close(): Promise<void> {
    this.#phase = 'closed'
    // The end is no fault to be told or written down.
    this.#alerts?.stop()
    const written = this.#wire.flight?.close()
    this.#gaps.close()
    this.#silence.stop()
    this.#metrics.stop()
    this.#performanceLog.close()
    await this.#groups.close()
    // Who still asks afterwards must not be told that they deliver.
    this.#states.mark(this.#states.wanted, 'gapped', 'closed')
    this.#books?.close()
    this.#pulled.end()
    await this.#release()
    this.#life.abort(closedError())
    this.#machine?.close()
    await written
    this.#env.log.debug({ event: 'closed' })
  }

  /** Initialising failed: nothing is left open, and it may be tried again. */
  async #abandon(reason: unknown): Promise<void> {
    this.#subscriptions.abandon(reason)
    this.#silence.stop()
    this.#metrics.stop()
    this.#alerts?.clear()
    this.#performanceLog.stop()
    await this.#wire.flight?.close()
    if (this.#phase === 'running') this.#phase = 'new'
    await this.#groups.clear()
    // Otherwise whoever closed it meanwhile sees to that.
    if (this.#closing === null) await this.#release()
  }

  /** Gives back what the exchange holds for connections that are gone. Never rejects. */
  async #release(): Promise<void> {
    try {
      await askStrategy('release', async () => this.#strategies.connectionStrategy.release?.(this.#env))
    } catch (thrown) {
      const what = 'What the exchange holds for this connection could not be given back.'
      this.#announcer.report(toStreamError(thrown, 'ERR_REST_FAILED', what))
    }
  }

  #startRecorder(): void {
    this.#wire.flight?.begin({
      books: () => this.#books?.withUpdates ?? [],
      unread: () => ({
        unknown: this.#groups
          .metricsSources(this.#env.clock.now())
          .reduce((sum, { meter }) => sum + meter.of(MessageType.Unknown), 0),
        fallbacks: this.#parsers.fallbacks,
      }),
      tell: (flight) => this.#announcer.tell('flight', flight),
      report: (error) => this.#announcer.report(error),
    })
  }

  #plan(asks: readonly Ask[]): readonly Want[] {
    return planWants(this.#strategies.subscriptionStrategy, asks)
  }

  #makeGroups(): Groups {
    const owner: GroupOwner = {
      deliver: (message, isLate) => this.#delivery.deliver(message, isLate),
      tell: (group, event, connectionId) => {
        if (event.kind === 'lost') this.#silence.beginAnew(group)
        this.#answers.answer(group, event, connectionId)
      },
    }
    return new Groups({
      settings: {
        strategies: this.#strategies,
        parsers: this.#parsers,
        config: this.#config,
        policy: withOverrides(this.#strategies.connectionStrategy.reconnectionPolicy, this.#options.config ?? {}),
        tap: this.#wire.frames,
        measurement: this.#measurement,
        env: this.#env,
        nextRequestId: () => this.#nextRequestId(),
      },
      owner,
      onUncarried: (streams, why) => this.#subscriptions.onUncarried(streams, why),
    })
  }

  #onTold<Event extends ManagerEvent>(event: Event, payload: ManagerEvents[Event]): void {
    if (this.#alerts === null) return
    const news = newsOf(event, payload, this.#books)
    if (news !== null) this.#alerts.hear(news)
  }

  #onStreamState(state: StreamState): void {
    this.#env.log.debug({ event: 'stream-state', stream: state.stream.id, status: state.status, reason: state.reason })
    this.#announcer.tell('stream', state)
    this.#gaps.onState(state)
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

function closedError(): StreamError {
  return new StreamError('ERR_CLOSED', 'The manager is closed.', { hint: 'Create a new one.' })
}
