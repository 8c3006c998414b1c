import type { WebSocketManager } from '@tapewire/core'
import { CliError } from '../../cli-error.js'
import { untilOver } from '../../wait.js'

/**
 * Watches what a manager is subscribed to, and says how late it is and where: on the way here, in this process, or because this process got no turn.
 * Throws `ERR_STREAM_INTERRUPTED` where something was lost meanwhile.
 */
export async function watchStream(manager: WebSocketManager, watchMs: number, signal: AbortSignal): Promise<string> {
  const { messagesProcessed: before } = manager.getPerformanceMetrics()
  await untilOver(watchMs, signal)
  const metrics = manager.getPerformanceMetrics()
  const lost = manager.streamStates().find(({ status }) => status === 'gapped')
  if (lost !== undefined || metrics.streamGaps > 0 || metrics.connectionFailures > 0) {
    throw new CliError(
      'ERR_STREAM_INTERRUPTED',
      `The stream was interrupted (${lost?.reason ?? 'a gap'})`,
      'The network or the exchange ended it: watch for longer, and compare with another network.',
    )
  }
  const { averageLagMs, maxLagMs, p99ProcessingTimeMs, eventLoop } = metrics
  const late =
    averageLagMs === null || maxLagMs === null
      ? 'their age is not known'
      : `${inMs(averageLagMs)} old on arrival on average, ${inMs(maxLagMs)} at most`
  return [
    `${metrics.messagesProcessed - before} messages in ${watchMs / 1_000} s, ${late}`,
    `read within ${inMs(p99ProcessingTimeMs)} (99 %)`,
    `this process waited ${inMs(eventLoop.delayMaxMs)} at most for its turn`,
  ].join('; ')
}

function inMs(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : 0)} ms`
}
