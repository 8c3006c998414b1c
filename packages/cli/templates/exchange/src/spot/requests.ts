import type { Stream } from '@tapewire/core'
import type { OutboundMessage, RequestContext, SubscriptionAction } from '@tapewire/core/adapter'

/** Left to write: how many streams Newex takes in one request, with its source. */
const maxStreamsPerRequest = 50

/** The requests that begin or end these streams: `{"op":"subscribe","id":1,"streams":["trades:BTC_USDT","book:BTC_USDT"]}`. */
export function composeRequests(
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
