import type { AnyExchangeDefinition, Clock } from '@tapewire/core'
import {
  createPrivateExchange,
  createPublicExchange,
  type ExchangeFeed,
  publicChannels,
  StreamError,
} from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { type StoredRange, storedRange } from '../stored/stored-range.js'
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
import { Reading } from './stored/reading.js'
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
 *
 * With `from`, what is kept is told first, and no relay need be there; with `to` as well, the feed ends itself behind the last of it. It begins in the turn of the event loop after the
 * promise resolves: whoever listens, or begins to iterate, right then hears all of it.
 *
 * @example
 * const feed = await natsFeed({ servers, exchange: 'acme_spot', symbols: ['BTC/USDT'], channels: ['trades'], from: 'first', to: 'last' })
 * for await (const { data } of feed.messages({ channel: 'trades' })) console.log(data)
 */
export async function natsFeed(options: NatsFeedOptions | NatsAccountFeedOptions): Promise<ExchangeFeed> {
  if ('account' in options) return accountFeed(options)
  const { from, to, ...given } = options
  const range = storedRange({ from, to }, { hasSequences: given.channels?.length === 1, now: wallTime(given) })
  const sorted = sortOptions(given)
  const hop = new HopMeter()
  const feed = await readFeed(range, async (reading) => {
    const definition = await relayedExchange(sorted, hop, reading)
    return waitForRelays(() => createPublicExchange({ ...sorted.exchange, exchange: definition }), sorted.exchange)
  })
  hops.set(feed, hop)
  return feed
}

/** The feed that `open` makes: what it reads begins once its user has it, and where that has an end, so has the feed. */
async function readFeed(range: StoredRange, open: (reading: Reading) => Promise<ExchangeFeed>): Promise<ExchangeFeed> {
  let made: ExchangeFeed | null = null
  const isHeld = range.from !== 'new'
  const reading = new Reading(range, isHeld, () => void made?.close())
  made = await open(reading)
  if (isHeld) setImmediate(() => reading.begin())
  return made
}

function wallTime({ clock = systemClock }: { readonly clock?: Clock | undefined }): number {
  return clock.wallTime()
}

/**
 * What relays publish of an exchange, as the definition of one: for whoever makes the manager or the feed of it. Rejects as `natsFeed` does where nobody publishes it.
 *
 * @example
 * const exchange = await natsExchange({ servers: 'nats://127.0.0.1:4222', exchange: 'acme_spot' })
 * const manager = new WebSocketManager({ strategies: exchange.public(), onMessage })
 */
export async function natsExchange(options: NatsExchangeOptions): Promise<AnyExchangeDefinition> {
  const { from, to, onEnd = () => {}, ...given } = options
  const range = storedRange({ from, to }, { hasSequences: false, now: wallTime(given) })
  return relayedExchange(sortOptions({ ...given, symbols: [] }), new HopMeter(), new Reading(range, false, onEnd))
}

async function relayedExchange(sorted: SortedOptions, hop: HopMeter, reading: Reading): Promise<AnyExchangeDefinition> {
  const { nats, settings, exchange } = sorted
  const { exchange: name, retry, signal, clock } = exchange
  const subjects = new Subjects(name, settings.prefix)
  const isLive = reading.range.from === 'new'
  const about = await askAbout({
    nats,
    subject: subjects.about,
    exchange: name,
    stored: isLive ? [] : publicChannels.map((channel) => marketStream(subjects.base, channel).name),
    answerTimeoutMs: settings.answerTimeoutMs,
    retry: retry === true,
    signal,
    clock,
  })
  const parts = { nats, exchange: name, subjects, settings, books: about.book, hop }
  return isLive ? liveDefinition(parts) : replayedDefinition({ ...parts, reading })
}

/** What the way from the relays to this feed does: its lag, and what did not come. Throws `ERR_INVALID_CONFIG` for a feed that `natsFeed` did not make. */
export function hopMetrics(feed: ExchangeFeed): HopMetrics {
  const hop = hops.get(feed)
  if (hop === undefined) throw new StreamError('ERR_INVALID_CONFIG', 'This feed does not come over NATS.')
  return hop.read()
}

/** The exchange's own are with its relay. */
const noCredentials = { apiKey: 'none', sign: () => '' } as const

async function accountFeed({ account, from, to, ...options }: NatsAccountFeedOptions): Promise<ExchangeFeed> {
  const range = storedRange({ from, to }, { hasSequences: true, now: wallTime(options) })
  const { nats, settings, exchange: given } = sortOptions(options)
  const { exchange } = given
  const subjects = new Subjects(exchange, settings.prefix)
  return readFeed(range, (reading) => {
    const definition = accountDefinition({ nats, exchange, subjects, settings, account, reading })
    const open = (): Promise<ExchangeFeed> =>
      createPrivateExchange({ ...given, exchange: definition, credentials: noCredentials })
    return waitForRelays(open, given)
  })
}
