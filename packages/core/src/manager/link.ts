import type { Log } from '../config/logger.js'
import { Connection } from '../connection/connection.js'
import type { ConnectionStateChange } from '../connection/connection-options.js'
import type { ConnectionCounters } from '../connection/connection-record.js'
import type { Failure } from '../connection/failure.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import type { MessageMeter } from '../metrics/message-meter.js'
import { ConnectionState } from '../model/connection-state.js'
import type { ParsedMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import { Pipeline } from '../pipeline/pipeline.js'
import type { Stream, SubscriptionAction } from '../strategy/subscription-strategy.js'
import { type PendingRequest, type RefusedStream, type Settlement, SubscriptionLedger } from '../subscription/ledger.js'
import { AcknowledgementTimers } from './acknowledgement-timers.js'
import type { LinkEnvironment, LinkOwner } from './link-owner.js'
import { nothingRefused, type Operation, type OperationOutcome } from './operation.js'
import { Operations } from './operations.js'
import { RequestLine } from './request-line.js'
import { venueError } from './venue-error.js'

/** One subscribed connection: a connection, the pipeline behind it, and the ledger of what it should carry. */
export class Link {
  readonly #owner: LinkOwner
  readonly #ledger = new SubscriptionLedger()
  readonly #pipeline: Pipeline
  readonly #connection: Connection
  readonly #operations = new Operations()
  readonly #requests: RequestLine
  readonly #timers: AcknowledgementTimers
  /** The streams asked for again after a reconnect, while that is under way. */
  #replay: Operation | null = null
  #wasRestored = false
  /** Why nothing can be subscribed any more. */
  #end: StreamError | null = null

  constructor(environment: LinkEnvironment, owner: LinkOwner, meter: MessageMeter, log: Log) {
    const { strategies, config, policy, clock, random } = environment
    this.#owner = owner
    this.#requests = new RequestLine(strategies.subscriptionStrategy, clock)
    this.#timers = new AcknowledgementTimers(clock, config.acknowledgementTimeoutMs, (request) =>
      this.#onUnanswered(request),
    )
    this.#pipeline = new Pipeline({
      ...config,
      parser: strategies.messageParser,
      batchSize: config.batchProcessingEnabled ? config.batchSize : 1,
      measure: config.enablePerformanceTracking,
      meter,
      clock,
      consumer: {
        deliver: (message, isLate) => owner.deliver(message, isLate),
        control: (message) => this.#onControl(message),
        dropped: (message) => owner.dropped(message),
        handlerFailed: (error) => owner.onError(error),
        setPaused: (paused) => this.#connection.setPaused(paused),
      },
    })
    this.#connection = new Connection({
      ...config,
      strategy: strategies.connectionStrategy,
      policy,
      clientMessagesPerSecond: strategies.limits.clientMessagesPerSecond,
      clock,
      random,
      log,
      owner: {
        onFrame: (frame) => this.#pipeline.accept(frame),
        onOpen: () => this.#restore(),
        onLost: (failure) => this.#onLost(failure),
        onStateChange: (change) => this.#onStateChange(change),
        onReplaceWanted: (reason) => owner.onReplaceWanted(reason),
      },
    })
  }

  get state(): ConnectionState {
    return this.#connection.state
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

  has(streamId: string): boolean {
    return this.#ledger.has(streamId)
  }

  isActive(streamId: string): boolean {
    return this.#ledger.isActive(streamId)
  }

  /** Connects. A failure is not retried: `StreamError`. */
  open(): Promise<void> {
    return this.#connection.open()
  }

  /** Lets data wait from now on, before it is opened, until `release()`. */
  hold(): void {
    this.#pipeline.hold()
  }

  release(): void {
    this.#pipeline.release()
  }

  send(payload: string | Uint8Array): void {
    this.#connection.send(payload)
  }

  /**
   * Wants these streams, and resolves once the exchange has answered for each, after reconnects if need be.
   * Rejects with `ERR_CLOSED`, or with `ERR_RECONNECT_EXHAUSTED` where the connection was given up.
   */
  async subscribe(streams: readonly Stream[]): Promise<OperationOutcome> {
    if (this.#end !== null) throw this.#end
    const added = this.#ledger.want(streams)
    const operation = this.#operations.watch(
      'subscribe',
      streams.filter((stream) => !this.#ledger.isActive(stream.id)),
    )
    try {
      await this.#request('subscribe', added)
    } catch (thrown) {
      this.#failToPrepare(thrown, added)
    }
    return operation.promise
  }

  /** Wants these streams no longer, and resolves once the exchange has answered, or the connection is gone. */
  async unsubscribe(streams: readonly Stream[]): Promise<OperationOutcome> {
    const removed = this.#ledger.unwant(streams)
    this.#operations.accept('subscribe', removed)
    if (removed.length === 0 || this.state !== ConnectionState.Connected) return nothingRefused
    const operation = this.#operations.watch('unsubscribe', removed)
    try {
      await this.#request('unsubscribe', removed)
    } catch (thrown) {
      operation.fail(toStreamError(thrown, 'ERR_AUTHENTICATION_FAILED', 'An unsubscription could not be prepared.'))
    }
    return operation.promise
  }

  /** Has the exchange start these streams over, and says when they have ended. They stay wanted, and keep their room, throughout; where the connection is lost, the replay starts them over. */
  async resubscribe(streams: readonly Stream[], onEnded: () => void): Promise<OperationOutcome> {
    const epoch = this.#requests.epoch
    const unsubscribed = this.#operations.watch('unsubscribe', streams)
    await this.#request('unsubscribe', streams)
    if (this.state !== ConnectionState.Connected) unsubscribed.acceptAll()
    await unsubscribed.promise
    onEnded()
    const wanted = streams.filter((stream) => this.#ledger.has(stream.id))
    if (epoch !== this.#requests.epoch || this.state !== ConnectionState.Connected) return nothingRefused
    const operation = this.#operations.watch('subscribe', wanted)
    await this.#request('subscribe', wanted)
    return operation.promise
  }

  /** Another link has taken over: what that carries need not be waited for here. */
  yieldTo(other: Link): void {
    this.#operations.accept(
      'subscribe',
      this.wanted.filter((stream) => other.isActive(stream.id)),
    )
  }

  /** Closes the connection, delivers nothing any more, and settles whoever still waits with `ERR_CLOSED`. */
  async close(): Promise<void> {
    this.#requests.startOver()
    this.#pipeline.close()
    this.#finish(new StreamError('ERR_CLOSED', 'The manager was closed before the exchange answered.'))
    this.#timers.keep([])
    await this.#connection.close()
  }

  /** Closes the connection as `close()` does, after everything it read has been delivered. */
  async retire(): Promise<void> {
    await this.#connection.close()
    await this.#pipeline.whenIdle()
    await this.close()
  }

  async #request(action: SubscriptionAction, streams: readonly Stream[]): Promise<void> {
    if (streams.length === 0 || this.state !== ConnectionState.Connected) return
    const { epoch } = this.#requests
    const messages = await this.#requests.prepare(action, streams)
    // What was prepared for a transport must not be sent on the next, nor on none.
    if (epoch !== this.#requests.epoch) return
    for (const message of messages) {
      const request = this.#ledger.sent(message)
      this.#connection.send(message.payload, () => this.#timers.start(request))
    }
    this.#noteAwaited()
  }

  /** The requests on their way have changed. */
  #noteAwaited(): void {
    const awaited = this.#ledger.pendingRequests
    this.#timers.keep(awaited)
    this.#pipeline.expectControl(awaited.length > 0)
  }

  #onUnanswered(request: PendingRequest): void {
    if (this.#replay !== null && this.#wasRestored) {
      // What was live before must come back: a connection that does not answer for it is not the one.
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
    if (settlement.action === 'subscribe') void this.#request('unsubscribe', unwanted).catch(() => {})
  }

  #onControl(message: ParsedMessage): void {
    switch (message.type) {
      case MessageType.SubscriptionConfirm: {
        const settlement = this.#ledger.settle(message.data)
        if (settlement !== null) this.#conclude(settlement, true)
        return
      }
      case MessageType.Heartbeat:
        if (message.data.kind === 'pong') this.#connection.onPong()
        return
      case MessageType.Error: {
        const error = venueError(message.data)
        const { wireChannel, failure } = message.data
        this.#owner.onError(error)
        if (error.code === 'ERR_MALFORMED_FRAME' && wireChannel !== null) this.#owner.onUnreadable(wireChannel)
        if (failure !== null) this.#connection.fail(failure, error)
        return
      }
      case MessageType.Other:
        if (message.data.notice === 'upgrade') this.#owner.onReplaceWanted(message.data.detail)
        return
    }
  }

  #conclude(settlement: Settlement, answered: boolean): void {
    const { action, accepted, retry } = settlement
    this.#noteAwaited()
    if (action === 'subscribe' && accepted.length > 0) this.#owner.onAccepted(accepted)
    if (retry.length > 0) void this.#request(action, retry).catch((thrown) => this.#failToPrepare(thrown, retry))
    this.#operations.accept(action, accepted)
    const unheard = this.#operations.refuse(settlement, answered, this.#replay)
    if (unheard.length > 0 && action === 'subscribe') this.#onUnheardRefusal(unheard)
  }

  /** Nobody waits for these, so they were live before. Where the refusal is about who we are, another attempt may be accepted. */
  #onUnheardRefusal(refused: readonly RefusedStream[]): void {
    const refusal = refused.map((one) => one.refusal).find(({ code }) => code !== undefined)
    if (refusal?.code === undefined) {
      this.#owner.onRefused(refused)
      return
    }
    this.#ledger.want(refused.map(({ stream }) => stream))
    this.#connection.fail('authentication', new StreamError(refusal.code, `The exchange refused us: ${refusal.reason}`))
  }

  /** Requests that cannot be made, for want of a signature, are nobody's streams. */
  #failToPrepare(thrown: unknown, streams: readonly Stream[]): void {
    this.#ledger.unwant(streams)
    const error = toStreamError(thrown, 'ERR_AUTHENTICATION_FAILED', 'A subscription could not be prepared.')
    this.#operations.fail(error, streams)
  }

  /** Asks again for everything that is wanted; the connection is ready once all of it is answered. */
  async #restore(): Promise<void> {
    this.#requests.startOver()
    this.#operations.acceptUnsubscribes()
    if (this.#wasRestored) this.#owner.onRestoring()
    const missing = this.#ledger.missing
    if (missing.length > 0) {
      const replay = this.#operations.watch('subscribe', missing)
      this.#replay = replay
      try {
        await Promise.all([this.#request('subscribe', missing), replay.promise])
      } finally {
        replay.acceptAll()
        this.#replay = null
      }
    }
    this.#wasRestored = true
  }

  #onLost(failure: Failure): void {
    this.#pipeline.endConnection()
    this.#requests.startOver()
    this.#ledger.reset()
    this.#noteAwaited()
    this.#replay?.fail(failure.error)
    this.#operations.acceptUnsubscribes()
    this.#owner.onLost(failure)
  }

  #onStateChange(change: ConnectionStateChange): void {
    this.#owner.onStateChange(change)
    if (change.state === ConnectionState.Error && change.error !== null) this.#finish(change.error)
  }

  /** Nothing is answered any more. */
  #finish(error: StreamError): void {
    this.#end ??= error
    this.#operations.acceptUnsubscribes()
    this.#operations.fail(error)
  }
}
