import { type Channel, channels, traitsOf } from '../model/channel.js'
import { MessageType } from '../model/message-type.js'
import { mergeCounts, sumBy, sumOf } from './add-up.js'
import { RecoveryTimes } from './connection/recovery-times.js'
import { histogramOf, processingBoundsMs } from './latency/latency-histogram.js'
import { LatencyRecorder } from './latency/latency-recorder.js'
import type { MessageMeter } from './message-meter.js'
import type { MetricsSource } from './metrics-source.js'
import type { StreamMetrics } from './performance-metrics.js'
import type { MetricsWindows } from './windows/metrics-window.js'

/** Composes metrics from the facts of one or more connections, and their windows. */
export function composeMetrics(
  sources: readonly MetricsSource[],
  windows: MetricsWindows,
  nowMs: number,
): StreamMetrics {
  const meters = sources.map((source) => source.meter)
  const latency = mergeLatency(meters)
  const { averageMs, maxMs, p50Ms, p95Ms, p99Ms, p999Ms } = latency.summary()
  const count = (type: MessageType): number => sumBy(meters, (meter) => meter.of(type))
  const uptimeMs = uptimeOf(sources, nowMs)
  const messagesProcessed = sumBy(meters, (meter) => meter.messages)
  const dropped = mergeCounts(meters.map((meter) => meter.dropped))
  const superseded = mergeCounts(meters.map((meter) => meter.superseded))
  const recoveries = mergeRecoveries(sources)
  return {
    messagesProcessed,
    messagesPerSecond: windows.last10s.messagesPerSecond,
    averageMessagesPerSecond: uptimeMs > 0 ? (messagesProcessed / uptimeMs) * 1000 : 0,
    windows,
    frames: sumBy(meters, (meter) => meter.frames),
    bytesReceived: sumBy(meters, (meter) => meter.bytes),
    averageProcessingTimeMs: averageMs,
    maxProcessingTimeMs: maxMs,
    p50ProcessingTimeMs: p50Ms,
    p95ProcessingTimeMs: p95Ms,
    p99ProcessingTimeMs: p99Ms,
    p999ProcessingTimeMs: p999Ms,
    processingTimes: histogramOf(processingBoundsMs, latency),
    sub1msMessages: latency.count - latency.overBudget,
    latencyViolations: latency.overBudget,
    complianceRate: latency.count === 0 ? 1 : 1 - latency.overBudget / latency.count,
    orderbookUpdates: count(MessageType.Orderbook),
    messagesByChannel: Object.fromEntries(
      channels.map((channel) => [channel, count(traitsOf(channel).type as MessageType)]),
    ) as Record<Channel, number>,
    otherMessages: count(MessageType.Other),
    unknownMessages: count(MessageType.Unknown),
    errorMessages: count(MessageType.Error),
    droppedMessages: sumOf(Object.values(dropped)),
    droppedByChannel: dropped,
    supersededMessages: sumOf(Object.values(superseded)),
    supersededByChannel: superseded,
    pendingMessages: sumBy(sources, (source) => source.pendingMessages),
    pendingBytes: sumBy(sources, (source) => source.pendingBytes),
    ...lagOf(meters),
    reconnectionCount: sumBy(sources, (source) => source.reconnections),
    connectionFailures: sumBy(sources, (source) => source.failures),
    lastRecoveryMs: recoveries.lastMs,
    maxRecoveryMs: recoveries.maxMs,
    recoveryTimes: recoveries.histogram,
    uptimeMs,
    connectionStability: stability(sources),
  }
}

/** Of a single one there is nothing to add up: it is read where it is. */
function mergeLatency(meters: readonly MessageMeter[]): LatencyRecorder {
  const [only] = meters
  if (meters.length === 1 && only !== undefined) return only.latency
  const merged = new LatencyRecorder()
  for (const meter of meters) merged.add(meter.latency)
  return merged
}

function mergeRecoveries(sources: readonly MetricsSource[]): RecoveryTimes {
  const merged = new RecoveryTimes()
  for (const { recoveries } of sources) merged.add(recoveries)
  return merged
}

type LagFields = Pick<StreamMetrics, 'averageLagMs' | 'maxLagMs' | 'lastLagMs'>

function lagOf(meters: readonly MessageMeter[]): LagFields {
  const lags = meters.map((meter) => meter.lag).filter(({ count }) => count > 0)
  if (lags.length === 0) return { averageLagMs: null, maxLagMs: null, lastLagMs: null }
  return {
    averageLagMs: sumBy(lags, ({ sumMs }) => sumMs) / sumBy(lags, ({ count }) => count),
    maxLagMs: Math.max(...lags.map(({ maxMs }) => maxMs)),
    lastLagMs: lags.reduce((last, lag) => (lag.lastAt >= last.lastAt ? lag : last)).lastMs,
  }
}

/** From when the first was asked for, until now or, where none is any more, until the last was not. */
function uptimeOf(sources: readonly MetricsSource[], nowMs: number): number {
  if (sources.length === 0) return 0
  const startedAt = Math.min(...sources.map((source) => source.startedAt))
  return Math.max(...sources.map((source) => source.endedAt ?? nowMs)) - startedAt
}

function stability(sources: readonly MetricsSource[]): number {
  const askedMs = sumBy(sources, (source) => source.askedMs)
  return askedMs <= 0 ? 1 : Math.min(1, sumBy(sources, (source) => source.connectedMs) / askedMs)
}
