import { StreamError } from '../errors/stream-error.js'
import { type Channel, type ChannelTraits, traitsOf } from '../model/channel.js'
import type { ChannelSupport } from './exchange-definition.js'

type Scope = ChannelTraits['scope']

/** What the strategies of one set can be asked for. */
export interface StrategyChannels {
  /** The exchange's name: `acme_spot`. */
  readonly exchange: string
  /** Whether the set is for market data or for the account. */
  readonly scope: Scope
  /** Every channel the exchange has, as its definition says. */
  readonly channels: readonly ChannelSupport[]
}

/** Demands a channel that these strategies have, as `plan()` must. Throws `ERR_UNSUPPORTED_CHANNEL`, which says what they have, and where the channel is. */
export function assertChannel(channel: Channel, { exchange, scope, channels }: StrategyChannels): void {
  const namesOf = (wanted: Scope): readonly Channel[] =>
    channels.map((support) => support.channel).filter((name) => traitsOf(name).scope === wanted)
  const own = namesOf(scope)
  if (own.includes(channel)) return
  const other = scope === 'public' ? 'private' : 'public'
  const elsewhere = namesOf(other).includes(channel) ? ` Strategies made by ${other}() have it.` : ''
  throw new StreamError('ERR_UNSUPPORTED_CHANNEL', `These strategies of ${exchange} have no channel ${channel}.`, {
    hint: `They have ${own.join(', ')}.${elsewhere}`,
  })
}
