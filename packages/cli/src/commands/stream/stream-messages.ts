import { type FeedMessage, type InitializeRequest, WebSocketManager, type WebSocketStrategySet } from '@tapewire/core'
import type { CommandContext } from '../../command-context.js'
import { messageRecord } from '../../messages/message-json.js'
import { messageLine } from '../../messages/message-text.js'
import { type ServedMetrics, serveMetrics } from '../../metrics-server/serve-metrics.js'
import { FeedNotes } from '../../notes/feed-notes.js'
import type { MetricsFlags } from '../../options/metrics-options.js'
import { untilOver } from '../../wait.js'

interface StreamJob {
  readonly strategies: WebSocketStrategySet
  readonly request: InitializeRequest
  /** Null streams until Ctrl-C. */
  readonly durationMs: number | null
  /** Where dumps of the flight recorder go; null without one. */
  readonly flightFolder: string | null
  readonly isJson: boolean
  /** Where metrics are served. */
  readonly metrics: MetricsFlags
}

/** Whoever reads what is printed takes his time: that is no fault. */
const ofReader = ['latency', 'compliance', 'slow-handler'] as const

/** Prints messages until the time is up or Ctrl-C, at the pace of whoever reads them. Rejects where the connection cannot be made or is given up. */
export async function streamMessages(context: CommandContext, job: StreamJob): Promise<void> {
  const format = formatterFor(context, job.isJson)
  const notes = new FeedNotes(context)
  const { onError, onGap, onStreamState, onConnectionState, onFlight, onAlert, lost } = notes
  const { flightFolder } = job
  const over = AbortSignal.any([context.signal, lost.signal])
  const manager = new WebSocketManager({
    strategies: job.strategies,
    onMessage: (message) => context.out.line(format(message)),
    onError,
    onGap,
    onStreamState,
    onConnectionState,
    onFlight,
    onAlert,
    alerts: { ignore: ofReader },
    ...(flightFolder === null ? {} : { flightRecorder: { directory: flightFolder } }),
  })
  let served: ServedMetrics | null = null
  try {
    served = await serveMetrics(context, new Map([[manager, 'market']]), job.metrics)
    // Refused streams are a warning as long as others are left.
    await manager.initialize({ ...job.request, onRefused: 'continue', signal: over })
    await untilOver(job.durationMs, over)
    lost.signal.throwIfAborted()
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown
  } finally {
    notes.end()
    await manager.close()
    await served?.close()
  }
}

function formatterFor({ palette }: CommandContext, isJson: boolean): (message: FeedMessage) => string {
  if (!isJson) return (message) => messageLine(message, palette)
  return (message) => {
    const { receivedAt, backfilled } = message
    return JSON.stringify({ ...messageRecord(message), receivedAt, ...(backfilled === true ? { backfilled } : {}) })
  }
}
