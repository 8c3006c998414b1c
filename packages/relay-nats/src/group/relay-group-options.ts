import { type ExchangeFeed, type PublicChannel, parseInstrument, publicChannels, StreamError } from '@tapewire/core'
import type { ConnectionLimiter } from '@tapewire/core/adapter'
import { natsOptionsChecker } from '../connect/check-nats-options.js'
import type { NatsOptions } from '../connect/nats-options.js'
import { type RelayOptions, relayProperties } from '../relay/relay-options.js'
import { defaultPrefix } from '../subjects.js'
import { type GroupOptions, memberProperties } from './group-options.js'

/** What a group relays, and how a member takes part. It relays instruments, accounts, or both. */
export interface RelayGroupOptions
  extends Omit<RelayOptions, 'epoch' | 'clock' | 'random' | 'account'>,
    Pick<
      GroupOptions,
      | 'group'
      | 'exchange'
      | 'member'
      | 'leaseMs'
      | 'shares'
      | 'replicas'
      | 'accounts'
      | 'ownAccounts'
      | 'standby'
      | 'signal'
    > {
  /**
   * Opens a feed of the exchange with these instruments, to which the group then adds others and from which it removes them; it closes it in the end. What rejects is tried again. With
   * `limiter` among its own options, the feed keeps the exchange's limit of connections per address together with the other members.
   */
  readonly openFeed?: (
    symbols: readonly string[],
    channels: readonly PublicChannel[],
    limiter: ConnectionLimiter,
  ) => Promise<ExchangeFeed>
  /** The names of all instruments that the group relays, `BTC/USDT`. The same for every member. */
  readonly symbols?: readonly string[]
  /** The channels of each. The same for every member. */
  readonly channels?: readonly PublicChannel[]
  /** The widths of the candles that `openFeed` opens, `1m`: the group only compares them. The same for every member. */
  readonly candleIntervals?: readonly string[]
  /**
   * Opens the feed of an account, by the name that it has in `accounts`, whenever this member is to have it; the group closes it when it is another's. `signal` says that it is not needed
   * any more. What rejects is tried again. With `limiter` among its own options, the feed keeps the exchange's limits of connections per address and per key together with other members.
   */
  readonly openAccount?: (account: string, signal: AbortSignal, limiter: ConnectionLimiter) => Promise<ExchangeFeed>
  /** What the address is called that the exchange sees this member's connections come from, for the `limiter` of its feeds: the same for all members behind one NAT. Default the machine's host name. */
  readonly address?: string
  /** What went wrong and was survived. */
  readonly onError?: (error: StreamError) => void
  /** Whether this process is a member: where its lease ends, it is none, publishes nothing, and joins anew. */
  readonly onMembership?: (isMember: boolean) => void
  /** What this member relays has changed: all that it relays from now on. */
  readonly onOwned?: (owned: OwnedByMember) => void
}

/** The instruments and accounts that one member relays, by their names. */
export interface OwnedByMember {
  readonly symbols: readonly string[]
  readonly accounts: readonly string[]
}

/** The options of a group, by who they are for. */
export interface SortedGroupOptions {
  readonly joining: GroupOptions
  readonly relaying: RelayOptions
}

const { account, epoch, ...ofRelay } = relayProperties
const texts = { type: 'array', items: { type: 'string', minLength: 1 } }

/** Every option by its type, so that one that is added to those is not refused by name. */
const properties: Readonly<Record<Exclude<keyof RelayGroupOptions, keyof NatsOptions>, object | 'function' | 'other'>> =
  {
    ...memberProperties,
    symbols: texts,
    channels: { type: 'array', items: { type: 'string', enum: [...publicChannels] } },
    candleIntervals: texts,
    openFeed: 'function',
    openAccount: 'function',
    address: { type: 'string', minLength: 1 },
    signal: 'other',
    onError: 'function',
    onMembership: 'function',
    onOwned: 'function',
    ...ofRelay,
  }

const check: (options: RelayGroupOptions) => void = natsOptionsChecker({
  title: 'The options of the group are not valid',
  required: ['group', 'exchange'],
  properties,
})

/** Throws `ERR_INVALID_CONFIG`, and `ERR_INVALID_SYMBOL`, for what cannot be meant. */
export function sortRelayGroupOptions(options: RelayGroupOptions): SortedGroupOptions {
  check(options)
  const { group, exchange, member, leaseMs, shares, replicas, accounts, ownAccounts, standby, signal, ...rest } =
    options
  const {
    openFeed,
    symbols = [],
    channels = [],
    candleIntervals = [],
    openAccount,
    onError,
    onMembership,
    onOwned,
    address,
    ...relaying
  } = rest
  const own = ownAccounts ?? accounts ?? []
  if (symbols.length === 0 && (accounts ?? []).length === 0)
    throw invalid('It relays nothing.', 'Pass symbols, or accounts.')
  for (const symbol of symbols) parseInstrument(symbol)
  if (symbols.length > 0 && (openFeed === undefined || channels.length === 0))
    throw invalid('It has symbols, and not all that they need.', 'Pass openFeed and channels.')
  if (own.length > 0 && openAccount === undefined)
    throw invalid(
      'It has accounts, and nothing that opens them.',
      'Pass openAccount, or ownAccounts: [] where this member has no credentials.',
    )
  const stranger = own.find((account) => accounts?.includes(account) !== true)
  if (stranger !== undefined)
    throw invalid(`${JSON.stringify(stranger)} is none of its accounts.`, 'Name it in accounts too, on every member.')
  const { servers, credentials, tls, name, connectTimeoutMs, retry, ...ofRelays } = relaying
  const given = { credentials, tls, name, connectTimeoutMs }
  const nats = { servers, ...defined(given) }
  const membership = defined({ member, leaseMs, shares, replicas, accounts, ownAccounts, standby, retry, signal })
  const { prefix = defaultPrefix } = relaying
  const alike = { symbols, channels, candleIntervals: channels.includes('candles') ? candleIntervals : [], prefix }
  return { joining: { ...nats, group, exchange, ...membership, alike }, relaying: { ...nats, ...ofRelays } }
}

function defined<Given extends object>(given: Given): { [Name in keyof Given]?: Exclude<Given[Name], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<Given> as {
    [Name in keyof Given]?: Exclude<Given[Name], undefined>
  }
}

function invalid(problem: string, hint: string): StreamError {
  return new StreamError('ERR_INVALID_CONFIG', `The options of the group are not valid. ${problem}`, { hint })
}
