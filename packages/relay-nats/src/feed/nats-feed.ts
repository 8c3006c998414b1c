import type { AnyExchangeDefinition, Clock } from '@tapewire/core'
import {
  createPrivateExchange,
  createPublicExchange,
  type ExchangeFeed,
  publicChannels,
  StreamError,
} from '@tapewire/core'
import { rehearseFeed, systemClock } from '@tapewire/core/adapter'
import type { AboutBooks } from '../about.js'
import { type StoredRange, storedRange } from '../stored/stored-range.js'
import { marketStream } from '../stored/stored-streams.js'
import { Subjects } from '../subjects.js'
import { accountDefinition } from './account/account-definition.js'
import { askAbout } from './ask-about.js'
import { checkFeedOptions } from './check-feed-options.js'
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
  if (isOfAccount(options)) return accountFeed(options)
  checkFeedOptions.market(options)
  const { from, to, ...given } = options
  const range = storedRange({ from, to }, { hasSequences: given.channels?.length === 1, now: wallTime(given) })
  const sorted = sortOptions(given)
  const hop = new HopMeter()
  const untold = { ...sorted, hop, reading: readingOf(range, given, () => {}) }
  await rehearseFeed((signal) =>
    createPublicExchange({ ...sorted.exchange, exchange: definitionOf(untold, usualBooks), signal }),
  )
  const feed = await readFeed(range, given, async (reading) => {
    const definition = await relayedExchange({ ...sorted, hop, reading })
    return waitForRelays(() => createPublicExchange({ ...sorted.exchange, exchange: definition }), sorted.exchange)
  })
  hops.set(feed, hop)
  return feed
}

/** The feed that `open` makes: what it reads begins once its user has it, and where that has an end, so has the feed. */
async function readFeed(
  range: StoredRange,
  { clock = systemClock }: Timed,
  open: (reading: Reading) => Promise<ExchangeFeed>,
): Promise<ExchangeFeed> {
  let made: ExchangeFeed | null = null
  const isHeld = range.from !== 'new'
  const reading = new Reading({ range, isHeld, clock, onEnd: () => void made?.close() })
  made = await open(reading)
  if (isHeld) setImmediate(() => reading.begin())
  return made
}

/** Of what is not held: it begins at once. */
function readingOf(range: StoredRange, { clock = systemClock }: Timed, onEnd: () => void): Reading {
  return new Reading({ range, isHeld: false, clock, onEnd })
}

interface Timed {
  readonly clock?: Clock | undefined
}

function wallTime({ clock = systemClock }: Timed): number {
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
  checkFeedOptions.exchange(options)
  const { from, to, onEnd = () => {}, ...given } = options
  const range = storedRange({ from, to }, { hasSequences: false, now: wallTime(given) })
  const sorted = sortOptions({ ...given, symbols: [] })
  return relayedExchange({ ...sorted, hop: new HopMeter(), reading: readingOf(range, given, onEnd) })
}

function isOfAccount(options: NatsFeedOptions | NatsAccountFeedOptions): options is NatsAccountFeedOptions {
  return (options as Partial<NatsAccountFeedOptions> | undefined)?.account !== undefined
}

/** A feed of market data, as far as it is known before any relay was asked. */
interface RelayedMarket extends SortedOptions {
  readonly hop: HopMeter
  readonly reading: Reading
}

/** What is taken for the books of an exchange as long as no relay has said how they are kept. */
const usualBooks: AboutBooks = { order: 'ids', depth: null }

function isLive({ reading }: RelayedMarket): boolean {
  return reading.range.from === 'new'
}

async function relayedExchange(market: RelayedMarket): Promise<AnyExchangeDefinition> {
  const { nats, settings, exchange } = market
  const { exchange: name, retry, signal, clock } = exchange
  const { about: subject, base } = new Subjects(name, settings.prefix)
  const about = await askAbout({
    nats,
    subject,
    exchange: name,
    stored: isLive(market) ? [] : publicChannels.map((channel) => marketStream(base, channel).name),
    answerTimeoutMs: settings.answerTimeoutMs,
    retry: retry === true,
    signal,
    clock,
  })
  return definitionOf(market, about.book)
}

function definitionOf(market: RelayedMarket, books: AboutBooks | null): AnyExchangeDefinition {
  const { nats, settings, exchange: given, hop, reading } = market
  const { exchange } = given
  const parts = { nats, exchange, subjects: new Subjects(exchange, settings.prefix), settings, books, hop }
  return isLive(market) ? liveDefinition(parts) : replayedDefinition({ ...parts, reading })
}

/** What the way from the relays to this feed does: its lag, and what did not come. Throws `ERR_INVALID_CONFIG` for a feed that `natsFeed` did not make. */
export function hopMetrics(feed: ExchangeFeed): HopMetrics {
  const hop = hops.get(feed)
  if (hop === undefined) throw new StreamError('ERR_INVALID_CONFIG', 'This feed does not come over NATS.')
  return hop.read()
}

/** The exchange's own are with its relay. */
const noCredentials = { apiKey: 'none', sign: () => '' } as const

async function accountFeed(options: NatsAccountFeedOptions): Promise<ExchangeFeed> {
  checkFeedOptions.account(options)
  const { account, from, to, ...others } = options
  const range = storedRange({ from, to }, { hasSequences: true, now: wallTime(others) })
  const { nats, settings, exchange: given } = sortOptions(others)
  const { exchange } = given
  const subjects = new Subjects(exchange, settings.prefix)
  return readFeed(range, options, (reading) => {
    const definition = accountDefinition({ nats, exchange, subjects, settings, account, reading })
    const open = (): Promise<ExchangeFeed> =>
      createPrivateExchange({ ...given, exchange: definition, credentials: noCredentials })
    return waitForRelays(open, given)
  })
}
