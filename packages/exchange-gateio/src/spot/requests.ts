import type { Stream } from '@tapewire/core'
import type { OutboundMessage, RequestContext, SubscriptionAction } from '@tapewire/core/adapter'
import { type GateioSpotCandleInterval, listChannels, wireChannels, wireIntervals } from './channels.js'
import { listItem } from './list-item.js'

/**
 * Markets in one request. Gate.io documents no limit; a request is refused whole when one of its markets is unknown, so batches stay small
 * enough to be asked for again.
 */
const maxMarketsPerRequest = 100

/** Streams that one request asks for. */
export interface Batch {
  readonly wireChannel: string
  readonly streams: readonly Stream[]
}

/** Streams in as few requests as the exchange allows: lists where the channel takes lists, one stream each otherwise. */
export function batchStreams(streams: readonly Stream[]): readonly Batch[] {
  const batches: Batch[] = []
  const filling = new Map<string, Stream[]>()
  for (const stream of streams) {
    const { wireChannel } = stream
    const current = listChannels.has(wireChannel) ? filling.get(wireChannel) : undefined
    if (current !== undefined && current.length < maxMarketsPerRequest) {
      current.push(stream)
      continue
    }
    const started = [stream]
    batches.push({ wireChannel, streams: started })
    if (listChannels.has(wireChannel)) filling.set(wireChannel, started)
  }
  return batches
}

/** A request with its id; `auth` is the rest of the envelope, `""` for market data. `time` is in seconds. */
export function composeRequest(
  action: SubscriptionAction,
  { wireChannel, streams }: Batch,
  time: number,
  context: RequestContext,
  auth = '',
): OutboundMessage {
  const requestId = context.nextRequestId()
  const payload = `{"time":${time},"id":${requestId},"channel":"${wireChannel}","event":"${action}"${payloadText(streams)}${auth}}`
  return { payload, action, requestId, wireChannel, streams }
}

/**
 * A user's own request with an id that Gate.io sends back: `id`, or `req_id` in the payload for the trading API (`event: "api"`), which takes text.
 * Source: Gate.io spot WebSocket v4 docs.
 */
export function requestWithId(request: Readonly<Record<string, unknown>>, requestId: number): string {
  if (request.event !== 'api') return JSON.stringify({ ...request, id: requestId })
  return JSON.stringify({ ...request, payload: { ...(request.payload as object), req_id: String(requestId) } })
}

function payloadText(streams: readonly Stream[]): string {
  let items = ''
  for (const stream of streams) {
    const item = payloadItem(stream)
    items = items === '' ? item : `${items},${item}`
  }
  return items === '' ? '' : `,"payload":[${items}]`
}

/**
 * What one stream adds to the payload: strings, as JSON. Market names need no escaping: an `Instrument` holds no quotes, backslashes or
 * control characters. Source: Gate.io spot WebSocket v4 docs.
 */
function payloadItem(stream: Stream): string {
  const { wireChannel, wireSymbol, params } = stream
  switch (wireChannel) {
    case wireChannels.orderBookUpdate:
      return `"${wireSymbol}","${params.interval}"`
    case wireChannels.candlesticks:
      return `"${wireIntervals[params.interval as GateioSpotCandleInterval]}","${wireSymbol}"`
    case wireChannels.balances:
      return ''
    default:
      return `"${listItem(stream)}"`
  }
}
