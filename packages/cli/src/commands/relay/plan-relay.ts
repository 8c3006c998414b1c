import type {
  AnyExchangeDefinition,
  CandleInterval,
  Channel,
  Credentials,
  EndpointOptions,
  PrivateChannel,
  PublicChannel,
} from '@tapewire/core'
import type { MarketRetention, NatsOptions } from '@tapewire/relay-nats'
import { usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { isPrivate, publicChannelsOf } from '../../exchanges/channels-of.js'
import { accountCredentials } from '../../options/account-strategies.js'
import { checkWords } from '../../options/check-words.js'
import { type EndpointFlags, endpointsOf } from '../../options/endpoint-options.js'
import type { ExchangeFlags } from '../../options/exchange-options.js'
import type { MetricsFlags } from '../../options/metrics-options.js'
import { type NatsFlags, natsOptionsOf } from '../../options/nats-options.js'

/** The options of `tapewire relay`. */
export interface RelayFlags extends EndpointFlags, ExchangeFlags, MetricsFlags, NatsFlags {
  readonly channels?: readonly string[]
  readonly candleIntervals?: readonly string[]
  readonly account?: string
  readonly group?: string
  readonly lease?: number
  readonly member?: string
  readonly address?: string
  readonly standby?: true
  readonly keep?: readonly string[]
  readonly keepAge?: number
  readonly keepBytes?: number
  readonly replicas?: number
  readonly duration?: number
  readonly json?: true
}

/** What is relayed, and where to. */
export interface RelayPlan {
  readonly definition: AnyExchangeDefinition
  readonly endpoints: Pick<EndpointOptions, 'url' | 'restUrl'>
  readonly nats: NatsOptions & { readonly prefix?: string }
  /** With whom the work is shared; null where it is not. */
  readonly group: {
    readonly name: string
    readonly leaseMs?: number
    readonly member?: string
    readonly address?: string
    readonly standby?: true
    readonly replicas?: number
  } | null
  /** Null where nothing of the market is relayed. */
  readonly market: {
    readonly symbols: readonly string[]
    readonly channels: readonly PublicChannel[]
    readonly candleIntervals: readonly CandleInterval[] | undefined
    /** What of it NATS keeps; null for nothing. */
    readonly retention: MarketRetention | null
  } | null
  /** Null where no account is. */
  readonly account: {
    readonly name: string
    readonly credentials: Credentials
    readonly channels: readonly PrivateChannel[]
    /** Servers of a cluster that keep a copy of its events; undefined for what is usual. */
    readonly replicas: number | undefined
  } | null
}

/** Of an exchange that has neither, the first it has. */
export const defaultChannels: readonly PublicChannel[] = ['orderbook', 'trades']

/** The shortest age that the relay's `marketRetention` takes, ms. */
const shortestKeptMs = 1_000

/** Throws `ERR_USAGE`. */
export function planRelay(
  context: CommandContext,
  definition: AnyExchangeDefinition,
  symbols: readonly string[],
  flags: RelayFlags,
): RelayPlan {
  const nats = natsOptionsOf(context, flags)
  if (nats === null) throw usageError('No server of NATS is named.', 'Write --nats nats://127.0.0.1:4222.')
  const ofGroup = Object.entries({
    '--lease': flags.lease,
    '--member': flags.member,
    '--address': flags.address,
    '--standby': flags.standby,
  })
  const lonely = ofGroup.find(([, value]) => flags.group === undefined && value !== undefined)
  if (lonely !== undefined) throw usageError(`${lonely[0]} is of a group, and none is named.`, 'Add --group NAME.')
  checkWords(symbols, flags)
  // Names as they were typed: core says what is wrong with them.
  const channels = (flags.channels ?? usualChannels(definition)) as readonly Channel[]
  if (channels.length === 0) throw usageError('No channel was named.', 'Write --channels orderbook,trades.')
  const ofAccount = channels.filter(isPrivate) as readonly PrivateChannel[]
  const ofMarket = channels.filter((channel) => !isPrivate(channel)) as readonly PublicChannel[]
  if (ofMarket.length === 0 && symbols.length > 0)
    throw usageError(
      `${symbols[0]} is of a market, and of none a channel is relayed: an account has all its instruments.`,
      'Leave it out, or name a channel of the market too: --channels trades,orders.',
    )
  if (ofMarket.length > 0 && symbols.length === 0)
    throw usageError('No instrument was named.', 'Name them behind the exchange: BTC/USDT ETH/USDT.')
  if (flags.standby === true && ofAccount.length === 0)
    throw usageError('--standby is of an account, and none is relayed.', 'Add --channels orders,executions,balances.')
  if (flags.account !== undefined && ofAccount.length === 0)
    throw usageError('An account was named, and none of its channels.', 'Add --channels orders,executions,balances.')
  if (flags.account === '')
    throw usageError('The name of the account is empty.', 'Leave out --account, or write a name.')
  const retention = retentionOf(ofMarket, flags)
  if (flags.replicas !== undefined && flags.group === undefined && retention === null && ofAccount.length === 0)
    throw usageError(
      '--replicas is of what NATS keeps, and it keeps nothing here.',
      'Leave it out, or add --group NAME or --keep trades.',
    )
  const candleIntervals = flags.candleIntervals as readonly CandleInterval[] | undefined
  return {
    definition,
    endpoints: endpointsOf(flags),
    nats,
    group: flags.group === undefined ? null : groupOf(flags.group, flags),
    market: ofMarket.length === 0 ? null : { symbols, channels: ofMarket, candleIntervals, retention },
    account:
      ofAccount.length === 0
        ? null
        : {
            name: flags.account ?? 'main',
            credentials: accountCredentials(context, ofAccount.join(', ')),
            channels: ofAccount,
            replicas: flags.replicas,
          },
  }
}

function usualChannels(definition: AnyExchangeDefinition): readonly Channel[] {
  const supported = publicChannelsOf(definition)
  const usual = supported.filter((channel) => defaultChannels.includes(channel))
  return usual.length > 0 ? usual : supported.slice(0, 1)
}

/** Throws `ERR_USAGE`. */
function retentionOf(channels: readonly PublicChannel[], flags: RelayFlags): MarketRetention | null {
  const { keep, keepAge: maxAgeMs, keepBytes: maxBytes, replicas } = flags
  if (keep === undefined) {
    const lonely = Object.entries({ '--keep-age': maxAgeMs, '--keep-bytes': maxBytes }).find(
      ([, value]) => value !== undefined,
    )
    if (lonely === undefined) return null
    throw usageError(`${lonely[0]} is of what NATS keeps, and no channel is named.`, 'Add --keep trades,orderbook.')
  }
  if (keep.length === 0) throw usageError('--keep names no channel.', 'Write --keep trades,orderbook.')
  if (channels.length === 0)
    throw usageError(
      '--keep is of the market, and no channel of it is relayed.',
      'Leave it out: NATS keeps accounts anyway.',
    )
  const account = (keep as readonly Channel[]).find(isPrivate)
  if (account !== undefined)
    throw usageError(`${account} is of an account, all of which NATS keeps anyway.`, 'Leave it out of --keep.')
  const stranger = keep.find((channel) => !(channels as readonly string[]).includes(channel))
  if (stranger !== undefined)
    throw usageError(
      `${JSON.stringify(stranger)} is to be kept, and is not relayed.`,
      `Relayed are ${channels.join(', ')}: name it in --channels too, or leave it out of --keep.`,
    )
  if (maxAgeMs !== undefined && maxAgeMs < shortestKeptMs)
    throw usageError('NATS keeps nothing for less than a second.', 'Write --keep-age 1h.')
  return {
    channels: keep as readonly PublicChannel[],
    ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(replicas === undefined ? {} : { replicas }),
  }
}

/** How long a lease may be, ms; as relayGroup has it. */
const shortestLeaseMs = 500
const longestLeaseMs = 600_000

/** Throws `ERR_USAGE` in the words of the command: relayGroup would speak of its own options. */
function groupOf(
  name: string,
  { lease, member, address, standby, replicas }: RelayFlags,
): NonNullable<RelayPlan['group']> {
  if (!/^[\w-]+$/.test(name))
    throw usageError(`${JSON.stringify(name)} is no name of a group.`, 'Write --group with letters, digits, - and _.')
  if (lease !== undefined && (lease < shortestLeaseMs || lease > longestLeaseMs))
    throw usageError(`A lease of ${lease} ms is out of range.`, 'Write --lease 500ms to 10m; 5s is usual.')
  if (member === '') throw usageError('The name of the member is empty.', 'Leave out --member, or write a name.')
  if (address === '') throw usageError('The name of the address is empty.', 'Leave out --address, or write a name.')
  return {
    name,
    ...(lease === undefined ? {} : { leaseMs: lease }),
    ...(member === undefined ? {} : { member }),
    ...(address === undefined ? {} : { address }),
    ...(standby === undefined ? {} : { standby }),
    ...(replicas === undefined ? {} : { replicas }),
  }
}
