import type { WebSocketManagerConfig } from '../config/manager-config.js'
import { Connection } from '../connection/connection.js'
import type { ConnectionStateChange } from '../connection/connection-options.js'
import type { ConnectionParsers } from '../connection/connection-parsers.js'
import type { ConnectionCounters } from '../connection/connection-record.js'
import { type Failure, failureOfError } from '../connection/failure.js'
import type { ConnectionTap, FrameTap } from '../connection/frame-tap.js'
import { invalidStrategy } from '../connection/strategy-fault.js'
import { maxWaitingMessages, tooManyWaiting } from '../connection/unsent.js'
import type { ErrorCode } from '../errors/error-codes.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import type { MessageMeter } from '../metrics/message-meter.js'
import type { BreakerState } from '../model/breaker-state.js'
import { ConnectionState } from '../model/connection-state.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { Instrument } from '../model/instrument.js'
import type { ErrorMessage, FeedMessage, ParsedMessage, Refusal, ReplyData } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { Stream } from '../model/stream.js'
import { Pipeline } from '../pipeline/pipeline.js'
import type { ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { WebSocketStrategySet } from '../strategy/strategy-set.js'
import type { SubscriptionAction } from '../strategy/subscription-strategy.js'
import type { ProbeOutcome } from '../stream/silence/silence-watch.js'
import { AccountWatch } from './account-watch.js'
import { halvesOf, type PendingRequest, type RefusedStream, type Settlement, SubscriptionLedger } from './ledger.js'
import { PostponedStreams } from './postponed.js'
import { Replies, type ReplyOptions } from './replies.js'
import { Requests } from './requests.js'
import type { SessionEvent } from './session-events.js'
import { nothingRefused, type SubscriptionOutcome, type SubscriptionWait, SubscriptionWaits } from './waits.js'

/** What every session of a manager shares. */
export interface SessionSettings {
  readonly strategies: WebSocketStrategySet
  readonly parsers: ConnectionParsers
  readonly config: WebSocketManagerConfig
  readonly policy: ReconnectionPolicy
  /** Shows the frames of every connection to whoever wants to see them. */
  readonly tap: FrameTap
  /** What reaches the strategies, for the life of the manager. */
  readonly env: StrategyEnv
  /** 1 and up; never the same twice in a manager. */
  readonly nextRequestId: () => number
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
  readonly tap: ConnectionTap
  readonly meter: MessageMeter
  readonly log: StrategyEnv['log']
}

/** One subscribed connection: a connection, the pipeline behind it, and the ledger of what it should carry. */
export class Session {
  readonly #settings: SessionSettings
  readonly #owner: SessionOwner
  readonly #ledger = new SubscriptionLedger()
  readonly #pipeline: Pipeline
  readonly #connection: Connection
  readonly #waits = new SubscriptionWaits()
  /** Null where nothing of an account is looked at. */
  readonly #watch: AccountWatch | null
  readonly #requests: Requests
  readonly #replies: Replies
  /** The streams asked for again after a reconnect, while that is under way. */
  #replay: SubscriptionWait | null = null
  #wasRestored = false
  /** Whether the exchange has answered anything about subscriptions on the present connection. */
  #isAnswered = false
  /** Whether a connection was replaced because nothing was answered on it, and nothing has been answered since. */
  #wasUnanswered = false
  /** Streams that were live before and could not be had at the moment. */
  readonly #postponed: PostponedStreams
  /** Streams that are asked for a second time because a signature was refused for its age. */
  readonly #askedAgain = new Set<Stream>()
  /** Streams that are there and are asked for once more, because they fell silent. */
  readonly #probed = new Set<Stream>()
  /** Why nothing can be subscribed any more. */
  #end: StreamError | null = null

  constructor(settings: SessionSettings, owner: SessionOwner, { lane, tap, meter, log }: SessionPlace) {
    const { strategies, parsers, config, policy, nextRequestId } = settings
    const env = { ...settings.env, log }
    const { clock } = env
    this.#settings = settings
    this.#owner = owner
    this.#replies = new Replies(clock)
    this.#postponed = new PostponedStreams({
      clock,
      random: env.random,
      onDue: (streams) => void this.#askPostponed(streams),
    })
    this.#requests = new Requests({
      strategy: strategies.subscriptionStrategy,
      env,
      nextRequestId,
      acknowledgementTimeoutMs: config.acknowledgementTimeoutMs,
      onTimeout: (request) => this.#onUnanswered(request),
    })
    const watch = this.#makeWatch(env)
    this.#watch = watch
    this.#pipeline = new Pipeline({
      ...config,
      batchSize: config.batchProcessingEnabled ? config.batchSize : 1,
      measure: config.enablePerformanceTracking,
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
        dropped: (stream) => owner.tell({ kind: 'dropped', stream }),
        handlerFailed: (error) => owner.tell({ kind: 'error', error }),
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
      clientMessagesPerSecond: strategies.limits.clientMessagesPerSecond,
      nextRequestId,
      env,
      owner: {
        onAttached: (parser) => this.#pipeline.beginConnection(parser),
        onFrame: (frame) => this.#pipeline.accept(frame),
        onReadFrame: (frame, messages) => this.#pipeline.acceptRead(frame, messages),
        onOpen: () => this.#restore(),
        onLost: (failure) => this.#onLost(failure),
        onStateChange: (change) => this.#onStateChange(change),
        onTakeOverWanted: (reason) => owner.tell({ kind: 'take-over-wanted', reason }),
        onStrategyFault: (error) => owner.tell({ kind: 'error', error }),
        onBreakerOpened: (error) => owner.tell({ kind: 'error', error }),
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
    return this.#ledger.wanted
  }

  get size(): number {
    return this.#ledger.size
  }

  get activeCount(): number {
    return this.#ledger.activeCount
  }

  get counters(): ConnectionCounters {
    return this.#connection.counters
  }

  get pending(): { messages: number; bytes: number } {
    return { messages: this.#pipeline.pending, bytes: this.#pipeline.pendingBytes }
  }

  has(stream: Stream): boolean {
    return this.#ledger.has(stream)
  }

  isActive(stream: Stream): boolean {
    return this.#ledger.isActive(stream)
  }

  /** Why the connection was given up; null where it was not. */
  get givenUp(): StreamError | null {
    return this.state === ConnectionState.Error ? this.#end : null
  }

  /** Whether it has ever been up, with everything subscribed. */
  get wasUp(): boolean {
    return this.#wasRestored
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
  async subscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    if (this.#end !== null) throw this.#end
    const added = this.#ledger.want(streams)
    const wait = this.#waits.begin(
      'subscribe',
      streams.filter((stream) => !this.#ledger.isActive(stream)),
    )
    try {
      await this.#ask('subscribe', added)
    } catch (thrown) {
      this.#failToPrepare('subscribe', thrown, added)
    }
    return wait.promise
  }

  /** Wants these streams no longer, and resolves once the exchange has answered, or the connection is gone. */
  async unsubscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    const removed = this.#ledger.unwant(streams)
    this.#postponed.settle(removed)
    this.#waits.accept('subscribe', removed)
    if (removed.length === 0 || this.state !== ConnectionState.Connected) return nothingRefused
    const wait = this.#waits.begin('unsubscribe', removed)
    try {
      await this.#ask('unsubscribe', removed)
    } catch (thrown) {
      this.#failToPrepare('unsubscribe', thrown, removed)
    }
    return wait.promise
  }

  /**
   * Has the exchange start these streams over, and says when they have ended. They stay wanted, and keep their room, throughout, also where the exchange refuses them now: it is not for
   * the user to subscribe them anew. Where the connection is lost, the replay starts them over.
   */
  async resubscribe(streams: readonly Stream[], onEnded: () => void): Promise<SubscriptionOutcome> {
    const outcome = await this.#resubscribe(streams, onEnded)
    this.#ledger.want([...outcome.refused, ...outcome.unanswered].map(({ stream }) => stream))
    return outcome
  }

  /**
   * Asks once more, alone, for a stream that is there as far as anybody knows. What comes of it is told as of any subscription, but for one that is not answered: that may be the exchange's
   * way with streams that it has already.
   */
  async probe(stream: Stream): Promise<ProbeOutcome> {
    if (this.state !== ConnectionState.Connected || !this.#ledger.isActive(stream)) return 'over'
    this.#probed.add(stream)
    const wait = this.#waits.begin('subscribe', [stream])
    try {
      await this.#ask('subscribe', [stream])
      return this.#probeOutcome(stream, await wait.promise)
    } catch {
      // No request could be made, or the session ended: nothing was asked.
      wait.acceptAll()
      return 'over'
    } finally {
      this.#probed.delete(stream)
    }
  }

  /** Ends the subscription of a stream, says so, and begins it anew, alone. What comes of that is told as of any subscription. */
  async startOver(stream: Stream, onEnded: () => void): Promise<ProbeOutcome> {
    if (this.state !== ConnectionState.Connected || !this.#ledger.has(stream)) return 'over'
    try {
      return this.#probeOutcome(stream, await this.#resubscribe([stream], onEnded))
    } catch {
      // The session ended.
      return 'over'
    }
  }

  #probeOutcome(stream: Stream, { refused, unanswered }: SubscriptionOutcome): ProbeOutcome {
    if (this.#ledger.isActive(stream)) return 'acknowledged'
    // Somebody waited, so it was not told as what it is: the exchange ended a stream that was there.
    const ended = refused.filter((one) => !this.#ledger.has(one.stream))
    if (ended.length > 0) this.#onUnheardRefusal(ended)
    return unanswered.length > 0 && this.#probed.has(stream) ? 'unanswered' : 'over'
  }

  async #resubscribe(streams: readonly Stream[], onEnded: () => void): Promise<SubscriptionOutcome> {
    const { epoch } = this.#requests
    this.#postponed.settle(streams)
    const unsubscribed = this.#waits.begin('unsubscribe', streams)
    await this.#ask('unsubscribe', streams)
    if (this.state !== ConnectionState.Connected) unsubscribed.acceptAll()
    await unsubscribed.promise
    onEnded()
    const wanted = streams.filter((stream) => this.#ledger.has(stream))
    if (epoch !== this.#requests.epoch || this.state !== ConnectionState.Connected) return nothingRefused
    const wait = this.#waits.begin('subscribe', wanted)
    await this.#ask('subscribe', wanted)
    return wait.promise
  }

  /** Gives the connection up for this reason and makes a new one, as after a loss. */
  replace(error: StreamError): void {
    this.#connection.fail('timeout', error)
  }

  /** Another session has taken over: what that carries need not be waited for here. */
  yieldTo(other: Session): void {
    this.#waits.accept(
      'subscribe',
      this.wanted.filter((stream) => other.isActive(stream)),
    )
  }

  /**
   * Closes the connection, delivers nothing any more, and settles whoever still waits with `ERR_CLOSED`; with `ERR_OUTCOME_UNKNOWN` those whose request went
   * out, which closing does not undo.
   */
  async close(): Promise<void> {
    this.#watch?.end()
    const error = new StreamError('ERR_CLOSED', 'The manager was closed before the exchange answered.')
    this.#requests.startOver()
    this.#pipeline.close()
    this.#finish(error)
    this.#replies.failUnsent(error)
    this.#replies.failSent(outcomeUnknown(null))
    this.#ledger.reset()
    this.#postponed.clear()
    this.#requests.keepTimers([])
    await this.#connection.close()
  }

  /** Closes the connection as `close()` does, once requests on their way are answered or have had the time for it, and after everything it read has been delivered. Resolves to whether that is all the exchange sent: not where it broke meanwhile. */
  async retire(): Promise<boolean> {
    const wasUp = this.state === ConnectionState.Connected
    await this.#replies.whenSettled(this.#settings.config.acknowledgementTimeoutMs)
    const isLost = wasUp && this.state !== ConnectionState.Connected
    await this.#connection.close()
    await this.#pipeline.whenIdle()
    await this.close()
    return !isLost && !this.#connection.wasCutShort
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

  async #ask(action: SubscriptionAction, streams: readonly Stream[]): Promise<void> {
    if (streams.length === 0 || this.state !== ConnectionState.Connected) return
    const { epoch } = this.#requests
    const messages = await this.#requests.prepare(action, streams)
    // What was prepared for a transport must not be sent on the next, nor on none.
    if (epoch !== this.#requests.epoch) return
    for (const message of messages) {
      const request = this.#ledger.sent(message)
      this.#connection.send(message.payload).then(
        () => this.#startTimer(request),
        // The connection is lost, and the ledger asks again on the next.
        () => {},
      )
    }
    this.#noteAwaited()
  }

  #startTimer(request: PendingRequest): void {
    if (this.#ledger.pendingRequests.includes(request)) this.#requests.startTimer(request)
  }

  /** The requests on their way have changed. */
  #noteAwaited(): void {
    const awaited = this.#ledger.pendingRequests
    this.#requests.keepTimers(awaited)
    this.#pipeline.expectControl(awaited.length > 0)
  }

  #onUnanswered(request: PendingRequest): void {
    if (this.#replay !== null && this.#wasRestored && !this.#isAnswered && !this.#wasUnanswered) {
      // A server that answers nothing may be dead. One that is like this again is not: what was live before is asked for until it answers.
      this.#wasUnanswered = true
      const error = new StreamError(
        'ERR_ACKNOWLEDGEMENT_TIMEOUT',
        'The exchange did not acknowledge subscriptions after a reconnect.',
      )
      this.#connection.fail('timeout', error)
      return
    }
    const settlement = this.#ledger.expire(request)
    if (settlement === null) return
    this.#conclude(settlement, false)
    // Should the exchange have subscribed us all the same, it is not wanted any more.
    const unwanted = settlement.refused.map((refused) => refused.stream)
    if (settlement.action === 'subscribe') void this.#ask('unsubscribe', unwanted).catch(() => {})
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
        this.#onAnswer(this.#ledger.settle(message.data))
        return
      case MessageType.Reply:
        this.#replies.take(message)
        return
      case MessageType.Heartbeat:
        this.#connection.onHeartbeat(message.data.reply)
        return
      case MessageType.Error:
        this.#onError(message)
        return
      case MessageType.Other:
        if (message.data.notice === 'upgrade')
          this.#owner.tell({ kind: 'take-over-wanted', reason: message.data.detail })
        return
    }
  }

  #onAnswer(settlements: readonly Settlement[]): void {
    if (settlements.length > 0) {
      this.#isAnswered = true
      this.#wasUnanswered = false
    }
    for (const settlement of settlements) this.#conclude(settlement, true)
  }

  #onError({ stream, data }: ErrorMessage): void {
    const error = exchangeError(data, stream)
    this.#owner.tell({ kind: 'error', error })
    if (stream !== null) this.#owner.tell({ kind: 'wrong', streams: [stream], reason: error.shortMessage })
    else if (error.code === 'ERR_MALFORMED_FRAME') this.#onUnreadable(data)
    if (data.failure !== null) this.#connection.fail(data.failure, error)
  }

  /** A frame that cannot be read ends the truth of every stream that it may have been of: those of its channel, or all where nobody knows that either. */
  #onUnreadable({ wireChannel, failure }: ErrorMessage['data']): void {
    if (wireChannel !== null) {
      // Some exchanges name the stream itself where others name the channel of many.
      const streams = this.wanted.filter((one) => one.wireChannel === wireChannel || one.id === wireChannel)
      this.#owner.tell({ kind: 'wrong', streams, reason: 'an update could not be read' })
    } else if (failure === null) {
      this.#owner.tell({ kind: 'wrong', streams: this.wanted, reason: 'a frame of any stream could not be read' })
    }
  }

  #conclude(answer: Settlement, answered: boolean): void {
    const settlement = this.#withoutLate(answer)
    const { action, accepted, refused, postponed, retry } = settlement
    this.#noteAwaited()
    this.#watch?.startOver()
    if (action === 'subscribe') this.#postponed.settle([...accepted, ...refused.map(({ stream }) => stream)])
    const put = answered ? postponed : postponed.filter(({ stream }) => !this.#probed.has(stream))
    if (put.length > 0) this.#postpone(put, answered)
    if (action === 'subscribe' && accepted.length > 0) this.#owner.tell({ kind: 'accepted', streams: accepted })
    for (const streams of retry) {
      void this.#ask(action, streams).catch((thrown) => this.#failToPrepare(action, thrown, streams))
    }
    this.#waits.accept(action, accepted)
    this.#waits.refuse({ action, refused: postponed }, answered, this.#replay)
    for (const refusal of settlement.stray) this.#owner.tell({ kind: 'error', error: strayRefusal(refusal) })
    const unheard = this.#waits.refuse(settlement, answered, this.#replay)
    if (unheard.length > 0 && action === 'subscribe') this.#onUnheardRefusal(unheard)
  }

  /** What was live before stays wanted. Not answered, one stream of a request may be why: each half is then asked for alone. */
  #postpone(postponed: readonly RefusedStream[], answered: boolean): void {
    const streams = postponed.map(({ stream }) => stream)
    const why = answered ? `refused for the moment (${postponed[0]?.refusal.reason ?? ''})` : 'not acknowledged'
    for (const list of answered ? [streams] : halvesOf(streams)) this.#askLater(list, why, answered)
  }

  #askLater(streams: readonly Stream[], why: string, isRefused: boolean): void {
    const delayMs = this.#postponed.postpone(streams)
    this.#owner.tell({ kind: 'postponed', streams, reason: `${why}, asked for again in ${delayMs} ms`, isRefused })
  }

  async #askPostponed(postponed: readonly Stream[]): Promise<void> {
    const streams = postponed.filter((stream) => this.#ledger.isMissing(stream))
    const { epoch } = this.#requests
    try {
      await this.#ask('subscribe', streams)
    } catch (thrown) {
      // Nothing else is asked of a request that cannot be made.
      const error = toStreamError(thrown, 'ERR_SIGNING_FAILED', preparationFailed.subscribe)
      const missing = streams.filter((stream) => this.#ledger.isMissing(stream))
      if (epoch === this.#requests.epoch && missing.length > 0) this.#askLater(missing, wordsOf(error), false)
    }
  }

  /** The answer without the streams whose request was too old or too new for the exchange: its time is measured, and they are asked for once more. */
  #withoutLate(settlement: Settlement): Settlement {
    const { action, refused } = settlement
    const isLate = ({ stream, refusal }: RefusedStream): boolean =>
      refusal.code === 'ERR_CLOCK_SKEW' && !this.#askedAgain.has(stream)
    const late = this.#requests.canMeasureTime ? refused.filter(isLate) : []
    for (const { stream } of refused) this.#askedAgain.delete(stream)
    for (const stream of settlement.accepted) this.#askedAgain.delete(stream)
    if (late.length === 0) return settlement
    void this.#askAgain(action, late)
    return { ...settlement, refused: refused.filter((one) => !late.includes(one)) }
  }

  async #askAgain(action: SubscriptionAction, late: readonly RefusedStream[]): Promise<void> {
    const { epoch } = this.#requests
    const streams = late.map(({ stream }) => stream)
    for (const stream of streams) this.#askedAgain.add(stream)
    if (action === 'subscribe') this.#ledger.want(streams)
    const isMeasured = await this.#requests.measureTime()
    // On another connection everything that is wanted is asked for anyway.
    if (epoch !== this.#requests.epoch) return
    // Who has thought better of it meanwhile has asked for the contrary already.
    const isMeant = (stream: Stream): boolean => this.#ledger.has(stream) === (action === 'subscribe')
    this.#waits.accept(
      action,
      streams.filter((stream) => !isMeant(stream)),
    )
    const left = late.filter(({ stream }) => isMeant(stream))
    if (!isMeasured) this.#refuseLate(action, left)
    else
      await this.#ask(
        action,
        left.map(({ stream }) => stream),
      ).catch(() => this.#refuseLate(action, left))
  }

  /** They could not be asked for once more: the refusal stands. */
  #refuseLate(action: SubscriptionAction, refused: readonly RefusedStream[]): void {
    if (action === 'subscribe') this.#ledger.unwant(refused.map(({ stream }) => stream))
    this.#conclude({ action, accepted: [], refused, postponed: [], retry: [], stray: [] }, true)
  }

  /** Nobody waits for these, so they were live before. Where the refusal is about who we are, another attempt may be accepted. */
  #onUnheardRefusal(refused: readonly RefusedStream[]): void {
    const refusal = refused.map((one) => one.refusal).find(({ code }) => code !== undefined)
    if (refusal?.code === undefined) {
      this.#owner.tell({ kind: 'refused', refused })
      return
    }
    this.#ledger.want(refused.map(({ stream }) => stream))
    const kind = refusal.code === 'ERR_CLOCK_SKEW' ? 'clock-skew' : 'authentication'
    this.#connection.fail(kind, new StreamError(refusal.code, `The exchange refused us: ${refusal.reason}`))
  }

  /** Requests that cannot be made, for want of a signature. What was live before is asked for again: a signing function that fails says nothing of who we are. */
  #failToPrepare(action: SubscriptionAction, thrown: unknown, streams: readonly Stream[]): void {
    const error = toStreamError(thrown, 'ERR_SIGNING_FAILED', preparationFailed[action])
    const replay = this.#replay
    if (action === 'subscribe' && streams.some((stream) => replay?.waitsFor(stream))) {
      // They stay wanted, and the next attempt asks for them.
      replay?.fail(error)
      return
    }
    const isHeard = this.#waits.fail(action, error, streams)
    if (action === 'unsubscribe') return
    if (isHeard) this.#ledger.unwant(streams)
    else this.#askLater(streams, wordsOf(error), false)
  }

  /** Asks again for everything that is wanted; the connection is ready once all of it is answered, or has had its time to be. */
  async #restore(): Promise<void> {
    this.#requests.startOver()
    this.#isAnswered = false
    this.#waits.acceptUnsubscribes()
    if (this.#wasRestored) this.#owner.tell({ kind: 'restoring', streams: this.wanted })
    const missing = this.#ledger.missing
    if (missing.length > 0) {
      const replay = this.#waits.begin('subscribe', missing)
      this.#replay = replay
      try {
        await Promise.all([this.#ask('subscribe', missing), replay.promise])
      } finally {
        replay.acceptAll()
        this.#replay = null
      }
    }
    this.#wasRestored = true
    if (this.state === ConnectionState.Connected) this.#watch?.begin()
  }

  #onLost(failure: Failure): void {
    this.#watch?.end()
    this.#pipeline.endConnection()
    this.#requests.startOver()
    this.#askedAgain.clear()
    this.#postponed.clear()
    this.#ledger.reset()
    this.#noteAwaited()
    this.#replay?.fail(failure.error)
    this.#waits.acceptUnsubscribes()
    this.#replies.failSent(outcomeUnknown(failure.error))
    this.#owner.tell({ kind: 'lost', failure, streams: this.wanted })
  }

  #onStateChange(change: ConnectionStateChange): void {
    // Told last: whoever hears of it must find that it was given up.
    const isEnd = change.state === ConnectionState.Error && change.nextAttemptAt === null
    if (isEnd && change.error !== null) this.#finish(change.error)
    this.#owner.tell({ kind: 'state', ...change })
  }

  /** Nothing is answered any more. */
  #finish(error: StreamError): void {
    this.#end ??= error
    this.#waits.acceptUnsubscribes()
    this.#waits.fail('subscribe', error)
  }
}

const preparationFailed: Readonly<Record<SubscriptionAction, string>> = {
  subscribe: 'A subscription could not be prepared.',
  unsubscribe: 'An unsubscription could not be prepared.',
}

/** What an error says, as part of a longer sentence. */
function wordsOf({ shortMessage }: StreamError): string {
  return shortMessage.replace(/\.$/, '')
}

/** What the exchange reported outside an acknowledgement, or a frame that could not be read, as an error of ours. */
function exchangeError(
  { code, message, wireChannel, failure }: ErrorMessage['data'],
  stream: Stream | null,
): StreamError {
  const channel = stream !== null ? { Stream: stream.id } : wireChannel !== null ? { Channel: wireChannel } : {}
  if (code === 'ERR_MALFORMED_FRAME') {
    return new StreamError(code, `A frame could not be read: ${message.replace(/\.$/, '')}.`, { context: channel })
  }
  return new StreamError(codeOf(failure), `The exchange reported an error: ${message}`, {
    context: { 'Exchange code': code, ...channel },
  })
}

function codeOf(failure: FailureKind | null): ErrorCode {
  if (failure === 'authentication') return 'ERR_AUTHENTICATION_FAILED'
  return failure === 'expired' ? 'ERR_LISTEN_KEY_ENDED' : 'ERR_EXCHANGE_ERROR'
}

/** Nobody waits for a stream of that name, and yet somebody's may be meant. */
function strayRefusal({ streamId, exchangeCode, reason }: Refusal): StreamError {
  return new StreamError(
    'ERR_SUBSCRIPTION_REJECTED',
    `The exchange refused something that names no stream of its request: ${reason}`,
    {
      context: { Stream: streamId, ...(exchangeCode === null ? {} : { 'Exchange code': exchangeCode }) },
      hint: 'One of the streams of that request may bring nothing. The adapter may spell its name otherwise than the exchange does.',
    },
  )
}

/** A request was sent, and the connection ended before its answer: it may have been carried out, or not. */
function outcomeUnknown(cause: StreamError | null): StreamError {
  return new StreamError('ERR_OUTCOME_UNKNOWN', 'The connection ended before the exchange answered a request.', {
    hint: 'It may have been carried out all the same: ask the exchange how things stand before you repeat it.',
    ...(cause === null ? {} : { cause }),
  })
}
