import type { AnyExchangeDefinition } from '@tapewire/core'
import {
  createPrivateExchange,
  createPublicExchange,
  type ExchangeFeed,
  publicChannels,
  StreamError,
} from '@tapewire/core'
import type { StoredStart } from '../stored/stored-reader.js'
import { marketStream } from '../stored/stored-streams.js'
import { Subjects } from '../subjects.js'
import { accountDefinition } from './account/account-definition.js'
import { askAbout } from './ask-about.js'
import {
  type NatsAccountFeedOptions,
  type NatsExchangeOptions,
  type NatsFeedOptions,
  type SortedOptions,
  sortOptions,
} from './feed-options.js'
import { HopMeter, type HopMetrics } from './hop-meter.js'
import { liveDefinition } from './live/live-definition.js'
import { replayedDefinition } from './replayed/replayed-definition.js'
import { waitForRelays } from './wait-for-relays.js'

const hops = new WeakMap<ExchangeFeed, HopMeter>()

/**
 * A feed of what relays publish: the same events, messages, books, metrics and gaps as one that is connected to the exchange itself, whose package is not needed. A book is live
 * here while it is so at the relay and nothing on the way is missing; records that never came, a relay that died or was replaced, and a server that was away are gaps.
 *
 * Resolves once every stream has been accepted by the relay that publishes it. Rejects with `ERR_INVALID_CONFIG`, with `ERR_NO_RELAY` where nobody publishes the exchange or
 * one of the streams (with `retry: true` it waits instead), with what a connection to NATS fails of (as `relay`), and as `createPublicExchange`; then nothing is left open.
 *
 * @example
 * const feed = await natsFeed({ servers: 'nats://127.0.0.1:4222', exchange: 'acme_spot', symbols: ['BTC/USDT'] })
 *
 * With `account`, a feed of what relays publish of that account, as `createPrivateExchange` makes one at the exchange itself: every event once and in order, from where the last
 * connection ended, or from `from` on. No key of the exchange is needed, and none is anywhere on the way.
 */
export async function natsFeed(options: NatsFeedOptions | NatsAccountFeedOptions): Promise<ExchangeFeed> {
  if ('account' in options) return accountFeed(options)
  const { from = 'new', ...given } = options
  const start = marketStart(from, given.channels)
  const sorted = sortOptions(given)
  const hop = new HopMeter()
  const definition = await relayedExchange(sorted, hop, start)
  const feed = await waitForRelays(
    () => createPublicExchange({ ...sorted.exchange, exchange: definition }),
    sorted.exchange,
  )
  hops.set(feed, hop)
  return feed
}

/**
 * What relays publish of an exchange, as the definition of one: for whoever makes the manager or the feed of it. Rejects as `natsFeed` does where nobody publishes it.
 *
 * @example
 * const exchange = await natsExchange({ servers: 'nats://127.0.0.1:4222', exchange: 'acme_spot' })
 * const manager = new WebSocketManager({ strategies: exchange.public(), onMessage })
 */
export async function natsExchange(options: NatsExchangeOptions): Promise<AnyExchangeDefinition> {
  const { from = 'new', ...given } = options
  const start = marketStart(from, undefined)
  return relayedExchange(sortOptions({ ...given, symbols: [] }), new HopMeter(), start)
}

/** Where market data is read from; null where it is followed as it is published. Throws `ERR_INVALID_CONFIG`. */
function marketStart(from: StoredStart, channels: readonly unknown[] | undefined): StoredStart | null {
  if (from === 'new') return null
  if (from === 'first') return from
  const { time, sequence } = from as { readonly time?: unknown; readonly sequence?: unknown }
  if (Number.isFinite(time)) return from
  if (Number.isSafeInteger(sequence) && (sequence as number) > 0 && channels?.length === 1) return from
  throw new StreamError('ERR_INVALID_CONFIG', 'from is no place that market data can be read from.', {
    hint: "Pass 'first', { time } in epoch ms, or with a single channel { sequence }, a number of its JetStream stream: each channel has its own.",
  })
}

async function relayedExchange(
  sorted: SortedOptions,
  hop: HopMeter,
  start: StoredStart | null,
): Promise<AnyExchangeDefinition> {
  const { nats, settings, exchange } = sorted
  const { exchange: name, retry, signal, clock } = exchange
  const subjects = new Subjects(name, settings.prefix)
  const about = await askAbout({
    nats,
    subject: subjects.about,
    exchange: name,
    stored: start === null ? [] : publicChannels.map((channel) => marketStream(subjects.base, channel).name),
    answerTimeoutMs: settings.answerTimeoutMs,
    retry: retry === true,
    signal,
    clock,
  })
  const parts = { nats, exchange: name, subjects, settings, books: about.book, hop }
  return start === null ? liveDefinition(parts) : replayedDefinition({ ...parts, start })
}

/** What the way from the relays to this feed does: its lag, and what did not come. Throws `ERR_INVALID_CONFIG` for a feed that `natsFeed` did not make. */
export function hopMetrics(feed: ExchangeFeed): HopMetrics {
  const hop = hops.get(feed)
  if (hop === undefined) throw new StreamError('ERR_INVALID_CONFIG', 'This feed does not come over NATS.')
  return hop.read()
}

/** The exchange's own are with its relay. */
const noCredentials = { apiKey: 'none', sign: () => '' } as const

async function accountFeed({ account, from = 'new', ...options }: NatsAccountFeedOptions): Promise<ExchangeFeed> {
  const { nats, settings, exchange: given } = sortOptions(options)
  const { exchange } = given
  const subjects = new Subjects(exchange, settings.prefix)
  const definition = accountDefinition({ nats, exchange, subjects, settings, account, start: from })
  const open = (): Promise<ExchangeFeed> =>
    createPrivateExchange({ ...given, exchange: definition, credentials: noCredentials })
  return waitForRelays(open, given)
}
