import {
  type FeedMessage,
  type InitializeRequest,
  type PerformanceMetrics,
  WebSocketManager,
  type WebSocketStrategySet,
} from '@tapewire/core'
import type { CommandContext } from '../../command-context.js'
import { formatNumber } from '../../messages/format-number.js'
import { messageRecord } from '../../messages/message-json.js'
import { MessageTally } from '../../messages/message-tally.js'
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
  /** Aborted behind the last message; null where there is none. */
  readonly ended: AbortSignal | null
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
  const { flightFolder, ended } = job
  const tally = new MessageTally()
  const over = AbortSignal.any([context.signal, lost.signal])
  const manager = new WebSocketManager({
    strategies: job.strategies,
    onMessage: (message) => {
      tally.count(message)
      return context.out.line(format(message))
    },
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
    await untilOver(job.durationMs, ended === null ? over : AbortSignal.any([over, ended]))
    lost.signal.throwIfAborted()
    if (ended !== null) context.note(replayText(tally, manager.getPerformanceMetrics(), ended.aborted))
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown
  } finally {
    notes.end()
    await manager.close()
    await served?.close()
  }
}

/** What was replayed: `Replayed 1,234 messages (34 orderbook, 1,200 trades), with 0 gaps.` */
function replayText({ messages }: MessageTally, { streamGaps }: PerformanceMetrics, isWhole: boolean): string {
  const channels = Object.entries(messages).filter(([, count]) => count > 0)
  const all = channels.reduce((sum, [, count]) => sum + count, 0)
  const each = channels.map(([channel, count]) => `${formatNumber(count)} ${channel}`).join(', ')
  const what = `${formatNumber(all)} messages${each === '' ? '' : ` (${each})`}, with ${formatNumber(streamGaps)} gaps`
  return isWhole ? `Replayed ${what}.` : `Replayed ${what}, and did not come to the end.`
}

function formatterFor({ palette }: CommandContext, isJson: boolean): (message: FeedMessage) => string {
  if (!isJson) return (message) => messageLine(message, palette)
  return (message) => {
    const { receivedAt, backfilled } = message
    return JSON.stringify({ ...messageRecord(message), receivedAt, ...(backfilled === true ? { backfilled } : {}) })
  }
}
