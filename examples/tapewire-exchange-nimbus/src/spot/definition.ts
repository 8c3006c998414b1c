import type { WebSocketStrategySet as StrategySet } from '@tapewire/core'
import { WebSocketStrategySet } from '@tapewire/core'
import type { ExchangeDefinition, ExchangeLimits } from '@tapewire/core/adapter'
import { nimbusBookRules } from './book-rules.js'
import { supportedChannels } from './channels.js'
import { NimbusConnectionStrategy } from './connection.js'
import { checkOptions, type NimbusSpotOptions } from './options.js'
import { NimbusParser } from './parser.js'
import { NimbusStreams } from './streams.js'
import { NimbusSubscriptionStrategy } from './subscription.js'

const limits: ExchangeLimits = {
  streamsPerConnection: 200,
  streamHeadroom: 10,
  clientMessagesPerSecond: 20,
  connectionLifetimeMs: Number.POSITIVE_INFINITY,
}

const endpoints = { url: 'wss://stream.nimbus.example/v1', restUrl: 'https://api.nimbus.example/v1' } as const

function publicStrategies(given?: NimbusSpotOptions): StrategySet {
  const options = checkOptions(given)
  const streams = new NimbusStreams(options.candleIntervals ?? ['1m'])
  return new WebSocketStrategySet({
    contract: 2,
    exchange: 'nimbus_spot',
    connectionStrategy: new NimbusConnectionStrategy(options.url ?? endpoints.url),
    subscriptionStrategy: new NimbusSubscriptionStrategy(streams),
    messageParser: new NimbusParser(streams),
    limits,
    bookRules: nimbusBookRules,
    socket: options.socket ?? null,
  })
}

/** Nimbus spot: market data. */
export const nimbusSpot: ExchangeDefinition<NimbusSpotOptions> = {
  name: 'nimbus_spot',
  title: 'Nimbus spot',
  channels: supportedChannels,
  limits,
  endpoints,
  public: publicStrategies,
}
