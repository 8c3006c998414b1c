import { type EndpointOptions, WebSocketStrategySet } from '@tapewire/core'
import { type ExchangeDefinition, type ExchangeLimits, exchangeOptionsChecker } from '@tapewire/core/adapter'
import { bookRules } from './book-rules.js'
import { channelSupport } from './channels.js'
import { AcmeConnection } from './connection.js'
import { AcmeParser } from './parser.js'
import { AcmeStreams } from './streams.js'
import { AcmeSubscription } from './subscription.js'

const name = 'acme_spot'

const endpoints = { url: 'wss://stream.acme.example/v1', restUrl: 'https://api.acme.example' } as const

/** Source of each: Acme's documentation, "Connections". An adapter for a real exchange names the page. */
const limits: ExchangeLimits = {
  streamsPerConnection: 200,
  streamHeadroom: 10,
  clientMessagesPerSecond: 10,
  connectionLifetimeMs: 24 * 60 * 60_000,
}

const checkOptions = exchangeOptionsChecker<EndpointOptions>('acme_spot does not have these options')

/** Acme spot: trades, quotes and books. It has no private streams, so there is no `private`. */
export const acmeSpot: ExchangeDefinition = {
  name,
  title: 'Acme spot',
  channels: channelSupport,
  limits,
  endpoints,
  public(options?: EndpointOptions): WebSocketStrategySet {
    const { url = endpoints.url, socket = null } = checkOptions(options)
    const streams = new AcmeStreams()
    return new WebSocketStrategySet({
      contract: 2,
      exchange: name,
      connectionStrategy: new AcmeConnection(url),
      subscriptionStrategy: new AcmeSubscription(streams),
      messageParser: new AcmeParser(streams),
      bookRules,
      limits,
      socket,
    })
  },
}
