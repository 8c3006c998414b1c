import type { CommandContext } from '../../command-context.js'
import { ownExchanges } from '../../exchanges/own-packages.js'
import { type EmulatedFeed, openEmulatedFeeds } from '../../live/open-emulated-feeds.js'
import { measuredFeeds } from '../../metrics-server/measured-feeds.js'
import { type ServedMetrics, serveMetrics } from '../../metrics-server/serve-metrics.js'
import type { ExchangeFlags } from '../../options/exchange-options.js'
import type { MetricsFlags } from '../../options/metrics-options.js'
import { untilOver } from '../../wait.js'
import { connectText } from './connect-text.js'
import { type DemoReport, reportOf, reportText } from './demo-report.js'

export interface DemoFlags extends ExchangeFlags, MetricsFlags {
  readonly duration?: number
  readonly exchange?: readonly string[]
  readonly port: number
  readonly json?: true
  readonly plain?: true
  readonly nats?: true
}

/** How long it runs where nobody watches, ms. */
const unwatchedMs = 5_000

/** Starts the emulated exchanges, connects to them, shows what arrives, and sums up. */
export async function runDemo(context: CommandContext, flags: DemoFlags): Promise<void> {
  const isWatched = context.canShowScreen && flags.plain !== true
  const feeds = await openEmulatedFeeds(flags.exchange ?? ownExchanges, {
    packageName: flags.package,
    port: flags.port,
    signal: context.signal,
    // On a screen it is part of what happened, which is told once the screen is gone.
    onError: (error) => {
      if (!isWatched) context.warn(error)
    },
  })
  let report: DemoReport
  let served: ServedMetrics | null = null
  try {
    served = await serveMetrics(context, measuredFeeds(feeds), flags)
    if (isWatched) {
      const { watchFeeds } = await import('../../screen/watch-feeds.js')
      const connectTexts = new Map(feeds.map((feed) => [feed, connectText(feed)]))
      await watchFeeds(context, feeds, { durationMs: flags.duration ?? null, signal: context.signal, connectTexts })
    } else {
      if (flags.json !== true) tellWhere(context, feeds)
      await untilOver(flags.duration ?? unwatchedMs, context.signal)
    }
    report = { exchanges: Object.fromEntries(feeds.map((feed) => [feed.exchange, reportOf(feed)])) }
  } finally {
    await Promise.all(feeds.map((feed) => feed.close()))
    await served?.close()
  }
  await context.out.line(flags.json === true ? JSON.stringify(report) : reportText(report))
}

/** How to connect a program of one's own: said at once, as nothing is left to connect to afterwards. */
function tellWhere(context: CommandContext, feeds: readonly EmulatedFeed[]): void {
  context.note('While this runs, a program of your own can connect to it:')
  for (const feed of feeds) context.note(`\n${connectText(feed)}`)
  context.note('')
}
