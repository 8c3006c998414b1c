import type { Stream } from '@tapewire/core'
import type {
  OutboundMessage,
  RequestContext,
  SubscriptionAction,
  SubscriptionRequest,
  SubscriptionStrategy,
} from '@tapewire/core/adapter'
import type { StreamRequest } from './transport/answer.js'

/** Streams in one request: each is answered by itself. */
const streamsPerRequest = 500

/** Which subjects a channel means, and how the transport is asked for them. */
export class RelayedSubscription implements SubscriptionStrategy {
  readonly #streams: Pick<SubscriptionStrategy, 'plan'>

  constructor(streams: Pick<SubscriptionStrategy, 'plan'>) {
    this.#streams = streams
  }

  plan(request: SubscriptionRequest): readonly Stream[] {
    return this.#streams.plan(request)
  }

  createSubscriptionMessages(
    action: SubscriptionAction,
    streams: readonly Stream[],
    context: RequestContext,
  ): readonly OutboundMessage[] {
    const messages: OutboundMessage[] = []
    for (let first = 0; first < streams.length; first += streamsPerRequest) {
      const batch = streams.slice(first, first + streamsPerRequest)
      const requestId = context.nextRequestId()
      const request: StreamRequest = { action, requestId, streamIds: batch.map(({ id }) => id) }
      messages.push({ payload: JSON.stringify(request), action, requestId, wireChannel: 'nats', streams: batch })
    }
    return messages
  }
}
