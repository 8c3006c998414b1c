import type {
  AnyExchangeDefinition,
  CandleInterval,
  Channel,
  InitializeRequest,
  PublicChannel,
  WebSocketStrategySet,
} from '@tapewire/core'
import { usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { isPrivate, publicChannelsOf } from '../../exchanges/channels-of.js'
import { accountStrategies } from '../../options/account-strategies.js'
import { endpointsOf } from '../../options/endpoint-options.js'
import type { RecordFlags } from './record-flags.js'

/** What is connected to for a recording. */
export interface FeedPlan {
  readonly name: 'market' | 'account'
  readonly strategies: WebSocketStrategySet
  readonly request: InitializeRequest
}

/** Of an exchange that has neither, the first it has. */
export const defaultChannels: readonly PublicChannel[] = ['orderbook', 'trades']

/** The market's channels over one feed, the account's over another. Throws `ERR_USAGE`, and as the definition does. */
export function planFeeds(
  context: CommandContext,
  definition: AnyExchangeDefinition,
  symbols: readonly string[],
  flags: RecordFlags,
): readonly FeedPlan[] {
  // Names as they were typed: the manager says what is wrong with them.
  const channels = (flags.channels ?? usualChannels(definition)) as readonly Channel[]
  const ofAccount = channels.filter(isPrivate)
  const ofMarket = channels.filter((channel) => !isPrivate(channel))
  const plans: FeedPlan[] = []
  if (ofMarket.length > 0) {
    if (symbols.length === 0)
      throw usageError('No instrument was named.', 'Name them behind the exchange: BTC/USDT ETH/USDT.')
    const candleIntervals = flags.candleIntervals as readonly CandleInterval[] | undefined
    const candles = candleIntervals === undefined ? {} : { candleIntervals }
    const strategies = definition.public(endpointsOf(flags))
    plans.push({ name: 'market', strategies, request: { symbols, channels: ofMarket, ...candles } })
  }
  if (ofAccount.length > 0) {
    const strategies = accountStrategies(context, definition, ofAccount.join(', '), flags)
    plans.push({ name: 'account', strategies, request: { symbols: [], channels: ofAccount } })
  }
  return plans
}

function usualChannels(definition: AnyExchangeDefinition): readonly Channel[] {
  const supported = publicChannelsOf(definition)
  const usual = supported.filter((channel) => defaultChannels.includes(channel))
  return usual.length > 0 ? usual : supported.slice(0, 1)
}
