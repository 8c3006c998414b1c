import type { AlertKind } from '../model/alert.js'
import type { BreakerState } from '../model/breaker-state.js'
import type { Channel } from '../model/channel.js'
import type { ConnectionState } from '../model/connection-state.js'
import type { ArrivalMetrics } from './connection/arrivals.js'
import type { LatencyHistogram } from './latency/latency-histogram.js'
import type { NetworkMetrics } from './network-metrics.js'
import type { ProcessMetrics } from './process/process-watch.js'
import type { StageMetrics } from './stages/stage-meter.js'
import type { TrafficOfStream } from './stream/stream-traffic.js'
import type { MetricsWindows } from './windows/metrics-window.js'

/** What is counted and measured, for one connection or for all of a manager. Durations in ms; shares from 0 to 1. */
export interface StreamMetrics {
  /** Data messages handled: everything but acknowledgements and heartbeats. */
  readonly messagesProcessed: number
  /** Over the last ten seconds: that of `windows.last10s`. */
  readonly messagesPerSecond: number
  /** Since the start. */
  readonly averageMessagesPerSecond: number
  /** The last second, ten seconds and minute. Empty with `enablePerformanceTracking: false`, before the first second is over, and once all is closed. */
  readonly windows: MetricsWindows
  /** Frames that came, and the bytes of their content. */
  readonly frames: number
  readonly bytesReceived: number
  /** From the read of the socket to the return of the handler, since the start. Percentiles are within 1.6 %; the rest is exact. */
  readonly averageProcessingTimeMs: number
  readonly maxProcessingTimeMs: number
  readonly p50ProcessingTimeMs: number
  readonly p95ProcessingTimeMs: number
  readonly p99ProcessingTimeMs: number
  readonly p999ProcessingTimeMs: number
  readonly processingTimes: LatencyHistogram
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
  readonly recoveryTimes: LatencyHistogram
  /** For how long connections are asked for, until they are closed, and the share of it spent connected. Of several connections it is the mean. */
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
export interface PerformanceMetrics extends StreamMetrics, NetworkMetrics, ProcessMetrics {
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
  /** Alerts that are raised now, and how often there was one, by kind. */
  readonly activeAlerts: number
  readonly alertsByKind: Readonly<Record<AlertKind, number>>
  /** How often the fast decoder handed over to the reference decoder, by wire channel. */
  readonly decoderFallbacks: Readonly<Record<string, number>>
  /** False where this process may not make code from strings: then the reference decoders read every frame, with the same messages at several times the cost. */
  readonly fastDecoders: boolean
  readonly connections: readonly ConnectionMetrics[]
  /** Those that are subscribed. */
  readonly streams: readonly TrafficOfStream[]
  /** Where the time of a message goes. */
  readonly stages: StageMetrics
}
