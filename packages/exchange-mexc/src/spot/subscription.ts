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
import { marketChannels } from './channels.js'
import { batchStreams, composeRequest, requestWithId } from './requests.js'
import type { MexcSpotStreams } from './streams.js'

/** Which streams the channels mean, and how they are asked for; those of market data, where nothing else is said. */
export class MexcSpotSubscription implements SubscriptionStrategy {
  readonly #streams: MexcSpotStreams
  readonly #channels: StrategyChannels

  constructor(streams: MexcSpotStreams, channels: StrategyChannels = marketChannels) {
    this.#streams = streams
    this.#channels = channels
  }

  plan(request: SubscriptionRequest): readonly Stream[] {
    assertChannel(request.channel, this.#channels)
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
