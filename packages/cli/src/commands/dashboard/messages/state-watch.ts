import type { Alert, ConnectionMetrics, GapEvent } from '@tapewire/core'
import type { LiveFeed } from '../../../live/live-feed.js'
import type { RateSample, ShownAlert, ShownConnection, ShownGap, StateMessage, ToldConnection } from '../protocol.js'
import { shownMetrics } from './shown-metrics.js'
import { StreamRows } from './stream-rows.js'

const mostGaps = 50
const mostEvents = 50
const mostSpans = 50

/** What a page has read of a feed already. */
export interface Read {
  /** The number of the last look of which it was told; 0 before the first. */
  readonly look: number
  /** Seconds of the history. */
  readonly seconds: number
}

/** Something that changes seldom, and the look at which it last did. */
class SeldomPart<Value> {
  value: Value
  changedAt = 0
  #text = ''

  constructor(value: Value) {
    this.value = value
  }

  note(value: Value, look: number): void {
    const text = JSON.stringify(value)
    if (text !== this.#text) this.changedAt = look
    this.#text = text
    this.value = value
  }

  /** Null where it is as it was at that look. */
  after(look: number): Value | null {
    return this.changedAt > look ? this.value : null
  }
}

/** How one feed is, looked at once a second however many pages there are, and what of it is news to each of them. */
export class StateWatch {
  readonly feed: LiveFeed
  readonly #streams = new StreamRows()
  readonly #alerts = new SeldomPart<readonly ShownAlert[]>([])
  readonly #gaps = new SeldomPart<readonly ShownGap[]>([])
  readonly #log = new SeldomPart<LiveFeed['log']>([])
  readonly #spans = new Map<string, SeldomPart<ShownConnection['spans']>>()
  #connections: readonly Omit<ShownConnection, 'spans'>[] = []
  #metrics: StateMessage['metrics'] | null = null
  #at = 0
  #look = 0

  constructor(feed: LiveFeed) {
    this.feed = feed
  }

  /** Takes note of how it is now, epoch ms. */
  look(at: number): void {
    const { feed } = this
    const metrics = feed.metrics()
    const account = feed.account?.metrics()
    this.#at = at
    this.#look += 1
    this.#metrics = shownMetrics(metrics, feed.latency)
    this.#streams.look([...metrics.streams, ...(account?.streams ?? [])], this.#look)
    this.#noteConnections([...metrics.connections, ...(account?.connections ?? [])])
    this.#alerts.note(feed.alerts.map(shownAlert), this.#look)
    this.#gaps.note(feed.gaps.slice(0, mostGaps).map(shownGap), this.#look)
    this.#log.note(feed.log.slice(0, mostEvents), this.#look)
  }

  /** How far somebody has read who reads now. */
  get read(): Read {
    return { look: this.#look, seconds: this.feed.history.taken }
  }

  /** What was seen at the last look, for a page that has read so far. Throws before the first. */
  after({ look, seconds }: Read): StateMessage {
    if (this.#metrics === null) throw new TypeError('Nothing was looked at yet.')
    const isWhole = look < this.#streams.wholeAt || look === 0
    const since = isWhole ? 0 : look
    const [alerts, gaps, log] = [this.#alerts.after(since), this.#gaps.after(since), this.#log.after(since)]
    return {
      type: 'state',
      at: this.#at,
      exchange: this.feed.exchange,
      isWhole,
      metrics: this.#metrics,
      history: this.#historyAfter(seconds),
      connections: this.#connections.map((one): ToldConnection => {
        return { ...one, spans: this.#spans.get(one.connectionId)?.after(since) ?? null }
      }),
      streams: this.#streams.statesAfter(since),
      traffic: this.#streams.trafficAfter(since, this.#at),
      ...(alerts === null ? {} : { alerts }),
      ...(gaps === null ? {} : { gaps }),
      ...(log === null ? {} : { log }),
    }
  }

  #historyAfter(seconds: number): readonly RateSample[] {
    return this.feed.history.after(seconds)
  }

  #noteConnections(connections: readonly ConnectionMetrics[]): void {
    const spans = this.feed.connections
    this.#connections = connections.map((one) => ({
      connectionId: one.connectionId,
      state: one.state,
      breaker: one.breaker,
      streams: one.streams,
      activeStreams: one.activeStreams,
      messagesPerSecond: one.messagesPerSecond,
      reconnections: one.reconnectionCount,
      stability: one.connectionStability,
    }))
    for (const { connectionId } of connections) {
      const part = this.#spans.get(connectionId) ?? new SeldomPart<ShownConnection['spans']>([])
      this.#spans.set(connectionId, part)
      const own = spans.filter((span) => span.connectionId === connectionId).slice(-mostSpans)
      part.note(
        own.map(({ connectionId: _, ...span }) => span),
        this.#look,
      )
    }
    for (const connectionId of this.#spans.keys()) {
      if (!connections.some((one) => one.connectionId === connectionId)) this.#spans.delete(connectionId)
    }
  }
}

function shownAlert(alert: Alert): ShownAlert {
  const { kind, severity, reason, advice, docs, since, connectionId, stream, value, threshold, unit } = alert
  return {
    kind,
    severity,
    reason,
    advice,
    docs,
    since,
    connectionId,
    stream: stream?.id ?? null,
    value,
    threshold,
    unit,
  }
}

function shownGap({ stream, channel, symbol, from, to, reason, action, backfilled, fault }: GapEvent): ShownGap {
  return { stream: stream.id, channel, symbol: symbol?.name ?? null, from, to, reason, action, backfilled, fault }
}
