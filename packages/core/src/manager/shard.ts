import type { Logger } from 'pino'
import type { ConnectionStateChange } from '../connection/connection-options.js'
import type { StreamError } from '../errors/stream-error.js'
import { MessageMeter } from '../metrics/message-meter.js'
import type { ConnectionMetrics, MetricsSource } from '../metrics/performance-metrics.js'
import { composeMetrics } from '../metrics/performance-metrics.js'
import { ConnectionState } from '../model/connection-state.js'
import type { FeedMessage, ParsedMessage } from '../model/message.js'
import type { StreamRequest } from '../strategy/subscription-strategy.js'
import type { RefusedStream } from '../subscription/ledger.js'
import { Handover } from './handover.js'
import { Link, type LinkEnvironment } from './link.js'
import type { OperationOutcome } from './operation.js'

/** How long after a take-over a message may still arrive a second time, ms. */
const duplicateWindowMs = 5_000

/** Who a shard reports to. */
export interface ShardOwner {
  deliver(message: FeedMessage): void | PromiseLike<void>
  dropped(shard: Shard, message: ParsedMessage): void
  onError(error: StreamError): void
  onStateChange(shard: Shard, change: ConnectionStateChange): void
  onLost(shard: Shard, error: StreamError): void
  onRestoring(shard: Shard): void
  onAccepted(streams: readonly StreamRequest[]): void
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
  readonly #log: Logger
  readonly #meter = new MessageMeter()
  readonly #startedAt: number
  #link: Link
  #handover: Handover | null = null
  #replacing: Promise<void> | null = null
  /** What earlier links of this shard amounted to. */
  #pastReconnections = 0
  #pastFailures = 0
  #pastConnectedMs = 0
  #closed = false

  constructor(id: string, environment: LinkEnvironment, owner: ShardOwner, log: Logger) {
    this.id = id
    this.#environment = environment
    this.#owner = owner
    this.#log = log
    this.#startedAt = environment.clock.now()
    this.#link = this.#makeLink((message) => this.#deliverFromOld(message))
  }

  get state(): ConnectionState {
    return this.#link.state
  }

  get wanted(): readonly StreamRequest[] {
    return this.#link.wanted
  }

  get size(): number {
    return this.#link.size
  }

  has(streamId: string): boolean {
    return this.#link.has(streamId)
  }

  open(): Promise<void> {
    return this.#link.open()
  }

  send(payload: string | Uint8Array): void {
    this.#link.send(payload)
  }

  async subscribe(streams: readonly StreamRequest[]): Promise<OperationOutcome> {
    // Only where need be: without it, the room is taken before anything is awaited.
    if (this.#replacing !== null) await this.#replacing
    return this.#link.subscribe(streams)
  }

  async unsubscribe(streams: readonly StreamRequest[]): Promise<OperationOutcome> {
    if (this.#replacing !== null) await this.#replacing
    return this.#link.unsubscribe(streams.filter((stream) => this.#link.has(stream.id)))
  }

  /** Replaces the connection by a new one without losing a message or delivering one twice. A failure leaves the old one in place and is reported. */
  replace(reason: string): Promise<void> {
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
    this.#handover?.open()
    await this.#link.close()
    await this.#replacing
  }

  async #takeOver(reason: string): Promise<void> {
    if (this.#closed || this.#link.state !== ConnectionState.Connected) return
    this.#log.info({ event: 'replacing-connection', reason })
    const old = this.#link
    const handover = new Handover()
    this.#handover = handover
    const next = this.#makeLink((message) => this.#deliverFromNew(message, handover))
    try {
      await next.open()
      await next.subscribe(old.wanted)
    } catch (thrown) {
      this.#handover = null
      await next.close()
      if (!this.#closed) this.#owner.onError(thrown as StreamError)
      return
    }
    this.#pastReconnections += old.counters.reconnections + 1
    this.#pastFailures += old.counters.failures
    this.#link = next
    await old.retire()
    this.#pastConnectedMs += old.counters.connectedMs
    if (this.#closed) await next.close()
    handover.open()
    this.#environment.clock.setTimer(duplicateWindowMs, () => {
      if (this.#handover === handover) this.#handover = null
    })
  }

  #makeLink(deliver: (message: FeedMessage) => void | PromiseLike<void>): Link {
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
          if (isCurrent()) owner.onLost(this, failure.error)
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

  #deliverFromOld(message: FeedMessage): void | PromiseLike<void> {
    this.#handover?.remember(message)
    return this.#owner.deliver(message)
  }

  #deliverFromNew(message: FeedMessage, handover: Handover): void | PromiseLike<void> {
    if (!handover.isOpen) return handover.gate.then(() => this.#deliverFromNew(message, handover))
    if (this.#handover === handover) {
      if (handover.wasDelivered(message)) return undefined
    } else {
      this.#handover?.remember(message)
    }
    return this.#owner.deliver(message)
  }
}
