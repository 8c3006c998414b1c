import type { OutboundMessage, Stream, SubscriptionAction, SubscriptionContext } from '@tapewire/core'
import { allMarkets, listChannels, wireChannels } from './channels.js'

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
  context: SubscriptionContext,
  auth = '',
): OutboundMessage {
  const requestId = context.nextRequestId()
  const payload = `{"time":${time},"id":${requestId},"channel":"${wireChannel}","event":"${action}"${payloadText(streams)}${auth}}`
  return { payload, action, requestId, wireChannel, streams }
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
 * What one stream adds to the payload: strings, as JSON. Market names need no escaping: a `Instrument` holds no quotes, backslashes or
 * control characters. Source: Gate.io spot WebSocket v4 docs.
 */
function payloadItem({ wireChannel, wireSymbol, params }: Stream): string {
  switch (wireChannel) {
    case wireChannels.orderBookUpdate:
      return `"${wireSymbol}","${params[0]}"`
    case wireChannels.obu:
      return `"ob.${wireSymbol}.${params[0]}"`
    case wireChannels.candlesticks:
      return `"${params[0]}","${wireSymbol}"`
    case wireChannels.balances:
      return ''
    default:
      return `"${wireSymbol ?? allMarkets}"`
  }
}
