import type { Timer } from '../clock/clock.js'
import type { Log } from '../config/logger.js'
import type { ConnectionStateChange } from '../connection/connection-options.js'
import { StreamError } from '../errors/stream-error.js'
import { MessageMeter } from '../metrics/message-meter.js'
import type { ConnectionMetrics, MetricsSource } from '../metrics/performance-metrics.js'
import { composeMetrics } from '../metrics/performance-metrics.js'
import { ConnectionState } from '../model/connection-state.js'
import type { FeedMessage, ParsedMessage } from '../model/message.js'
import type { Stream } from '../strategy/subscription-strategy.js'
import type { RefusedStream } from '../subscription/ledger.js'
import { Handover } from './handover.js'
import { Link } from './link.js'
import type { LinkEnvironment, LinkOwner } from './link-owner.js'
import type { OperationOutcome } from './operation.js'

/** How long after a take-over a message may still arrive a second time, and no further take-over begins, ms. */
const settlingMs = 5_000

/** Who a shard reports to. */
export interface ShardOwner {
  deliver(message: FeedMessage, isLate: boolean): void | PromiseLike<void>
  dropped(shard: Shard, message: ParsedMessage): void
  onError(error: StreamError): void
  onStateChange(shard: Shard, change: ConnectionStateChange): void
  onLost(shard: Shard, error: StreamError): void
  onRestoring(shard: Shard): void
  onAccepted(streams: readonly Stream[]): void
  onUnreadable(shard: Shard, wireChannel: string): void
  onRefused(shard: Shard, refused: readonly RefusedStream[]): void
}

/**
 * A lasting place for streams: one connection, and when that has to be replaced, the next. The new one is up and acknowledged before the old one closes.
 */
export class Shard {
  readonly id: string
  readonly #environment: LinkEnvironment
  readonly #owner: ShardOwner
  readonly #log: Log
  readonly #meter = new MessageMeter()
  readonly #startedAt: number
  #link: Link
  /** The link that is to take over, until it has, and the one it took over from, until that has ended. */
  #next: Link | null = null
  #old: Link | null = null
  #handover: Handover | null = null
  /** The part of a take-over before the links change places, and all of it. */
  #swapping: Promise<boolean> | null = null
  #replacing: Promise<void> | null = null
  /** Streams to be subscribed once the links have changed places; their room is taken. */
  readonly #reserved = new Map<string, Stream>()
  #settling: Timer | null = null
  /** Why another take-over was asked for so soon. */
  #wantedAgain: string | null = null
  /** What earlier links of this shard amounted to. */
  #pastReconnections = 0
  #pastFailures = 0
  #pastConnectedMs = 0
  #closed = false

  constructor(id: string, environment: LinkEnvironment, owner: ShardOwner, log: Log) {
    this.id = id
    this.#environment = environment
    this.#owner = owner
    this.#log = log
    this.#startedAt = environment.clock.now()
    this.#link = this.#makeLink((message, isLate) => this.#deliverFromOld(message, isLate))
  }

  get state(): ConnectionState {
    return this.#link.state
  }

  get wanted(): readonly Stream[] {
    return this.#link.wanted
  }

  get size(): number {
    return this.#link.size + this.#reserved.size
  }

  /** Whether it can take streams: not one that was given up, or closed. */
  get isOpen(): boolean {
    const { state } = this
    return state !== ConnectionState.Error && state !== ConnectionState.Closing && state !== ConnectionState.Closed
  }

  has(streamId: string): boolean {
    return this.#link.has(streamId) || this.#reserved.has(streamId)
  }

  open(): Promise<void> {
    return this.#link.open()
  }

  send(payload: string | Uint8Array): void {
    this.#link.send(payload)
  }

  async subscribe(streams: readonly Stream[]): Promise<OperationOutcome> {
    if (this.#swapping !== null) {
      const reserved = streams.filter((stream) => !this.#link.has(stream.id))
      for (const stream of reserved) this.#reserved.set(stream.id, stream)
      await this.#swapping
      for (const stream of reserved) this.#reserved.delete(stream.id)
    }
    return this.#link.subscribe(streams)
  }

  async unsubscribe(streams: readonly Stream[]): Promise<OperationOutcome> {
    if (this.#swapping !== null) await this.#swapping
    return this.#link.unsubscribe(streams.filter((stream) => this.#link.has(stream.id)))
  }

  async resubscribe(streams: readonly Stream[], onEnded: () => void): Promise<OperationOutcome> {
    if (this.#swapping !== null) await this.#swapping
    return this.#link.resubscribe(streams, onEnded)
  }

  /** Replaces the connection by a new one without losing a message or delivering one twice. A failure leaves the old one in place and is reported. */
  replace(reason: string): Promise<void> {
    if (this.#settling !== null) {
      this.#wantedAgain = reason
      return Promise.resolve()
    }
    this.#replacing ??= this.#takeOver(reason).finally(() => {
      this.#replacing = null
    })
    return this.#replacing
  }

  metricsSource(): MetricsSource {
    const { counters, pending } = this.#link
    return {
      meter: this.#meter,
      pendingMessages: pending.messages,
      pendingBytes: pending.bytes,
      reconnections: this.#pastReconnections + counters.reconnections,
      failures: this.#pastFailures + counters.failures,
      lastRecoveryMs: counters.lastRecoveryMs,
      maxRecoveryMs: counters.maxRecoveryMs,
      startedAt: this.#startedAt,
      connectedMs: this.#pastConnectedMs + counters.connectedMs,
    }
  }

  metrics(nowMs: number): ConnectionMetrics {
    return {
      connectionId: this.id,
      state: this.state,
      streams: this.size,
      activeStreams: this.#link.activeCount,
      ...composeMetrics([this.metricsSource()], nowMs),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#settling?.cancel()
    await Promise.all([this.#link, this.#next, this.#old].map((link) => link?.close()))
    await this.#replacing
  }

  async #takeOver(reason: string): Promise<void> {
    if (this.#closed || this.#link.state !== ConnectionState.Connected) return
    this.#log.info({ event: 'replacing-connection', reason })
    const old = this.#link
    const handover = new Handover()
    this.#handover = handover
    this.#swapping = this.#swap(old, handover).finally(() => {
      this.#swapping = null
    })
    if (!(await this.#swapping)) return
    await old.retire()
    this.#old = null
    this.#pastConnectedMs += old.counters.connectedMs
    this.#link.release()
    if (!this.#closed) this.#settle()
  }

  /** Puts a new link that carries the same streams into the old one's place; false where that cannot be had. */
  async #swap(old: Link, handover: Handover): Promise<boolean> {
    const next = this.#makeLink((message, isLate) => this.#deliverFromNew(message, isLate, handover))
    this.#next = next
    next.hold()
    try {
      await next.open()
      const { refused, unanswered } = await next.subscribe(old.wanted)
      if (refused.length + unanswered.length > 0) throw notTakenOver([...refused, ...unanswered])
      if (this.#closed) return false
    } catch (thrown) {
      this.#handover = null
      await next.close()
      if (!this.#closed) this.#owner.onError(thrown as StreamError)
      return false
    } finally {
      this.#next = null
    }
    this.#pastReconnections += old.counters.reconnections + 1
    this.#pastFailures += old.counters.failures
    this.#link = next
    this.#old = old
    old.yieldTo(next)
    if (old.state !== ConnectionState.Connected) {
      // It was lost meanwhile, and its owner told so.
      this.#owner.onStateChange(this, { state: ConnectionState.Connected, previous: old.state, error: null })
      this.#owner.onRestoring(this)
      this.#owner.onAccepted(next.wanted)
    }
    return true
  }

  /** For a while, what the old connection delivered may come from the new one again; and a venue that wants each new one replaced has to wait. */
  #settle(): void {
    const handover = this.#handover
    this.#settling = this.#environment.clock.setTimer(settlingMs, () => {
      this.#settling = null
      if (this.#handover === handover) this.#handover = null
      const reason = this.#wantedAgain
      this.#wantedAgain = null
      if (reason !== null) void this.replace(reason)
    })
  }

  #makeLink(deliver: LinkOwner['deliver']): Link {
    const owner = this.#owner
    const isCurrent = (): boolean => this.#link === link
    const link: Link = new Link(
      this.#environment,
      {
        deliver,
        dropped: (message) => owner.dropped(this, message),
        onError: (error) => owner.onError(error),
        onStateChange: (change) => {
          if (isCurrent()) owner.onStateChange(this, change)
        },
        onLost: (failure) => {
          if (!isCurrent()) return
          this.#wantedAgain = null
          owner.onLost(this, failure.error)
        },
        onRestoring: () => {
          if (isCurrent()) owner.onRestoring(this)
        },
        onAccepted: (streams) => owner.onAccepted(streams),
        onUnreadable: (wireChannel) => owner.onUnreadable(this, wireChannel),
        onRefused: (refused) => owner.onRefused(this, refused),
        onReplaceWanted: (reason) => {
          if (isCurrent()) void this.replace(reason)
        },
      },
      this.#meter,
      this.#log,
    )
    return link
  }

  #deliverFromOld(message: FeedMessage, isLate: boolean): void | PromiseLike<void> {
    this.#handover?.remember(message)
    return this.#owner.deliver(message, isLate)
  }

  #deliverFromNew(message: FeedMessage, isLate: boolean, handover: Handover): void | PromiseLike<void> {
    if (this.#handover !== handover) this.#handover?.remember(message)
    else if (handover.wasDelivered(message)) return undefined
    return this.#owner.deliver(message, isLate)
  }
}

function notTakenOver(refused: readonly RefusedStream[]): StreamError {
  const [first] = refused
  return new StreamError(
    'ERR_SUBSCRIPTION_REJECTED',
    `A new connection could not take over: ${refused.length} of its streams were not accepted.`,
    {
      context: { Stream: first?.stream.id ?? '', Reason: first?.refusal.reason ?? '' },
      hint: 'The old connection goes on for as long as the exchange lets it.',
    },
  )
}
