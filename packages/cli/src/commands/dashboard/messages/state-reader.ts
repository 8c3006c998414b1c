import type { Alert, ConnectionMetrics, GapEvent, PerformanceMetrics } from '@tapewire/core'
import type { ConnectionSpan } from '../../../live/connection-timeline.js'
import type { LiveFeed } from '../../../live/live-feed.js'
import type { RateSample, ShownAlert, ShownConnection, ShownGap, ShownStream, StateMessage } from '../protocol.js'
import { shownMetrics } from './shown-metrics.js'

const mostGaps = 50
const mostEvents = 50
const mostSpans = 50

/** How one feed is, without what each page has read of it already. */
export type FeedState = Omit<StateMessage, 'history'>

/** Read once a second, however many pages there are. */
export function feedState(feed: LiveFeed, at: number): FeedState {
  const metrics = feed.metrics()
  const account = feed.account?.metrics()
  return {
    type: 'state',
    at,
    exchange: feed.exchange,
    metrics: shownMetrics(metrics, feed.latency),
    connections: shownConnections(feed.connections, [...metrics.connections, ...(account?.connections ?? [])]),
    streams: [...metrics.streams, ...(account?.streams ?? [])].map(shownStream),
    alerts: feed.alerts.map(shownAlert),
    gaps: feed.gaps.slice(0, mostGaps).map(shownGap),
    log: feed.log.slice(0, mostEvents),
  }
}

/** How far one page has read a feed's history. */
export class HistoryReader {
  readonly #feed: LiveFeed
  #taken = 0

  constructor(feed: LiveFeed) {
    this.#feed = feed
  }

  /** All that is kept the first time, afterwards what is new. */
  next(): readonly RateSample[] {
    const { history } = this.#feed
    const samples = history.after(this.#taken)
    this.#taken = history.taken
    return samples
  }
}

function shownConnections(
  spans: readonly ConnectionSpan[],
  connections: readonly ConnectionMetrics[],
): readonly ShownConnection[] {
  return connections.map((one) => ({
    connectionId: one.connectionId,
    state: one.state,
    breaker: one.breaker,
    streams: one.streams,
    activeStreams: one.activeStreams,
    messagesPerSecond: one.messagesPerSecond,
    reconnections: one.reconnectionCount,
    stability: one.connectionStability,
    spans: spans
      .filter(({ connectionId }) => connectionId === one.connectionId)
      .slice(-mostSpans)
      .map(({ connectionId: _, ...span }) => span),
  }))
}

function shownStream(traffic: PerformanceMetrics['streams'][number]): ShownStream {
  const { stream, symbol, channel, status, reason, since, messages, messagesPerSecond, lastMessageAt, gaps } = traffic
  const state = { id: stream.id, symbol: symbol?.name ?? null, channel, status, reason, since }
  return { ...state, messages, messagesPerSecond, lastMessageAt, gaps }
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
