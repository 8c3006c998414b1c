import type { BreakerState } from '../model/breaker-state.js'
import { type Channel, channels, traitsOf } from '../model/channel.js'
import type { ConnectionState } from '../model/connection-state.js'
import { MessageType } from '../model/message-type.js'
import type { ArrivalMetrics } from './arrivals.js'
import { LatencyRecorder } from './latency-recorder.js'
import type { MessageMeter } from './message-meter.js'
import type { NetworkMetrics } from './network-metrics.js'

/** What is counted and measured, for one connection or for all of a manager. Durations in ms; shares from 0 to 1. */
export interface StreamMetrics {
  /** Data messages handled: everything but acknowledgements and heartbeats. */
  readonly messagesProcessed: number
  /** Over the last ten seconds. */
  readonly messagesPerSecond: number
  /** Since the start. */
  readonly averageMessagesPerSecond: number
  /** From the read of the socket to the return of the handler. */
  readonly averageProcessingTimeMs: number
  readonly maxProcessingTimeMs: number
  readonly p50ProcessingTimeMs: number
  readonly p95ProcessingTimeMs: number
  readonly p99ProcessingTimeMs: number
  readonly p999ProcessingTimeMs: number
  /** Messages handled in under 1 ms, and those that were not. */
  readonly sub1msMessages: number
  readonly latencyViolations: number
  /** `sub1msMessages` as a share of all measured; 1 before the first message. */
  readonly complianceRate: number
  readonly orderbookUpdates: number
  readonly messagesByChannel: Readonly<Record<Channel, number>>
  /** Valid messages outside the normalised channels. */
  readonly otherMessages: number
  /** Well-formed messages nobody knows. */
  readonly unknownMessages: number
  /** Errors the exchange sent, and frames that could not be read. */
  readonly errorMessages: number
  /** Messages that the overflow policy dropped, in all and by channel. */
  readonly droppedMessages: number
  readonly droppedByChannel: Readonly<Record<string, number>>
  /** Messages that made room for a newer one of their stream (`latest-by-stream`), in all and by channel. Nothing was lost that still counted. */
  readonly supersededMessages: number
  readonly supersededByChannel: Readonly<Record<string, number>>
  /** Messages and bytes waiting now. */
  readonly pendingMessages: number
  readonly pendingBytes: number
  /** Our clock at receipt minus the exchange's time of the event; holds both clocks' error. Null before the first timed message. */
  readonly averageLagMs: number | null
  readonly maxLagMs: number | null
  readonly lastLagMs: number | null
  readonly reconnectionCount: number
  /** Connections lost. */
  readonly connectionFailures: number
  /** From the loss of a connection to every stream acknowledged again; null where it never happened. */
  readonly lastRecoveryMs: number | null
  readonly maxRecoveryMs: number | null
  /** Time since the connection was first asked for, and the share of it spent connected. */
  readonly uptimeMs: number
  readonly connectionStability: number
}

/** One connection's metrics. */
export interface ConnectionMetrics extends StreamMetrics {
  readonly connectionId: string
  readonly state: ConnectionState
  /** Its circuit breaker. */
  readonly breaker: BreakerState
  /** When the next attempt to restore it begins, epoch ms; null while none waits. */
  readonly nextAttemptAt: number | null
  /** Streams placed on it, and those the exchange has acknowledged. */
  readonly streams: number
  readonly activeStreams: number
  /** How often it was faster than the other connection with the same streams, and by how much; null without `redundancy: 2`. */
  readonly arrivals: ArrivalMetrics | null
}

/** A manager's metrics: the totals, and each connection's own. */
export interface PerformanceMetrics extends StreamMetrics, NetworkMetrics {
  /** Whatever `onError` was told, and the connections lost. */
  readonly errorCount: number
  /** Order books kept, and those that are live now. */
  readonly books: number
  readonly liveBooks: number
  /** Books that lost an update, and that became live again; crossed or locked ones; audits that found a difference. */
  readonly gaps: number
  readonly resyncs: number
  readonly crossedBooks: number
  readonly divergences: number
  /** Gaps of streams that were told, in all and by channel, and those that were not made up for whole. */
  readonly streamGaps: number
  readonly gapsByChannel: Readonly<Record<Channel, number>>
  readonly lostGaps: number
  /** Messages that were fetched because a stream missed them, in all and by channel. They are counted nowhere else. */
  readonly backfilledMessages: number
  readonly backfilledByChannel: Readonly<Record<Channel, number>>
  /** Streams that were asked for again because they fell silent, and connections that were replaced because nothing came on them any more. */
  readonly streamProbes: number
  readonly silentConnections: number
  /** How often the fast decoder handed over to the reference decoder, by wire channel. */
  readonly decoderFallbacks: Readonly<Record<string, number>>
  /** False where this process may not make code from strings: then the reference decoders read every frame, with the same messages at several times the cost. */
  readonly fastDecoders: boolean
  readonly connections: readonly ConnectionMetrics[]
}

/** The facts one connection contributes. */
export interface MetricsSource {
  readonly meter: MessageMeter
  readonly pendingMessages: number
  readonly pendingBytes: number
  readonly reconnections: number
  readonly failures: number
  readonly lastRecoveryMs: number | null
  readonly maxRecoveryMs: number | null
  readonly startedAt: number
  readonly connectedMs: number
}

/** Composes metrics from the facts of one or more connections. */
export function composeMetrics(sources: readonly MetricsSource[], nowMs: number): StreamMetrics {
  const meters = sources.map((source) => source.meter)
  const latency = mergeLatency(meters)
  const { averageMs, maxMs, p50Ms, p95Ms, p99Ms, p999Ms } = latency.summary()
  const count = (type: MessageType): number => sum(meters, (meter) => meter.of(type))
  const startedAt = Math.min(nowMs, ...sources.map((source) => source.startedAt))
  const uptimeMs = nowMs - startedAt
  const messagesProcessed = sum(meters, (meter) => meter.messages)
  const dropped = mergeCounts(meters.map((meter) => meter.dropped))
  const superseded = mergeCounts(meters.map((meter) => meter.superseded))
  const lagCount = sum(meters, (meter) => meter.lag.count)
  return {
    messagesProcessed,
    messagesPerSecond: sum(sources, (source) => source.meter.rate(nowMs, source.startedAt)),
    averageMessagesPerSecond: uptimeMs > 0 ? (messagesProcessed / uptimeMs) * 1000 : 0,
    averageProcessingTimeMs: averageMs,
    maxProcessingTimeMs: maxMs,
    p50ProcessingTimeMs: p50Ms,
    p95ProcessingTimeMs: p95Ms,
    p99ProcessingTimeMs: p99Ms,
    p999ProcessingTimeMs: p999Ms,
    sub1msMessages: latency.count - latency.overBudget,
    latencyViolations: latency.overBudget,
    complianceRate: latency.count === 0 ? 1 : 1 - latency.overBudget / latency.count,
    orderbookUpdates: count(MessageType.Orderbook),
    messagesByChannel: Object.fromEntries(
      channels.map((channel) => [channel, sum(meters, (meter) => meter.of(traitsOf(channel).type as MessageType))]),
    ) as Record<Channel, number>,
    otherMessages: count(MessageType.Other),
    unknownMessages: count(MessageType.Unknown),
    errorMessages: count(MessageType.Error),
    droppedMessages: totalOf(dropped),
    droppedByChannel: dropped,
    supersededMessages: totalOf(superseded),
    supersededByChannel: superseded,
    pendingMessages: sum(sources, (source) => source.pendingMessages),
    pendingBytes: sum(sources, (source) => source.pendingBytes),
    averageLagMs: lagCount === 0 ? null : sum(meters, (meter) => meter.lag.sumMs) / lagCount,
    maxLagMs: lagCount === 0 ? null : Math.max(...meters.map((meter) => meter.lag.maxMs)),
    lastLagMs: meters.map((meter) => meter.lag.lastMs).findLast((lag) => lag !== null) ?? null,
    reconnectionCount: sum(sources, (source) => source.reconnections),
    connectionFailures: sum(sources, (source) => source.failures),
    lastRecoveryMs: sources.map((source) => source.lastRecoveryMs).findLast((value) => value !== null) ?? null,
    maxRecoveryMs: maxOf(sources.map((source) => source.maxRecoveryMs)),
    uptimeMs,
    connectionStability: stability(sources, nowMs),
  }
}

/** A recorder is a quarter of a megabyte: a single one is read where it is. */
function mergeLatency(meters: readonly MessageMeter[]): LatencyRecorder {
  const [only] = meters
  if (meters.length === 1 && only !== undefined) return only.latency
  const merged = new LatencyRecorder()
  for (const meter of meters) merged.add(meter.latency)
  return merged
}

function stability(sources: readonly MetricsSource[], nowMs: number): number {
  const asked = sum(sources, (source) => nowMs - source.startedAt)
  return asked <= 0 ? 1 : Math.min(1, sum(sources, (source) => source.connectedMs) / asked)
}

function sum<Item>(items: readonly Item[], measure: (item: Item) => number): number {
  return items.reduce((total, item) => total + measure(item), 0)
}

function maxOf(values: readonly (number | null)[]): number | null {
  return values.reduce((most, value) => (value === null || (most !== null && most >= value) ? most : value), null)
}

function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, value) => total + value, 0)
}

function mergeCounts(maps: readonly ReadonlyMap<string, number>[]): Record<string, number> {
  const merged: Record<string, number> = {}
  for (const map of maps) for (const [key, value] of map) merged[key] = (merged[key] ?? 0) + value
  return merged
}
