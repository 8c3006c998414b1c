import type { PerformanceMetrics } from '@tapewire/core'
import type { ShownHistogram, ShownMetrics, ShownWindow } from '../protocol.js'

/** What a page shows of a manager's metrics, and of how long its messages took in the last minute. */
export function shownMetrics(metrics: PerformanceMetrics, latency: ShownHistogram): ShownMetrics {
  const { windows, recoveryTimes, stages, eventLoop, gc } = metrics
  return {
    messages: metrics.messagesProcessed,
    bytes: metrics.bytesReceived,
    last1s: shownWindow(windows.last1s),
    last10s: shownWindow(windows.last10s),
    last1min: shownWindow(windows.last1min),
    latency,
    recovery: { boundsMs: recoveryTimes.boundsMs, counts: recoveryTimes.counts },
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
    // Without measurement no frame is ever timed.
    stages: stages.sampled === 0 ? null : stages,
    eventLoop: { ...eventLoop, gcPauses: gc.pauses, gcTotalMs: gc.totalMs, gcMaxMs: gc.maxMs },
  }
}

function shownWindow(window: PerformanceMetrics['windows']['last1s']): ShownWindow {
  return {
    seconds: window.seconds,
    messagesPerSecond: window.messagesPerSecond,
    bytesPerSecond: window.bytesPerSecond,
    averageMs: window.averageProcessingTimeMs,
    p50Ms: window.p50ProcessingTimeMs,
    p95Ms: window.p95ProcessingTimeMs,
    p99Ms: window.p99ProcessingTimeMs,
    p999Ms: window.p999ProcessingTimeMs,
    maxMs: window.maxProcessingTimeMs,
    complianceRate: window.complianceRate,
    averageLagMs: window.averageLagMs,
  }
}
