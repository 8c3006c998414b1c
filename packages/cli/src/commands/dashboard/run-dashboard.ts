import type { Channel, StreamError } from '@tapewire/core'
import { usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { publicChannelsOf } from '../../exchanges/channels-of.js'
import { ownExchanges } from '../../exchanges/own-packages.js'
import { isLoopback } from '../../http/own-host.js'
import type { LiveFeed } from '../../live/live-feed.js'
import { openEmulatedFeeds } from '../../live/open-emulated-feeds.js'
import { openLiveFeed } from '../../live/open-live-feed.js'
import { type EndpointFlags, endpointsOf } from '../../options/endpoint-options.js'
import type { ExchangeFlags } from '../../options/exchange-options.js'
import { nameExchange } from '../../options/name-exchange.js'
import type { NatsFlags } from '../../options/nats-options.js'
import { packageVersion } from '../../package-file.js'
import { untilOver } from '../../wait.js'
import { makeToken } from './server/access.js'
import { DashboardServer } from './server/dashboard-server.js'
import { builtPage, readPageFiles } from './server/page-files.js'

export interface DashboardFlags extends EndpointFlags, ExchangeFlags, NatsFlags {
  readonly channels?: readonly string[]
  readonly emulate?: readonly string[]
  readonly rate?: number
  readonly port: number
  readonly host: string
  readonly token?: string
  readonly duration?: number
  readonly page?: string
  readonly json?: true
}

/** Opens the feeds, serves the page, and says where it is. Rejects where either cannot be had; nothing is left then. */
export async function runDashboard(
  context: CommandContext,
  exchange: string | null,
  symbols: readonly string[],
  flags: DashboardFlags,
): Promise<void> {
  checkFlags(exchange, symbols, flags)
  const files = readPageFiles(flags.page ?? builtPage)
  const feeds =
    exchange === null ? await openEmulations(context, flags) : [await openReal(context, exchange, symbols, flags)]
  try {
    const { host, port } = flags
    const token = flags.token ?? (isLoopback(host) ? null : makeToken())
    const server = new DashboardServer({ feeds, files, host, port, token, version: packageVersion() })
    const urls = await server.listen()
    try {
      await tellWhere(context, feeds, urls, flags)
      await untilOver(flags.duration ?? null, context.signal)
    } finally {
      await server.close()
    }
  } finally {
    await Promise.all(feeds.map((feed) => feed.close()))
  }
}

/** Throws `ERR_USAGE` for what cannot be meant together. */
function checkFlags(exchange: string | null, symbols: readonly string[], flags: DashboardFlags): void {
  if (exchange === null) {
    const { channels, url, restUrl, nats, natsCreds, natsCa, prefix } = flags
    const ofNats = { '--nats': nats, '--nats-creds': natsCreds, '--nats-ca': natsCa, '--prefix': prefix }
    const ofExchanges = { '--channels': channels, '--url': url, '--rest-url': restUrl, ...ofNats }
    const given = Object.entries(ofExchanges).find(([, value]) => value !== undefined)
    if (given === undefined) return
    throw usageError(
      `${given[0]} is of an exchange, and none is named.`,
      'Name it, and what it trades: tapewire dashboard gateio_spot BTC/USDT.',
    )
  }
  if (symbols.length === 0) {
    throw usageError(
      `No instrument of ${exchange} is named.`,
      `Name what is to be shown: tapewire dashboard ${exchange} BTC/USDT.`,
    )
  }
  const emulated = (['emulate', 'rate'] as const).find((flag) => flags[flag] !== undefined)
  if (emulated === undefined) return
  throw usageError(
    `--${emulated} is of emulations, and an exchange is named.`,
    `Leave out one of them: tapewire dashboard --${emulated} …`,
  )
}

function openEmulations(context: CommandContext, flags: DashboardFlags): Promise<readonly LiveFeed[]> {
  const { emulate = ownExchanges, rate, package: packageName } = flags
  const intervalMs = rate === undefined ? undefined : 1_000 / rate
  return openEmulatedFeeds(emulate, { packageName, port: 0, intervalMs, ...surroundings(context) })
}

async function openReal(
  context: CommandContext,
  exchange: string,
  symbols: readonly string[],
  flags: DashboardFlags,
): Promise<LiveFeed> {
  const definition = await nameExchange(context, exchange, flags)
  // Names as they were typed: the manager says what is wrong with them.
  const channels = (flags.channels ?? publicChannelsOf(definition)) as readonly Channel[]
  return openLiveFeed(definition, { symbols, channels, endpoints: endpointsOf(flags), ...surroundings(context) })
}

function surroundings(context: CommandContext): { signal: AbortSignal; onError: (error: StreamError) => void } {
  return { signal: context.signal, onError: (error) => context.warn(error) }
}

async function tellWhere(
  context: CommandContext,
  feeds: readonly LiveFeed[],
  urls: readonly [string, ...string[]],
  { json }: DashboardFlags,
): Promise<void> {
  const [url, ...others] = urls
  const exchanges = feeds.map(({ exchange }) => exchange)
  await context.out.line(json === true ? JSON.stringify({ url, urls, exchanges }) : url)
  if (json === true) return
  for (const other of others) context.note(`From other machines: ${other}`)
  const titles = feeds.map(({ title, isEmulated }) => (isEmulated ? `${title} (emulated)` : title)).join(' and ')
  context.note(`Open it in a browser: it shows ${titles}. Ctrl-C ends it.`)
}
