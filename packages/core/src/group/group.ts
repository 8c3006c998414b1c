import type { StreamError } from '../errors/stream-error.js'
import type { ConnectionMetrics, MetricsSource } from '../metrics/performance-metrics.js'
import type { ConnectionState } from '../model/connection-state.js'
import type { FeedMessage, ReplyData } from '../model/message.js'
import type { Stream } from '../model/stream.js'
import type { ReplyOptions } from '../session/replies.js'
import type { SessionSettings } from '../session/session.js'
import type { SessionEvent } from '../session/session-events.js'
import type { SubscriptionOutcome } from '../session/waits.js'
import { isOver, Lane } from './lane.js'

/** Who a group reports to. What its connection tells comes with the group and the connection's id. */
export interface GroupOwner {
  readonly deliver: (message: FeedMessage, isLate: boolean) => unknown
  tell(group: Group, event: SessionEvent, connectionId: string): void
}

/** A lasting place for streams, and the lane that carries them. */
export class Group {
  readonly #lane: Lane

  constructor(number: number, settings: SessionSettings, owner: GroupOwner) {
    const id = `${settings.strategies.exchange}#${number}`
    this.#lane = new Lane({ id, number: 0 }, settings, {
      deliver: owner.deliver,
      tell: (event) => owner.tell(this, event, id),
    })
  }

  get lanes(): readonly Lane[] {
    return [this.#lane]
  }

  get state(): ConnectionState {
    return this.#lane.state
  }

  get wanted(): readonly Stream[] {
    return this.#lane.wanted
  }

  get size(): number {
    return this.#lane.size
  }

  /** Whether it can take streams: not one that was given up, or closed. */
  get isOpen(): boolean {
    return this.givenUp === null && !isOver(this.state)
  }

  /** Why it was given up; null where it was not. */
  get givenUp(): StreamError | null {
    return this.#lane.givenUp
  }

  /** Whether a connection of it has ever been up, with everything subscribed. */
  get wasUp(): boolean {
    return this.#lane.wasUp
  }

  has(stream: Stream): boolean {
    return this.#lane.has(stream)
  }

  /** Whether the exchange has acknowledged it, on a connection that is up. */
  isActive(stream: Stream): boolean {
    return this.#lane.isActive(stream)
  }

  hasExclusive(key: string): boolean {
    return this.#lane.hasExclusive(key)
  }

  /** With `retry` a first connection that cannot be made is tried again, as often as a lost one. */
  open(retry = false): Promise<void> {
    return this.#lane.open(retry)
  }

  /** Resolves once everything that was read has been delivered. */
  whenDelivered(): Promise<void> {
    return this.#lane.whenDelivered()
  }

  send(payload: string | Uint8Array): Promise<void> {
    return this.#lane.send(payload)
  }

  request(requestId: number, payload: string, options: ReplyOptions): Promise<ReplyData> {
    return this.#lane.request(requestId, payload, options)
  }

  subscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    return this.#lane.subscribe(streams)
  }

  unsubscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    return this.#lane.unsubscribe(streams)
  }

  resubscribe(streams: readonly Stream[], onEnded: () => void): Promise<SubscriptionOutcome> {
    return this.#lane.resubscribe(streams, onEnded)
  }

  metricsSources(): readonly MetricsSource[] {
    return [this.#lane.metricsSource()]
  }

  metrics(nowMs: number): readonly ConnectionMetrics[] {
    return [this.#lane.metrics(nowMs)]
  }

  close(): Promise<void> {
    return this.#lane.close()
  }
}
