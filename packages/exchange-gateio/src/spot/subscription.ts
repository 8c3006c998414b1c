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
import type { GateioSpotStreams } from './streams.js'

/** Market data: which streams a channel means, and how they are asked for. */
export class GateioSpotSubscription implements SubscriptionStrategy {
  readonly #streams: GateioSpotStreams

  constructor(streams: GateioSpotStreams) {
    this.#streams = streams
  }

  /** Each stream once, whatever the request repeats: `spot.obu` refuses a stream that is already there (`Alert sub …`). */
  plan(request: SubscriptionRequest): readonly Stream[] {
    assertChannel(request.channel, marketChannels)
    return this.#streams.plan(request)
  }

  createSubscriptionMessages(
    action: SubscriptionAction,
    streams: readonly Stream[],
    context: RequestContext,
  ): readonly OutboundMessage[] {
    const time = Math.floor(context.clock.wallTime() / 1000)
    return batchStreams(streams).map((batch) => composeRequest(action, batch, time, context))
  }

  createRequest(payload: Readonly<Record<string, unknown>>, requestId: number): string {
    return requestWithId(payload, requestId)
  }
}
