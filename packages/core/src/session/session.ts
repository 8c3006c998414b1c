import type { WebSocketManagerConfig } from '../config/manager-config.js'
import { Connection } from '../connection/connection.js'
import type { ConnectionStateChange } from '../connection/connection-options.js'
import type { ConnectionParsers } from '../connection/connection-parsers.js'
import type { ConnectionCounters } from '../connection/connection-record.js'
import { type Failure, failureOfError } from '../connection/failure.js'
import type { ConnectionTap, FrameTap } from '../connection/frame-tap.js'
import { invalidStrategy } from '../connection/strategy-fault.js'
import { maxWaitingMessages, tooManyWaiting } from '../connection/unsent.js'
import { StreamError } from '../errors/stream-error.js'
import type { ConnectionTimes } from '../metrics/connection/connection-times.js'
import type { Measurement } from '../metrics/measurement.js'
import type { MessageMeter } from '../metrics/message-meter.js'
import type { BreakerState } from '../model/breaker-state.js'
import { ConnectionState } from '../model/connection-state.js'
import type { Instrument } from '../model/instrument.js'
import type { ErrorMessage, FeedMessage, OtherMessage, ParsedMessage, ReplyData } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { Stream } from '../model/stream.js'
import type { WholeUntil } from '../model/whole-until.js'
import { Pipeline } from '../pipeline/pipeline.js'
import type { ConnectionLimiter } from '../strategy/connection-limiter.js'
import type { ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { WebSocketStrategySet } from '../strategy/strategy-set.js'
import type { ProbeOutcome } from '../stream/silence/silence-watch.js'
import { AccountWatch } from './account/account-watch.js'
import { Replies, type ReplyOptions } from './replies.js'
import { exchangeError, outcomeUnknown } from './session-errors.js'
import type { SessionEvent } from './session-events.js'
import { SessionStreams } from './streams/session-streams.js'
import type { SubscriptionOutcome } from './streams/waits.js'

/** What every session of a manager shares. */
export interface SessionSettings {
  readonly strategies: WebSocketStrategySet
  readonly parsers: ConnectionParsers
  readonly config: WebSocketManagerConfig
  readonly policy: ReconnectionPolicy
  /** Shows the frames of every connection to whoever wants to see them. */
  readonly tap: FrameTap
  /** Null where nothing is measured. */
  readonly measurement: Measurement | null
  /** What reaches the strategies, for the life of the manager. */
  readonly env: StrategyEnv
  /** 1 and up; never the same twice in a manager. */
  readonly nextRequestId: () => number
  /** Whom to ask before a connection; null for nobody. */
  readonly limiter: ConnectionLimiter | null
}

/** Who a session reports to. */
export interface SessionOwner {
  /** `isLate` says that it was read from a connection that is gone meanwhile. */
  deliver(message: FeedMessage, isLate: boolean): unknown
  tell(event: SessionEvent): void
}

/** What a session has of the place that is its own until another takes over. */
export interface SessionPlace {
  /** Which of the connections that carry the same streams it is, 0 and up. */
  readonly lane: number
  /** Whether it is to take over from another. */
  readonly isTakeOver: boolean
  readonly tap: ConnectionTap
  readonly meter: MessageMeter
  readonly times: ConnectionTimes
  readonly log: StrategyEnv['log']
}

/** What a connection that was replaced did not bring, and why. */
export interface Shortfall {
  readonly reason: string
  readonly wholeUntil: WholeUntil
}

/** One subscribed connection: a connection, the pipeline behind it, and the ledger of what it should carry. */
export class Session {
  readonly #settings: SessionSettings
  readonly #owner: SessionOwner
  readonly #connection: Connection
  readonly #pipeline: Pipeline
  readonly #streams: SessionStreams
  /** Null where nothing of an account is looked at. */
  readonly #watch: AccountWatch | null
  readonly #replies: Replies
  /** What its last loss cost, until it is retired; null while it has none. */
  #lost: Shortfall | null = null

  constructor(
    settings: SessionSettings,
    owner: SessionOwner,
    { lane, isTakeOver, tap, meter, times, log }: SessionPlace,
  ) {
    const { strategies, parsers, config, policy, measurement, nextRequestId, limiter } = settings
    const report = (error: StreamError): void => owner.tell({ kind: 'error', error })
    const env = { ...settings.env, log, report }
    const { clock } = env
    const { exchange, limits } = strategies
    this.#settings = settings
    this.#owner = owner
    this.#replies = new Replies(clock)
    this.#streams = new SessionStreams({
      strategy: strategies.subscriptionStrategy,
      env,
      nextRequestId,
      acknowledgementTimeoutMs: config.acknowledgementTimeoutMs,
      link: {
        isUp: () => this.state === ConnectionState.Connected,
        send: (payload) => this.#connection.send(payload),
        fail: (kind, error) => this.#connection.fail(kind, error),
        expectAnswers: (isExpected) => this.#pipeline.expectControl(isExpected),
      },
      tell: (event) => owner.tell(event),
      onSettled: () => this.#watch?.startOver(),
    })
    const watch = this.#makeWatch(env)
    this.#watch = watch
    this.#pipeline = new Pipeline({
      ...config,
      batchSize: config.batchProcessingEnabled ? config.batchSize : 1,
      stages: measurement?.stages ?? null,
      meter,
      clock,
      consumer: {
        deliver:
          watch === null
            ? (message, isLate) => owner.deliver(message, isLate)
            : (message, isLate) => {
                watch.note(message)
                return owner.deliver(message, isLate)
              },
        control: (message) => this.#control(message),
        dropped: (stream, receivedAt) =>
          owner.tell({ kind: 'dropped', stream, wholeUntil: this.#wholeBefore(receivedAt) }),
        handlerFailed: report,
        readToEnd: (parser) => parsers.end(parser),
        setPaused: (paused) => this.#connection.setPaused(paused),
        holdIsFull: () => owner.tell({ kind: 'hold-full' }),
      },
    })
    this.#connection = new Connection({
      ...config,
      strategy: strategies.connectionStrategy,
      parsers,
      policy,
      lane,
      tap,
      times,
      clientMessagesPerSecond: limits.clientMessagesPerSecond,
      nextRequestId,
      permit: limiter && (() => limiter.permit({ exchange, limits, isTakeOver })),
      env,
      owner: {
        onAttached: (parser) => this.#pipeline.beginConnection(parser),
        onFrame: (frame) => this.#pipeline.accept(frame),
        onReadFrame: (frame, messages) => this.#pipeline.acceptRead(frame, messages),
        onOpen: () => this.#restore(),
        onLost: (failure) => this.#onLost(failure),
        onStateChange: (change) => this.#onStateChange(change),
        onTakeOverWanted: (reason) => owner.tell({ kind: 'take-over-wanted', reason }),
        onStrategyFault: report,
        onBreakerOpened: report,
      },
    })
  }

  get state(): ConnectionState {
    return this.#connection.state
  }

  get breaker(): BreakerState {
    return this.#connection.breaker
  }

  /** When the next attempt to restore it begins, epoch ms; null while none waits. */
  get nextAttemptAt(): number | null {
    return this.#connection.nextAttemptAt
  }

  get wanted(): readonly Stream[] {
    return this.#streams.wanted
  }

  get size(): number {
    return this.#streams.size
  }

  get activeCount(): number {
    return this.#streams.activeCount
  }

  get counters(): ConnectionCounters {
    return this.#connection.counters
  }

  get pending(): { messages: number; bytes: number } {
    return { messages: this.#pipeline.pending, bytes: this.#pipeline.pendingBytes }
  }

  has(stream: Stream): boolean {
    return this.#streams.has(stream)
  }

  isActive(stream: Stream): boolean {
    return this.#streams.isActive(stream)
  }

  /** Why the connection was given up; null where it was not. */
  get givenUp(): StreamError | null {
    return this.state === ConnectionState.Error ? this.#streams.ended : null
  }

  /** Whether it has ever been up, with everything subscribed. */
  get wasUp(): boolean {
    return this.#streams.wereRestored
  }

  /** Connects; rejects with `StreamError`. A failure is tried again with `retry` alone. */
  open(retry = false): Promise<void> {
    return this.#connection.open(retry)
  }

  /** Resolves once everything that was read has been delivered. */
  whenDelivered(): Promise<void> {
    return this.#pipeline.whenIdle()
  }

  /** Lets data wait from now on, before it is opened, until `release()`. */
  hold(): void {
    this.#pipeline.hold()
  }

  release(): void {
    this.#pipeline.release()
  }

  /** Resolves once the message went out; rejects with the reason why it did not. */
  async send(payload: string | Uint8Array): Promise<void> {
    this.#checkTurns()
    return this.#connection.send(payload)
  }

  /** Sends a request of the user's own that carries this id, and resolves with the exchange's answer. Rejects as `Replies.request`, with `ERR_OUTCOME_UNKNOWN` where it went out and the connection ended under it. */
  async request(requestId: number, payload: string, options: ReplyOptions): Promise<ReplyData> {
    this.#checkTurns()
    const { timeoutMs = this.#settings.config.acknowledgementTimeoutMs, signal } = options
    return this.#replies.request(requestId, timeoutMs, signal, (onSent, onUnsent) =>
      this.#connection.post(payload, onSent, onUnsent),
    )
  }

  /** Subscriptions are as many as there are streams; what users send besides has no end of its own. Throws `ERR_NOT_SENT`. */
  #checkTurns(): void {
    if (this.#connection.waitingMessages >= maxWaitingMessages) throw tooManyWaiting()
  }

  /**
   * Wants these streams, and resolves once the exchange has answered for each, after reconnects if need be.
   * Rejects with `ERR_CLOSED`, or with `ERR_RECONNECT_EXHAUSTED` where the connection was given up.
   */
  subscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    return this.#streams.subscribe(streams)
  }

  /** Wants these streams no longer, and resolves once the exchange has answered, or the connection is gone. */
  unsubscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    return this.#streams.unsubscribe(streams)
  }

  /** As `Restarts.resubscribe`: has the exchange start these streams over. */
  resubscribe(streams: readonly Stream[], onEnded: () => void): Promise<SubscriptionOutcome> {
    return this.#streams.resubscribe(streams, onEnded)
  }

  /** As `Restarts.probe`: asks once more for a stream that is there as far as anybody knows. */
  probe(stream: Stream): Promise<ProbeOutcome> {
    return this.#streams.probe(stream)
  }

  /** As `Restarts.startOver`: ends one stream and begins it anew. */
  startOver(stream: Stream, onEnded: () => void): Promise<ProbeOutcome> {
    return this.#streams.startOver(stream, onEnded)
  }

  /** Gives the connection up for this reason and makes a new one, as after a loss. */
  replace(error: StreamError): void {
    this.#connection.fail('timeout', error)
  }

  /** Lost, its connection is not made anew before then, by the clock. */
  putOff(until: number): void {
    this.#connection.putOff(until)
  }

  /** Another session has taken over: what that carries need not be waited for here. */
  yieldTo(other: Session): void {
    this.#streams.yield(this.wanted.filter((stream) => other.isActive(stream)))
  }

  /**
   * Closes the connection, delivers nothing any more, and settles whoever still waits with `ERR_CLOSED`; with `ERR_OUTCOME_UNKNOWN` those whose request went
   * out, which closing does not undo.
   */
  async close(): Promise<void> {
    this.#watch?.end()
    const error = new StreamError('ERR_CLOSED', 'The manager was closed before the exchange answered.')
    this.#pipeline.close()
    this.#streams.close(error)
    this.#replies.failUnsent(error)
    this.#replies.failSent(outcomeUnknown(null))
    await this.#connection.close()
  }

  /**
   * Closes the connection as `close()` does, once requests on their way are answered or have had the time for it, and after everything it read has been delivered. Resolves to what is missing
   * of what the exchange sent: null where nothing is.
   */
  async retire(): Promise<Shortfall | null> {
    const { acknowledgementTimeoutMs } = this.#settings.config
    const wasUp = this.state === ConnectionState.Connected
    // What was lost before has been told.
    this.#lost = null
    await this.#replies.whenSettled(acknowledgementTimeoutMs)
    await this.#lookOnceMore(acknowledgementTimeoutMs)
    await this.#connection.close()
    await this.#pipeline.whenIdle()
    await this.close()
    const { wasCutShort, heardAt, arrivedUntil } = this.#connection
    if (wasUp && this.#lost !== null) return this.#lost
    return wasCutShort ? { reason: cutShort, wholeUntil: { received: heardAt, sent: arrivedUntil } } : null
  }

  /** Whatever the exchange has sent by now, it has sent here: afterwards the other connection is there. */
  async #lookOnceMore(timeoutMs: number): Promise<void> {
    await Promise.all([this.#connection.lookOnceMore(timeoutMs), this.#watch?.lookNow()])
  }

  #makeWatch(env: StrategyEnv): AccountWatch | null {
    const { accountLook: look } = this.#settings.strategies.connectionStrategy
    if (look === undefined || look.intervalMs === 0) return null
    const brings = (instrument: Instrument): boolean =>
      this.wanted.some(
        (stream) =>
          stream.channels.includes('executions') &&
          this.isActive(stream) &&
          (stream.instrument === null || stream.instrument === instrument),
      )
    return new AccountWatch({
      look,
      env,
      brings,
      isBehind: () => this.#pipeline.pending > 0,
      onLost: (error) => this.#connection.fail(failureOfError(error).kind, error),
    })
  }

  /** A message that is not what its type promises is the adapter's mistake. It arrives out of the socket's callback: thrown on, it would end the process. */
  #control(message: ParsedMessage): void {
    try {
      this.#onControl(message)
    } catch (thrown) {
      const error = invalidStrategy('The parser returned a message that cannot be used.', thrown)
      this.#owner.tell({ kind: 'error', error })
    }
  }

  #onControl(message: ParsedMessage): void {
    switch (message.type) {
      case MessageType.SubscriptionConfirm:
        if (this.#replies.take(message)) return
        this.#streams.onAnswer(message.data)
        return
      case MessageType.Reply:
        this.#replies.take(message)
        return
      case MessageType.Heartbeat:
        this.#connection.onHeartbeat(message.data)
        return
      case MessageType.Error:
        this.#onError(message)
        return
      case MessageType.Other:
        this.#onOther(message)
        return
    }
  }

  #onOther({ stream, data: { notice, detail: reason } }: OtherMessage): void {
    if (notice === 'upgrade') this.#owner.tell({ kind: 'take-over-wanted', reason })
    else if (notice !== null && stream !== null) this.#owner.tell({ kind: 'told', stream, status: notice, reason })
  }

  #onError(message: ErrorMessage): void {
    const { stream, data } = message
    const error = exchangeError(data, stream)
    this.#owner.tell({ kind: 'error', error })
    if (stream !== null) this.#tellWrong([stream], error.shortMessage, message)
    else if (error.code === 'ERR_MALFORMED_FRAME') this.#onUnreadable(message)
    if (data.failure !== null) this.#connection.fail(data.failure, error)
  }

  /** A frame that cannot be read ends the truth of every stream that it may have been of: those of its channel, or all where nobody knows that either. */
  #onUnreadable(message: ErrorMessage): void {
    const { wireChannel, failure } = message.data
    if (wireChannel !== null) {
      // Some exchanges name the stream itself where others name the channel of many.
      const streams = this.wanted.filter((one) => one.wireChannel === wireChannel || one.id === wireChannel)
      this.#tellWrong(streams, 'an update could not be read', message)
    } else if (failure === null) {
      this.#tellWrong(this.wanted, 'a frame of any stream could not be read', message)
    }
  }

  #tellWrong(streams: readonly Stream[], reason: string, { receivedAt, data }: ErrorMessage): void {
    const { wholeUntil: until = receivedAt } = data
    const wholeUntil = this.#wholeBefore(Math.min(receivedAt, until))
    this.#owner.tell({ kind: 'wrong', streams, reason, wholeUntil })
  }

  /** What was received then, epoch ms, is missing, and nothing that was received before. */
  #wholeBefore(receivedAt: number): WholeUntil {
    return { received: null, sent: Math.min(receivedAt, this.#connection.arrivedUntil) }
  }

  /** The connection is ready once everything that is wanted is asked for again. */
  async #restore(): Promise<void> {
    await this.#streams.restore()
    if (this.state === ConnectionState.Connected) this.#watch?.begin()
  }

  #onLost(failure: Failure): void {
    this.#watch?.end()
    this.#pipeline.endConnection()
    this.#streams.onLost(failure.error)
    this.#replies.failSent(outcomeUnknown(failure.error))
    const wholeUntil = this.#wholeUntil(failure)
    this.#lost = { reason: `the connection that was replaced was lost (${failure.error.code})`, wholeUntil }
    this.#owner.tell({ kind: 'lost', failure, streams: this.wanted, wholeUntil })
  }

  /** An end that the socket tells is noticed at once, but where it may have been dead before. A socket that fell silent is heard, and brings nothing, since nobody knows when; of an account, no message shows it either. */
  #wholeUntil({ kind, error }: Failure): WholeUntil & { readonly received: number } {
    const { openedAt, heardAt, heardUntil, arrivedUntil } = this.#connection
    if (silentAccount.has(error.code)) return { received: openedAt, sent: openedAt }
    const received = kind === 'timeout' ? heardAt : heardUntil
    return { received, sent: error.code === 'ERR_CONNECTION_SILENT' ? openedAt : arrivedUntil }
  }

  #onStateChange(change: ConnectionStateChange): void {
    // Told last: whoever hears of it must find that it was given up.
    const isEnd = change.state === ConnectionState.Error && change.nextAttemptAt === null
    if (isEnd && change.error !== null) this.#streams.finish(change.error)
    this.#owner.tell({ kind: 'state', ...change })
  }
}

const cutShort = 'the connection that was replaced broke before all of it had arrived'

/** Codes of accounts that bring nothing more on an open socket. */
const silentAccount: ReadonlySet<string> = new Set(['ERR_ACCOUNT_SILENT', 'ERR_LISTEN_KEY_ENDED'])
