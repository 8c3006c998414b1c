import {
  type OutboundMessage,
  type Stream,
  StreamError,
  type SubscriptionAction,
  type SubscriptionContext,
  type SubscriptionRequest,
  type SubscriptionStrategy,
  type SymbolTable,
} from '@tapewire/core'
import { channelSupport, wireChannelOf } from './channels.js'
import { wireSymbolOf } from './symbols.js'

/** Acme takes 50 streams in one request. */
const maxStreamsPerRequest = 50

/** Which streams a request means, and how Acme is asked for them. */
export class AcmeSubscription implements SubscriptionStrategy {
  readonly #symbols: SymbolTable

  constructor(symbols: SymbolTable) {
    this.#symbols = symbols
  }

  plan({ symbols, channels }: SubscriptionRequest): readonly Stream[] {
    const streams = new Map<string, Stream>()
    for (const channel of channels) {
      const wireChannel = wireChannelOf(channel)
      if (wireChannel === undefined) {
        throw new StreamError('ERR_UNSUPPORTED_CHANNEL', `acme_spot has no channel ${channel}.`, {
          hint: `It has ${channelSupport.map((support) => support.channel).join(', ')}.`,
        })
      }
      for (const symbol of symbols) {
        const wireSymbol = wireSymbolOf(symbol)
        this.#symbols.register(symbol, wireSymbol)
        const id = `${wireChannel}.${wireSymbol}`
        streams.set(id, { id, channel, symbol, wireChannel, wireSymbol, params: [] })
      }
    }
    return [...streams.values()]
  }

  createSubscriptionMessages(
    action: SubscriptionAction,
    streams: readonly Stream[],
    context: SubscriptionContext,
  ): readonly OutboundMessage[] {
    const messages: OutboundMessage[] = []
    for (let first = 0; first < streams.length; first += maxStreamsPerRequest) {
      const batch = streams.slice(first, first + maxStreamsPerRequest)
      const requestId = context.nextRequestId()
      const payload = JSON.stringify({ op: action, id: requestId, streams: batch.map(({ id }) => id) })
      messages.push({ payload, action, requestId, wireChannel: 'any', streams: batch })
    }
    return messages
  }
}
