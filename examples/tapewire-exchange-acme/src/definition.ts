import {
  type EndpointOptions,
  type ExchangeDefinition,
  type ExchangeLimits,
  optionsChecker,
  WebSocketStrategySet,
} from '@tapewire/core'
import { channelSupport } from './channels.js'
import { AcmeConnection } from './connection.js'
import { AcmeParser } from './parser.js'
import { AcmeSubscription } from './subscription.js'
import { acmeSymbolTable } from './symbols.js'

const name = 'acme_spot'

const endpoints = { url: 'wss://stream.acme.example/v1', restUrl: 'https://api.acme.example' } as const

/** Source of each: Acme's documentation, "Connections". An adapter for a real exchange names the page. */
const limits: ExchangeLimits = {
  streamsPerConnection: 200,
  streamHeadroom: 10,
  clientMessagesPerSecond: 10,
  connectionLifetimeMs: null,
  idleTimeoutMs: 60_000,
  listenKeyLifetimeMs: null,
}

const checkOptions = optionsChecker<EndpointOptions>(
  'acme_spot does not have these options',
  {
    type: 'object',
    additionalProperties: false,
    properties: { url: { type: 'string', minLength: 1 }, restUrl: { type: 'string', minLength: 1 } },
  },
  'ERR_UNSUPPORTED_OPTION',
)

/** Acme spot: trades and quotes. It has no private streams, so there is no `private`. */
export const acmeSpot: ExchangeDefinition = {
  name,
  title: 'Acme spot',
  channels: channelSupport,
  limits,
  endpoints,
  public(options: EndpointOptions = {}): WebSocketStrategySet {
    checkOptions(options)
    const symbols = acmeSymbolTable()
    return new WebSocketStrategySet({
      exchange: name,
      connectionStrategy: new AcmeConnection(options.url ?? endpoints.url),
      subscriptionStrategy: new AcmeSubscription(symbols),
      messageParser: new AcmeParser(symbols),
      limits,
    })
  },
}
