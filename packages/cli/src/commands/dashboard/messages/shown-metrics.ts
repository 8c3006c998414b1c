import type { PerformanceMetrics } from '@tapewire/core'
import type { ShownMetrics, ShownWindow } from '../protocol.js'

/** What a page shows of a manager's metrics. */
export function shownMetrics(metrics: PerformanceMetrics): ShownMetrics {
  const window = shownWindow(metrics)
  return {
    messages: metrics.messagesProcessed,
    bytes: 0,
    last1s: window,
    last10s: window,
    last1min: window,
    latency: { boundsMs: [], counts: [0] },
    recovery: { boundsMs: [], counts: [0] },
    lastLagMs: metrics.lastLagMs,
    dropped: metrics.droppedMessages,
    superseded: metrics.supersededMessages,
    errors: metrics.errorCount,
    unknown: metrics.unknownMessages,
    reconnections: metrics.reconnectionCount,
    connectionFailures: metrics.connectionFailures,
    gaps: metrics.streamGaps,
    lostGaps: metrics.lostGaps,
    backfilled: metrics.backfilledMessages,
    pending: metrics.pendingMessages,
    books: metrics.books,
    liveBooks: metrics.liveBooks,
    uptimeMs: metrics.uptimeMs,
    stability: metrics.connectionStability,
    complianceRate: metrics.complianceRate,
    stages: null,
    eventLoop: null,
  }
}

function shownWindow(metrics: PerformanceMetrics): ShownWindow {
  return {
    seconds: metrics.uptimeMs / 1_000,
    messagesPerSecond: metrics.messagesPerSecond,
    bytesPerSecond: 0,
    averageMs: metrics.averageProcessingTimeMs,
    p50Ms: metrics.p50ProcessingTimeMs,
    p95Ms: metrics.p95ProcessingTimeMs,
    p99Ms: metrics.p99ProcessingTimeMs,
    p999Ms: metrics.p999ProcessingTimeMs,
    maxMs: metrics.maxProcessingTimeMs,
    complianceRate: metrics.complianceRate,
    averageLagMs: metrics.averageLagMs,
  }
}
