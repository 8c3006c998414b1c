import type { AnyExchangeDefinition, CandleInterval, Channel, EndpointOptions } from '@tapewire/core'
import type { CommandContext } from '../../command-context.js'
import { openLiveFeed } from '../../live/open-live-feed.js'
import { measuredFeeds } from '../../metrics-server/measured-feeds.js'
import { serveMetrics } from '../../metrics-server/serve-metrics.js'
import { FeedNotes } from '../../notes/feed-notes.js'
import type { MetricsFlags } from '../../options/metrics-options.js'

interface ScreenJob {
  readonly definition: AnyExchangeDefinition
  readonly endpoints: Pick<EndpointOptions, 'url' | 'restUrl'>
  readonly symbols: readonly string[]
  readonly channels: readonly Channel[]
  readonly candleIntervals: readonly CandleInterval[] | undefined
  /** Null shows it until the person quits. */
  readonly durationMs: number | null
  /** Where dumps of the flight recorder go; null without one. */
  readonly flightFolder: string | null
  readonly metrics: MetricsFlags
}

/** Shows a feed until the time is up or the person quits. Rejects where the connection cannot be made or is given up. */
export async function streamOnScreen(context: CommandContext, job: ScreenJob): Promise<void> {
  const { definition, endpoints, symbols, channels, candleIntervals, durationMs, flightFolder } = job
  const { onFlight } = new FeedNotes(context)
  const lost = new AbortController()
  const over = AbortSignal.any([context.signal, lost.signal])
  try {
    const opening = openLiveFeed(definition, {
      symbols,
      channels,
      ...(candleIntervals === undefined ? {} : { candleIntervals }),
      endpoints,
      signal: over,
      onError: (error) => {
        if (error.code === 'ERR_RECONNECT_EXHAUSTED') lost.abort(error)
      },
      manager: { onFlight, ...(flightFolder === null ? {} : { flightRecorder: { directory: flightFolder } }) },
    })
    context.note(`Connecting to ${definition.title}.`)
    const feed = await opening
    const served = await serveMetrics(context, measuredFeeds([feed]), job.metrics).catch(async (thrown) => {
      await feed.close()
      throw thrown
    })
    try {
      const { watchFeeds } = await import('../../screen/watch-feeds.js')
      await watchFeeds(context, [feed], { durationMs, signal: over, connectTexts: new Map() })
    } finally {
      await feed.close()
      await served.close()
    }
    lost.signal.throwIfAborted()
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown
  }
}
