import type { Stream } from '@tapewire/core'
import type { OutboundMessage, RequestContext, SubscriptionAction } from '@tapewire/core/adapter'

/** One connection carries 30 streams, so no request need name more. Source: MEXC spot v3 API docs, "Websocket Market Streams". */
const maxStreamsPerRequest = 30

/**
 * How long a request may be is documented nowhere; 30 channels in about 1.7 KB are known to work (AbuShl123/screener-backend-v2).
 * Streams with longer names go into another request.
 */
const maxRequestBytes = 1_700

/** MEXC's words for our actions. Source: MEXC spot v3 API docs, "Subscribe to a Stream". */
const methods = { subscribe: 'SUBSCRIPTION', unsubscribe: 'UNSUBSCRIPTION' } as const

/** Streams in requests that are known to be taken. */
export function batchStreams(streams: readonly Stream[]): readonly (readonly Stream[])[] {
  const full: Stream[][] = []
  let batch: Stream[] = []
  let size = 0
  for (const stream of streams) {
    // Two quotes and a comma.
    const bytes = Buffer.byteLength(stream.id) + 3
    if (batch.length > 0 && (batch.length === maxStreamsPerRequest || size + bytes > maxRequestBytes)) {
      full.push(batch)
      batch = []
      size = 0
    }
    batch.push(stream)
    size += bytes
  }
  return batch.length === 0 ? full : [...full, batch]
}

/** A request with its id. */
export function composeRequest(
  action: SubscriptionAction,
  streams: readonly Stream[],
  context: RequestContext,
): OutboundMessage {
  const requestId = context.nextRequestId()
  const payload = requestWithId({ method: methods[action], params: streams.map(({ id }) => id) }, requestId)
  return { payload, action, requestId, wireChannel: methods[action], streams }
}

/** Any request as text. MEXC echoes `id` in its answer. */
export function requestWithId(request: Readonly<Record<string, unknown>>, requestId: number): string {
  return JSON.stringify({ ...request, id: requestId })
}
