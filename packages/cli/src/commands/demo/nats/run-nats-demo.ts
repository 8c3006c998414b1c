import { type ExchangeFeed, resolveExchange, type StreamState } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { natsFeed } from '@tapewire/relay-nats'
import type { CommandContext } from '../../../command-context.js'
import { publicChannelsOf } from '../../../exchanges/channels-of.js'
import { ownExchanges } from '../../../exchanges/own-packages.js'
import { openEmulatedFeeds } from '../../../live/open-emulated-feeds.js'
import { formatNumber } from '../../../messages/format-number.js'
import { gapText } from '../../../notes/gap-text.js'
import { oneLine } from '../../../terminal/one-line.js'
import { untilOver } from '../../../wait.js'
import type { DemoFlags } from '../run-demo.js'
import { OwnNatsServer } from './own-nats-server.js'
import { lease, RelayProcess } from './relay-processes.js'

/** What a consumer had of it. */
interface NatsDemoReport {
  readonly messages: number
  readonly gaps: number
  readonly errors: number
  readonly books: number
  readonly liveBooks: number
  /** From the end of a relay until every stream was live again, ms; null where that did not come. */
  readonly liveAgainMs: number | null
}

const usualMs = 15_000
/** When a relay is killed, as a share of the time. */
const killedAt = 0.3
/** How long the second relay has to take its part, ms. */
const settleMs = 3_000
/** How often it is looked whether a relay has an instrument yet, ms. */
const lookEveryMs = 50

/** Two relays in processes of their own share what one exchange sends, one of them is killed, and a consumer goes on. */
export async function runNatsDemo(context: CommandContext, flags: DemoFlags): Promise<void> {
  const began = systemClock.now()
  const say = (text: string): void => {
    if (context.isJson) return
    void context.out.line(`+${((systemClock.now() - began) / 1_000).toFixed(1)} s  ${oneLine(text)}`)
  }
  const ending: (() => Promise<void>)[] = []
  const { signal } = context
  let report: NatsDemoReport | null = null
  const tally = { gaps: 0, errors: 0 }
  try {
    const server = await OwnNatsServer.start(signal)
    ending.push(() => server.close())
    say(`nats-server at ${server.url}`)
    const [name = ownExchanges[0] as string] = flags.exchange ?? []
    const definition = await resolveExchange(name, flags.package)
    const [emulated] = await openEmulatedFeeds([name], {
      packageName: flags.package,
      port: flags.port,
      signal,
      onError: (error) => context.warn(error),
    })
    if (emulated === undefined) return
    ending.push(() => emulated.close())
    const { endpoints } = emulated.emulation
    say(`${emulated.title} at ${endpoints.url}`)
    const { symbols } = emulated
    const channels = publicChannelsOf(definition)
    const share = { exchange: name, symbols, channels, endpoints, nats: server.url }
    const start = (member: string): RelayProcess => {
      const started = new RelayProcess(member, share)
      ending.push(() => started.close())
      say(`relay ${member} is process ${started.pid}: a member of a group with leases of ${lease}`)
      return started
    }
    const relays = [start('one')]
    const feed = await natsFeed({
      servers: server.url,
      exchange: name,
      symbols,
      channels,
      retry: true,
      signal,
      on: {
        gap: (gap) => {
          tally.gaps += 1
          say(gapText(gap))
        },
        error: () => {
          tally.errors += 1
        },
      },
    })
    ending.push(() => feed.close())
    await untilAllLive(feed, signal)
    say(`the consumer has ${feed.streamStates().length} streams, all live`)
    // The second takes over its part from the first in order, and the consumer notices nothing.
    relays.push(start('two'))
    const durationMs = flags.duration ?? usualMs
    await untilOver(Math.max(settleMs, durationMs * killedAt), signal)
    await untilAllLive(feed, signal)
    const victim = await busiest(relays, signal)
    const had = victim.symbols.join(', ')
    const killed = systemClock.now()
    await victim.kill()
    if (!signal.aborted) say(`relay ${victim.member}, which has ${had}, is killed (SIGKILL)`)
    let liveAgainMs: number | null = null
    const again = untilGappedAndLive(feed, signal).then(() => {
      if (signal.aborted) return
      liveAgainMs = Math.round(systemClock.now() - killed)
      say(`all streams are live again, ${(liveAgainMs / 1_000).toFixed(1)} s after its end`)
    })
    await Promise.race([again, untilOver(durationMs * (1 - killedAt), signal)])
    await untilOver(Math.max(0, durationMs - (systemClock.now() - began)), signal)
    const { messagesProcessed: messages, books, liveBooks } = feed.getPerformanceMetrics()
    report = { messages, ...tally, books, liveBooks, liveAgainMs }
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  } finally {
    for (const end of ending.reverse()) await end()
  }
  if (report === null) return
  // Gaps that were still open are told when the feed closes.
  report = { ...report, ...tally }
  if (context.isJson) await context.out.line(JSON.stringify(report))
  else {
    const { messages, gaps, books, liveBooks } = report
    say(`${formatNumber(messages)} messages, ${gaps} gaps that were told, ${liveBooks} of ${books} books live`)
  }
}

/** The relay with the most instruments: the end of one that has none is noticed by nobody. */
async function busiest(relays: readonly RelayProcess[], signal: AbortSignal): Promise<RelayProcess> {
  for (;;) {
    const most = relays.reduce((one, other) => (other.symbols.length > one.symbols.length ? other : one))
    if (most.symbols.length > 0 || signal.aborted) return most
    await untilOver(lookEveryMs, signal)
  }
}

function untilAllLive(feed: ExchangeFeed, signal: AbortSignal): Promise<void> {
  return untilTrue(feed, signal, (states) => states.every(({ status }) => status === 'live'))
}

/** The end of a relay is noticed before it is made up for. */
async function untilGappedAndLive(feed: ExchangeFeed, signal: AbortSignal): Promise<void> {
  await untilTrue(feed, signal, (states) => states.some(({ status }) => status === 'gapped'))
  await untilAllLive(feed, signal)
}

function untilTrue(
  feed: ExchangeFeed,
  signal: AbortSignal,
  isTrue: (states: readonly StreamState[]) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!signal.aborted && !isTrue(feed.streamStates())) return
      stop()
      signal.removeEventListener('abort', look)
      resolve()
    }
    const stop = feed.on('stream', look)
    signal.addEventListener('abort', look)
    look()
  })
}
