import { StreamError } from '../errors/stream-error.js'
import { suggest } from '../errors/suggest.js'

/** What there is to know of a channel beyond its payload. */
export interface ChannelTraits {
  /** The `type` of its messages: 1 to 31, and never changed once published. */
  readonly type: number
  /** The name of that type in `MessageType`. */
  readonly messageType: string
  /** Market data, or an account's. */
  readonly scope: 'public' | 'private'
  /** Whether its messages name an instrument; those about a whole account do not. */
  readonly perInstrument: boolean
  /** `regular` where the exchange pushes on its own account, so that silence says something; trades, and what happens in an account, come when they come. */
  readonly rhythm: 'regular' | 'irregular'
  /** Whether a newer message of one instrument's stream takes the place of an older one that nobody has seen yet. Never so for trades, deltas and accounts. */
  readonly onlyNewestCounts: boolean
}

/**
 * Every channel, ours: what an exchange calls them is the adapter's business. Names, message types, counters, metric keys, staleness, events and their types
 * derive from this table; a new channel is one line here and its payload in `ChannelPayloads`.
 */
export const channelTable = {
  orderbook: {
    type: 1,
    messageType: 'Orderbook',
    scope: 'public',
    perInstrument: true,
    rhythm: 'regular',
    onlyNewestCounts: false,
  },
  trades: {
    type: 2,
    messageType: 'Trades',
    scope: 'public',
    perInstrument: true,
    rhythm: 'irregular',
    onlyNewestCounts: false,
  },
  book_ticker: {
    type: 3,
    messageType: 'BookTicker',
    scope: 'public',
    perInstrument: true,
    rhythm: 'regular',
    onlyNewestCounts: true,
  },
  ticker: {
    type: 4,
    messageType: 'Ticker',
    scope: 'public',
    perInstrument: true,
    rhythm: 'regular',
    onlyNewestCounts: true,
  },
  candles: {
    type: 8,
    messageType: 'Candle',
    scope: 'public',
    perInstrument: true,
    rhythm: 'regular',
    onlyNewestCounts: true,
  },
  orders: {
    type: 7,
    messageType: 'Order',
    scope: 'private',
    perInstrument: true,
    rhythm: 'irregular',
    onlyNewestCounts: false,
  },
  executions: {
    type: 5,
    messageType: 'Trade',
    scope: 'private',
    perInstrument: true,
    rhythm: 'irregular',
    onlyNewestCounts: false,
  },
  balances: {
    type: 6,
    messageType: 'Balance',
    scope: 'private',
    perInstrument: false,
    rhythm: 'irregular',
    onlyNewestCounts: false,
  },
} as const

type ChannelTable = typeof channelTable

export type Channel = keyof ChannelTable

/** The traits of one channel, as literal types. */
export type TraitsOf<Name extends Channel> = ChannelTable[Name]

type ScopedChannel<Scope extends ChannelTraits['scope']> = {
  [Name in Channel]: ChannelTable[Name]['scope'] extends Scope ? Name : never
}[Channel]

/** Market data channels. */
export type PublicChannel = ScopedChannel<'public'>
/** Account channels. */
export type PrivateChannel = ScopedChannel<'private'>

export const channels: readonly Channel[] = Object.keys(channelTable) as Channel[]
export const publicChannels: readonly PublicChannel[] = channelsOf('public')
export const privateChannels: readonly PrivateChannel[] = channelsOf('private')

function channelsOf<Scope extends ChannelTraits['scope']>(scope: Scope): readonly ScopedChannel<Scope>[] {
  return channels.filter((name): name is ScopedChannel<Scope> => channelTable[name].scope === scope)
}

/** Whether `text` names one of our channels. */
export function isChannel(text: string): text is Channel {
  return Object.hasOwn(channelTable, text)
}

/** The channel that a user named. Throws `ERR_UNKNOWN_CHANNEL` with the likely meaning. */
export function toChannel(name: string): Channel {
  if (isChannel(name)) return name
  const meant = suggest(String(name), channels)
  throw new StreamError('ERR_UNKNOWN_CHANNEL', `There is no channel ${JSON.stringify(name)}.`, {
    hint: `${meant === null ? '' : `Did you mean ${meant}? `}Channels: ${channels.join(', ')}.`,
  })
}

/** What there is to know of a channel. */
export function traitsOf(channel: Channel): ChannelTraits {
  return channelTable[channel]
}

/** A bit for the message type of each. */
export function bitsOf(of: readonly Channel[]): number {
  return of.reduce((all, channel) => all | (1 << traitsOf(channel).type), 0)
}
