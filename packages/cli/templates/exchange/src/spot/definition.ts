// #private
import { type Credentials, type EndpointOptions, WebSocketStrategySet } from '@tapewire/core'
// #public
import { WebSocketStrategySet } from '@tapewire/core'
// #end
import type { ExchangeDefinition, ExchangeLimits } from '@tapewire/core/adapter'
// #private
import { NewexSpotAccountConnection, NewexSpotAccountSubscription, signerOf } from './account.js'
// #end
import { bookRules } from './book-rules.js'
import { channelSupport } from './channels.js'
import { NewexSpotConnection } from './connection.js'
// #private
import { checkAccountOptions, checkOptions, endpoints, type NewexSpotOptions } from './options.js'
// #public
import { checkOptions, endpoints, type NewexSpotOptions } from './options.js'
// #end
import { NewexSpotParser } from './parser.js'
import { NewexSpotStreams } from './streams.js'
import { NewexSpotSubscription } from './subscription.js'

const name = 'newex_spot'

/** Left to write: the limits of Newex, each with the page of the documentation that states it, or the date on which it was measured. */
const limits: ExchangeLimits = {
  streamsPerConnection: 200,
  streamHeadroom: 10,
  clientMessagesPerSecond: 10,
  connectionLifetimeMs: Number.POSITIVE_INFINITY,
}

/** Newex spot. */
// #private
export const newexSpot: ExchangeDefinition<NewexSpotOptions, EndpointOptions> &
  Required<Pick<ExchangeDefinition<NewexSpotOptions, EndpointOptions>, 'private'>> = {
// #public
export const newexSpot: ExchangeDefinition<NewexSpotOptions> = {
// #end
  name,
  title: 'Newex spot',
  channels: channelSupport,
  limits,
  endpoints,
  /** Market data. Throws `ERR_UNSUPPORTED_OPTION`. */
  public(options?: NewexSpotOptions): WebSocketStrategySet {
    const { url = endpoints.url, socket = null, candleIntervals = ['1m'] } = checkOptions(options)
    const streams = new NewexSpotStreams(candleIntervals)
    return new WebSocketStrategySet({
      contract: 2,
      exchange: name,
      connectionStrategy: new NewexSpotConnection(url),
      subscriptionStrategy: new NewexSpotSubscription(streams),
      messageParser: new NewexSpotParser(streams),
      bookRules,
      limits,
      socket,
    })
  },
  // #private
  /** The account. Throws `ERR_INVALID_CREDENTIALS` and `ERR_UNSUPPORTED_OPTION`. */
  private(credentials: Credentials, options?: EndpointOptions): WebSocketStrategySet {
    const signer = signerOf(credentials)
    const { url = endpoints.url, socket = null } = checkAccountOptions(options)
    const streams = new NewexSpotStreams(['1m'])
    return new WebSocketStrategySet({
      contract: 2,
      exchange: name,
      connectionStrategy: new NewexSpotAccountConnection(url, signer),
      subscriptionStrategy: new NewexSpotAccountSubscription(streams),
      messageParser: new NewexSpotParser(streams),
      limits,
      socket,
    })
  },
  // #end
}
