import type { Logger } from 'pino'
import type { Clock, Timer } from '../clock/clock.js'
import type { WebSocketManagerConfig } from '../config/manager-config.js'
import { Connection } from '../connection/connection.js'
import type { ConnectionStateChange } from '../connection/connection-options.js'
import type { ConnectionCounters } from '../connection/connection-record.js'
import type { Failure } from '../connection/failure.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import type { MessageMeter } from '../metrics/message-meter.js'
import { ConnectionState } from '../model/connection-state.js'
import type { ErrorData, FeedMessage, ParsedMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import { Pipeline } from '../pipeline/pipeline.js'
import type { ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { WebSocketStrategySet } from '../strategy/strategy-set.js'
import type { StreamRequest, SubscriptionAction } from '../strategy/subscription-strategy.js'
import { type PendingRequest, type RefusedStream, type Settlement, SubscriptionLedger } from '../subscription/ledger.js'
import { Operation, type OperationOutcome } from './operation.js'

/** Who a link reports to. */
export interface LinkOwner {
  deliver(message: FeedMessage): void | PromiseLike<void>
  dropped(message: ParsedMessage): void
  onError(error: StreamError): void
  onStateChange(change: ConnectionStateChange): void
  /** The connection is gone, and with it whatever the venue sends until it is back. */
  onLost(failure: Failure): void
  /** The connection is back, and everything that is wanted is about to be asked for again. */
  onRestoring(): void
  /** Streams the exchange acknowledged. */
  onAccepted(streams: readonly StreamRequest[]): void
  /** A frame of one of our streams could not be read. */
  onUnreadable(wireChannel: string): void
  /** Streams the exchange refused although nobody waits for the answer (on a replay). */
  onRefused(refused: readonly RefusedStream[]): void
  /** A new connection should take over without losing a message. */
  onReplaceWanted(reason: string): void
}

/** What every link of a manager shares. */
export interface LinkEnvironment {
  readonly strategies: WebSocketStrategySet
  readonly config: WebSocketManagerConfig
  readonly policy: ReconnectionPolicy
  readonly clock: Clock
  readonly random: () => number
}

/** One subscribed connection: a connection, the pipeline behind it, and the ledger of what it should carry. */
export class Link {
  readonly #environment: LinkEnvironment
  readonly #owner: LinkOwner
  readonly #ledger = new SubscriptionLedger()
  readonly #pipeline: Pipeline
  readonly #connection: Connection
  readonly #operations = new Set<Operation>()
  readonly #acknowledgementTimers = new Map<PendingRequest, Timer>()
  /** The streams asked for again after a reconnect, while that is under way. */
  #replay: Operation | null = null
  #wasRestored = false
  #nextRequestId = 1
  /** Counts transports: what was prepared for one must not be sent on the next. */
  #epoch = 0

  constructor(environment: LinkEnvironment, owner: LinkOwner, meter: MessageMeter, log: Logger) {
    const { strategies, config, policy, clock, random } = environment
    this.#environment = environment
    this.#owner = owner
    this.#pipeline = new Pipeline({
      ...config,
      parser: strategies.messageParser,
      batchSize: config.batchProcessingEnabled ? config.batchSize : 1,
      measure: config.enablePerformanceTracking,
      meter,
      clock,
      consumer: {
        deliver: (message) => owner.deliver(message),
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

  get wanted(): readonly StreamRequest[] {
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

  /** Connects. A failure is not retried: `StreamError`. */
  open(): Promise<void> {
    return this.#connection.open()
  }

  send(payload: string | Uint8Array): void {
    this.#connection.send(payload)
  }

  /** Wants these streams, and resolves once the exchange has answered for each, after reconnects if need be. */
  async subscribe(streams: readonly StreamRequest[]): Promise<OperationOutcome> {
    const added = this.#ledger.want(streams)
    const operation = this.#watch(
      streams.filter((stream) => !this.#ledger.isActive(stream.id)).map((stream) => stream.id),
    )
    try {
      await this.#request('subscribe', added)
    } catch (thrown) {
      this.#ledger.unwant(added)
      operation.fail(toStreamError(thrown, 'ERR_AUTHENTICATION_FAILED', 'A subscription could not be prepared.'))
    }
    return operation.promise
  }

  /** Wants these streams no longer, and resolves once the exchange has answered, or the connection is gone. */
  async unsubscribe(streams: readonly StreamRequest[]): Promise<OperationOutcome> {
    const removed = this.#ledger.unwant(streams)
    if (removed.length === 0 || this.state !== ConnectionState.Connected) return { refused: [], unanswered: [] }
    for (const operation of this.#operations) for (const stream of removed) operation.accept(stream.id)
    const operation = this.#watch(removed.map((stream) => stream.id))
    try {
      await this.#request('unsubscribe', removed)
    } catch (thrown) {
      operation.fail(toStreamError(thrown, 'ERR_AUTHENTICATION_FAILED', 'An unsubscription could not be prepared.'))
    }
    return operation.promise
  }

  /** Closes the connection and settles whoever still waits with `ERR_CLOSED`. */
  async close(): Promise<void> {
    this.#epoch += 1
    this.#failOperations(new StreamError('ERR_CLOSED', 'The manager was closed before the exchange answered.'))
    this.#cancelTimers()
    await this.#connection.close()
    this.#pipeline.close()
  }

  /** Closes the connection as `close()` does, after everything it read has been delivered. */
  async retire(): Promise<void> {
    await this.#connection.close()
    await this.#pipeline.whenIdle()
    await this.close()
  }

  #watch(streamIds: readonly string[]): Operation {
    const operation = new Operation(streamIds)
    this.#operations.add(operation)
    const forget = (): void => void this.#operations.delete(operation)
    operation.promise.then(forget, forget)
    return operation
  }

  async #request(action: SubscriptionAction, streams: readonly StreamRequest[]): Promise<void> {
    if (streams.length === 0 || this.state !== ConnectionState.Connected) return
    const epoch = this.#epoch
    const { strategies, clock } = this.#environment
    const messages = await strategies.subscriptionStrategy.createSubscriptionMessages(action, streams, {
      nextRequestId: () => this.#nextRequestId++,
      wallTime: () => clock.wallTime(),
    })
    if (epoch !== this.#epoch) return
    for (const message of messages) {
      const request = this.#ledger.sent(message)
      this.#connection.send(message.payload, () => this.#expectAnswer(request))
    }
  }

  #expectAnswer(request: PendingRequest): void {
    const { clock, config } = this.#environment
    const timer = clock.setTimer(config.acknowledgementTimeoutMs, () => {
      this.#acknowledgementTimers.delete(request)
      this.#onUnanswered(request)
    })
    this.#acknowledgementTimers.set(request, timer)
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
    if (settlement.action === 'subscribe') void this.#request('unsubscribe', request.message.streams).catch(() => {})
  }

  #onControl(message: ParsedMessage): void {
    switch (message.type) {
      case MessageType.SubscriptionConfirm: {
        const settlement = this.#ledger.settle(message.data)
        if (settlement === null) return
        this.#cancelSettledTimers()
        this.#conclude(settlement, true)
        return
      }
      case MessageType.Heartbeat:
        if (message.data.kind === 'pong') this.#connection.onPong()
        return
      case MessageType.Error:
        this.#onVenueError(message.data)
        return
      case MessageType.Other:
        if (message.data.notice === 'upgrade') this.#owner.onReplaceWanted(message.data.detail)
        return
    }
  }

  #onVenueError(data: ErrorData): void {
    const malformed = data.code === 'ERR_MALFORMED_FRAME'
    const error = new StreamError(
      malformed
        ? 'ERR_MALFORMED_FRAME'
        : data.failure === 'authentication'
          ? 'ERR_AUTHENTICATION_FAILED'
          : 'ERR_VENUE_ERROR',
      malformed ? `A frame could not be read: ${data.message}.` : `The exchange reported an error: ${data.message}`,
      {
        context: {
          ...(malformed ? {} : { 'Exchange code': data.code }),
          ...(data.wireChannel === null ? {} : { Channel: data.wireChannel }),
        },
      },
    )
    this.#owner.onError(error)
    if (malformed && data.wireChannel !== null) this.#owner.onUnreadable(data.wireChannel)
    if (data.failure !== null) this.#connection.fail(data.failure, error)
  }

  #conclude(settlement: Settlement, answered: boolean): void {
    if (settlement.action === 'subscribe' && settlement.accepted.length > 0) this.#owner.onAccepted(settlement.accepted)
    if (settlement.retry.length > 0) void this.#request(settlement.action, settlement.retry).catch(() => {})
    for (const operation of [...this.#operations]) {
      for (const stream of settlement.accepted) operation.accept(stream.id)
    }
    const unclaimed = settlement.refused.filter((refused) => {
      const waiting = [...this.#operations].filter(
        (operation) => operation !== this.#replay && operation.waitsFor(refused.stream.id),
      )
      this.#replay?.refuse(refused, answered)
      for (const operation of waiting) operation.refuse(refused, answered)
      return waiting.length === 0
    })
    if (unclaimed.length > 0 && settlement.action === 'subscribe') this.#onUnclaimedRefusal(unclaimed)
  }

  /** Nobody waits for these, so they were live before. Where the refusal is about who we are, another attempt may be accepted. */
  #onUnclaimedRefusal(refused: readonly RefusedStream[]): void {
    const refusal = refused.map((one) => one.refusal).find(({ code }) => code !== undefined)
    if (refusal?.code === undefined) {
      this.#owner.onRefused(refused)
      return
    }
    this.#ledger.want(refused.map(({ stream }) => stream))
    this.#connection.fail('authentication', new StreamError(refusal.code, `The exchange refused us: ${refusal.reason}`))
  }

  /** Asks again for everything that is wanted; the connection is ready once all of it is answered. */
  async #restore(): Promise<void> {
    this.#epoch += 1
    this.#nextRequestId = 1
    if (this.#wasRestored) this.#owner.onRestoring()
    const missing = this.#ledger.missing
    if (missing.length > 0) {
      const replay = this.#watch(missing.map((stream) => stream.id))
      this.#replay = replay
      try {
        await Promise.all([this.#request('subscribe', missing), replay.promise])
      } finally {
        this.#operations.delete(replay)
        this.#replay = null
      }
    }
    this.#wasRestored = true
  }

  #onLost(failure: Failure): void {
    this.#epoch += 1
    this.#ledger.reset()
    this.#cancelTimers()
    this.#replay?.fail(failure.error)
    this.#settleUnsubscribes()
    this.#owner.onLost(failure)
  }

  /** What was being unsubscribed is gone with the connection. */
  #settleUnsubscribes(): void {
    const wanted = new Set(this.#ledger.wanted.map((stream) => stream.id))
    for (const operation of [...this.#operations]) operation.acceptAllBut(wanted)
  }

  #onStateChange(change: ConnectionStateChange): void {
    this.#owner.onStateChange(change)
    if (change.state === ConnectionState.Error && change.error !== null) {
      this.#failOperations(change.error)
    }
  }

  #failOperations(error: StreamError): void {
    for (const operation of [...this.#operations]) operation.fail(error)
  }

  #cancelTimers(): void {
    for (const timer of this.#acknowledgementTimers.values()) timer.cancel()
    this.#acknowledgementTimers.clear()
  }

  #cancelSettledTimers(): void {
    const pending = new Set(this.#ledger.pendingRequests)
    for (const [request, timer] of this.#acknowledgementTimers) {
      if (pending.has(request)) continue
      timer.cancel()
      this.#acknowledgementTimers.delete(request)
    }
  }
}
