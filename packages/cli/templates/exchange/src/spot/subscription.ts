import type { Stream } from '@tapewire/core'
import {
  assertChannel,
  type OutboundMessage,
  type RequestContext,
  type SubscriptionAction,
  type SubscriptionRequest,
  type SubscriptionStrategy,
} from '@tapewire/core/adapter'
import { marketChannels } from './channels.js'
import { composeRequests } from './requests.js'
import type { NewexSpotStreams } from './streams.js'

/** Which streams a request means, and how Newex is asked for them. */
export class NewexSpotSubscription implements SubscriptionStrategy {
  readonly #streams: NewexSpotStreams

  constructor(streams: NewexSpotStreams) {
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
    return composeRequests(action, streams, context)
  }
}
