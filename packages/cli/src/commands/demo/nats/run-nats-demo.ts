import { systemClock } from '@tapewire/core/adapter'
import type { MeasuredFeed } from '@tapewire/core/prometheus'
import type { CommandContext } from '../../../command-context.js'
import { ownExchanges } from '../../../exchanges/own-packages.js'
import { openEmulatedFeeds } from '../../../live/open-emulated-feeds.js'
import { formatNumber } from '../../../messages/format-number.js'
import { serveMetrics } from '../../../metrics-server/serve-metrics.js'
import { oneLine } from '../../../terminal/one-line.js'
import type { DemoFlags } from '../run-demo.js'
import { OwnNatsServer } from './own-nats-server.js'
import { type NatsDemoReport, RelayedExchange } from './relayed-exchange.js'

const usualMs = 15_000

/** Two relays in processes of their own share what an exchange sends, one of them is killed, and a consumer goes on: for each exchange that is named, or the first of ours. */
export async function runNatsDemo(context: CommandContext, flags: DemoFlags): Promise<void> {
  const began = systemClock.now()
  const say = (text: string): void => {
    if (context.isJson) return
    void context.out.line(`+${((systemClock.now() - began) / 1_000).toFixed(1)} s  ${oneLine(text)}`)
  }
  const failed = new AbortController()
  const signal = AbortSignal.any([context.signal, failed.signal])
  const ending: (() => Promise<void>)[] = []
  const exchanges: RelayedExchange[] = []
  const reports: NatsDemoReport[] = []
  let isOver = false
  try {
    const measured = new Map<MeasuredFeed, string>()
    const served = await serveMetrics(context, measured, flags)
    ending.push(() => served.close())
    const server = await OwnNatsServer.start(signal, (error) => failed.abort(error))
    ending.push(() => server.close())
    say(`nats-server at ${server.url}`)
    const emulated = await openEmulatedFeeds(flags.exchange ?? ownExchanges.slice(0, 1), {
      packageName: flags.package,
      port: flags.port,
      signal,
      onError: (error) => context.warn(error),
    })
    for (const one of emulated) {
      const whose = emulated.length === 1 ? '' : `${one.title}: `
      say(`${one.title} is emulated at ${one.emulation.endpoints.url}`)
      const made = new RelayedExchange({
        emulated: one,
        packageName: flags.package,
        nats: server.url,
        signal,
        say: (text) => say(`${whose}${text}`),
        onFailure: (error) => failed.abort(error),
        onFeed: (feed) => measured.set(feed.manager, 'market'),
      })
      exchanges.push(made)
    }
    await Promise.all(exchanges.map((one) => one.play(flags.duration ?? usualMs)))
    failed.signal.throwIfAborted()
    isOver = !context.signal.aborted
  } catch (thrown) {
    failed.abort(thrown)
    if (!context.signal.aborted) throw failed.signal.reason
  } finally {
    for (const report of await Promise.all(exchanges.map((one) => one.close()))) {
      if (report !== null) reports.push(report)
    }
    for (const end of ending.reverse()) await end()
  }
  if (!isOver) return
  const report = sumOf(reports)
  if (context.isJson) await context.out.line(JSON.stringify(report))
  else {
    const { messages, gaps, books, liveBooks } = report
    say(`${formatNumber(messages)} messages, ${gaps} gaps that were told, ${liveBooks} of ${books} books live`)
  }
}

/** Of all exchanges together: the longest time until all was live again, null where one of them never was. */
function sumOf(reports: readonly NatsDemoReport[]): NatsDemoReport {
  const sum = (count: (report: NatsDemoReport) => number): number => reports.reduce((all, one) => all + count(one), 0)
  const times = reports.map(({ liveAgainMs }) => liveAgainMs)
  return {
    messages: sum(({ messages }) => messages),
    gaps: sum(({ gaps }) => gaps),
    errors: sum(({ errors }) => errors),
    books: sum(({ books }) => books),
    liveBooks: sum(({ liveBooks }) => liveBooks),
    liveAgainMs: times.includes(null) ? null : Math.max(...times.map((time) => time ?? 0)),
  }
}
