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
import { batchStreams, composeRequest, requestWithId } from './requests.js'
import type { MexcSpotStreams } from './streams.js'

/** Market data: which streams the channels mean, and how they are asked for. */
export class MexcSpotSubscription implements SubscriptionStrategy {
  readonly #streams: MexcSpotStreams

  constructor(streams: MexcSpotStreams) {
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
    return batchStreams(streams).map((batch) => composeRequest(action, batch, context))
  }

  createRequest(payload: Readonly<Record<string, unknown>>, requestId: number): string {
    return requestWithId(payload, requestId)
  }
}
