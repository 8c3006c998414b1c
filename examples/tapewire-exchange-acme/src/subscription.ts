import type { Stream } from '@tapewire/core'
import {
  assertChannel,
  type OutboundMessage,
  type RequestContext,
  type StrategyChannels,
  type SubscriptionAction,
  type SubscriptionRequest,
  type SubscriptionStrategy,
} from '@tapewire/core/adapter'
import { channelSupport } from './channels.js'
import type { AcmeStreams } from './streams.js'

/** Acme takes 50 streams in one request. */
const maxStreamsPerRequest = 50

/** What these strategies can be asked for. */
const marketChannels: StrategyChannels = { exchange: 'acme_spot', scope: 'public', channels: channelSupport }

/** Which streams a request means, and how Acme is asked for them. */
export class AcmeSubscription implements SubscriptionStrategy {
  readonly #streams: AcmeStreams

  constructor(streams: AcmeStreams) {
    this.#streams = streams
  }

  plan(request: SubscriptionRequest): readonly Stream[] {
    assertChannel(request.channel, marketChannels)
    return this.#streams.plan(request)
  }

  createSubscriptionMessages(
    action: SubscriptionAction,
    streams: readonly Stream[],
    context: RequestContext,
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
