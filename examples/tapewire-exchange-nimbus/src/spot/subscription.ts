import type { Stream } from '@tapewire/core'
import type {
  OutboundMessage,
  RequestContext,
  SubscriptionAction,
  SubscriptionRequest,
  SubscriptionStrategy,
} from '@tapewire/core/adapter'
import type { NimbusStreams } from './streams.js'

/** Symbols one request may name. */
const symbolsPerRequest = 50

/** Asks for streams: `{"id":7,"op":"subscribe","channel":"trades","symbols":["BTC-USDT","ETH-USDT"]}`. */
export class NimbusSubscriptionStrategy implements SubscriptionStrategy {
  readonly #streams: NimbusStreams

  constructor(streams: NimbusStreams) {
    this.#streams = streams
  }

  plan(request: SubscriptionRequest): readonly Stream[] {
    const sources = this.#streams.of(request)
    return [...new Set(request.instruments)].flatMap((instrument) => sources.map((source) => source.plan(instrument)))
  }

  createSubscriptionMessages(
    action: SubscriptionAction,
    streams: readonly Stream[],
    context: RequestContext,
  ): readonly OutboundMessage[] {
    const messages: OutboundMessage[] = []
    for (const [wireChannel, ofChannel] of byWireChannel(streams)) {
      for (let first = 0; first < ofChannel.length; first += symbolsPerRequest) {
        const batch = ofChannel.slice(first, first + symbolsPerRequest)
        const requestId = context.nextRequestId()
        const symbols = batch.map((stream) => stream.wireSymbol)
        const payload = JSON.stringify({ id: requestId, op: action, channel: wireChannel, symbols })
        messages.push({ payload, action, requestId, wireChannel, streams: batch })
      }
    }
    return messages
  }

  createRequest(payload: Readonly<Record<string, unknown>>, requestId: number): string {
    return JSON.stringify({ ...payload, id: requestId })
  }
}

function byWireChannel(streams: readonly Stream[]): Map<string, Stream[]> {
  const groups = new Map<string, Stream[]>()
  for (const stream of streams) {
    const group = groups.get(stream.wireChannel)
    if (group) group.push(stream)
    else groups.set(stream.wireChannel, [stream])
  }
  return groups
}
