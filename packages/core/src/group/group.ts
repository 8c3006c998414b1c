import type { StreamError } from '../errors/stream-error.js'
import type { MetricsSource } from '../metrics/metrics-source.js'
import type { ConnectionMetrics } from '../metrics/performance-metrics.js'
import { ConnectionState } from '../model/connection-state.js'
import type { FeedMessage, ReplyData } from '../model/message.js'
import type { Stream } from '../model/stream.js'
import type { ReplyOptions } from '../session/replies.js'
import type { SessionSettings } from '../session/session.js'
import type { SessionEvent } from '../session/session-events.js'
import type { SubscriptionOutcome } from '../session/streams/waits.js'
import type { ProbeOutcome } from '../stream/silence/silence-watch.js'
import { isOver, Lane } from './lane.js'
import { LanePair } from './lane-pair.js'

/** Who a group reports to. What a connection of it tells comes with the group and the connection's id. */
export interface GroupOwner {
  readonly deliver: (message: FeedMessage, isLate: boolean) => unknown
  tell(group: Group, event: SessionEvent, connectionId: string): void
}

/** A lasting place for streams: one lane that carries them, or with `redundancy: 2` two. */
export class Group {
  readonly id: string
  readonly lanes: readonly Lane[]
  readonly #first: Lane
  /** Null where there is one lane, which then has nothing between it and the owner. */
  readonly #pair: LanePair | null

  constructor(number: number, settings: SessionSettings, owner: GroupOwner) {
    const id = `${settings.strategies.exchange}#${number}`
    const { deliver } = owner
    this.id = id
    if (settings.config.redundancy === 2) {
      this.#pair = new LanePair(id, settings, {
        deliver,
        tell: (event, connectionId) => owner.tell(this, event, connectionId),
      })
      this.lanes = this.#pair.lanes
    } else {
      this.#pair = null
      this.lanes = [new Lane({ id, number: 0 }, settings, { deliver, tell: (event) => owner.tell(this, event, id) })]
    }
    this.#first = this.lanes[0] as Lane
  }

  /** The best of its connections': connected where one of them is. */
  get state(): ConnectionState {
    const states = this.lanes.map(({ state }) => state)
    return bestFirst.find((state) => states.includes(state)) ?? this.#first.state
  }

  get wanted(): readonly Stream[] {
    if (this.#pair === null) return this.#first.wanted
    return [...new Set(this.lanes.flatMap((lane) => lane.wanted))]
  }

  get size(): number {
    return Math.max(...this.lanes.map((lane) => lane.size))
  }

  /** Whether it can take streams: not one that was given up, or closed. */
  get isOpen(): boolean {
    return this.givenUp === null && !isOver(this.state)
  }

  /** Why it was given up; null where it was not, or one of its connections was not. */
  get givenUp(): StreamError | null {
    return this.lanes.some(({ givenUp }) => givenUp === null) ? null : this.#first.givenUp
  }

  /** Whether a connection of it has ever been up, with everything subscribed. */
  get wasUp(): boolean {
    return this.lanes.some((lane) => lane.wasUp)
  }

  has(stream: Stream): boolean {
    return this.lanes.some((lane) => lane.has(stream))
  }

  /** Whether the exchange has acknowledged it, on a connection that is up. */
  isActive(stream: Stream): boolean {
    return this.lanes.some((lane) => lane.isActive(stream))
  }

  hasExclusive(key: string): boolean {
    return this.lanes.some((lane) => lane.hasExclusive(key))
  }

  /** With `retry` a first connection that cannot be made is tried again, as often as a lost one. */
  open(retry = false): Promise<void> {
    return this.#pair?.open(retry) ?? this.#first.open(retry)
  }

  /** Resolves once everything that was read has been delivered. */
  async whenDelivered(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.whenDelivered()))
  }

  send(payload: string | Uint8Array): Promise<void> {
    return this.#connected.send(payload)
  }

  request(requestId: number, payload: string, options: ReplyOptions): Promise<ReplyData> {
    return this.#connected.request(requestId, payload, options)
  }

  subscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    return this.#pair?.subscribe(streams) ?? this.#first.subscribe(streams)
  }

  unsubscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    return this.#pair?.unsubscribe(streams) ?? this.#first.unsubscribe(streams)
  }

  resubscribe(streams: readonly Stream[], onEnded: () => void): Promise<SubscriptionOutcome> {
    return this.#pair?.resubscribe(streams, onEnded) ?? this.#first.resubscribe(streams, onEnded)
  }

  /** Whether what it brings waits for a slow handler, or one connection for another: it is not silent then. */
  get isHeldBack(): boolean {
    return this.lanes.some((lane) => lane.isTakingOver || lane.pendingMessages > 0)
  }

  probe(stream: Stream): Promise<ProbeOutcome> {
    return this.#pair?.probe(stream) ?? this.#first.probe(stream)
  }

  startOver(stream: Stream, onEnded: () => void): Promise<ProbeOutcome> {
    return this.#pair?.startOver(stream, onEnded) ?? this.#first.startOver(stream, onEnded)
  }

  /** Gives its connections up for new ones, for this reason. */
  replace(error: StreamError): void {
    for (const lane of this.lanes) lane.replace(error)
  }

  metricsSources(nowMs: number): readonly MetricsSource[] {
    return this.lanes.map((lane) => lane.metricsSource(nowMs))
  }

  metrics(nowMs: number): readonly ConnectionMetrics[] {
    return this.lanes.map((lane, index) => ({
      ...lane.metrics(nowMs),
      arrivals: this.#pair?.arrivals[index]?.metrics() ?? null,
    }))
  }

  close(): Promise<void> {
    return this.#pair?.close() ?? this.#first.close()
  }

  /** Where none is up, the first says so. */
  get #connected(): Lane {
    return this.lanes.find(({ state }) => state === ConnectionState.Connected) ?? this.#first
  }
}

const bestFirst: readonly ConnectionState[] = [
  ConnectionState.Connected,
  ConnectionState.Connecting,
  ConnectionState.Reconnecting,
  ConnectionState.Disconnected,
]
