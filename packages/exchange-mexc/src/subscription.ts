import {
  type Channel,
  isChannel,
  type OutboundMessage,
  type Stream,
  StreamError,
  type SubscriptionAction,
  type SubscriptionContext,
  type SubscriptionRequest,
  type SubscriptionStrategy,
  type SymbolTable,
} from '@tapewire/core'
import type { StreamPlanner } from './channels.js'
import { wireSymbolOf } from './symbols.js'

/** One connection carries 30 streams, so no request need name more. Source: MEXC spot v3 API docs, "Websocket Market Streams". */
const maxStreamsPerRequest = 30

/**
 * How long a request may be is documented nowhere; 30 channels in about 1.7 KB are known to work (AbuShl123/screener-backend-v2).
 * Streams with longer names go into another request.
 */
const maxRequestBytes = 1_700

const methods = { subscribe: 'SUBSCRIPTION', unsubscribe: 'UNSUBSCRIPTION' } as const

/** Plans streams by the channels it is given, and learns the spelling of every pair it is asked for. */
export class MexcSubscriptionStrategy implements SubscriptionStrategy {
  readonly #planners: Readonly<Partial<Record<Channel, StreamPlanner>>>
  readonly #symbols: SymbolTable

  constructor(planners: Readonly<Partial<Record<Channel, StreamPlanner>>>, symbols: SymbolTable) {
    this.#planners = planners
    this.#symbols = symbols
  }

  plan(request: SubscriptionRequest): readonly Stream[] {
    for (const pair of request.symbols) this.#symbols.register(pair, wireSymbolOf(pair))
    const streams = request.channels.flatMap((channel) => this.#plannerOf(channel)(request.symbols))
    return [...new Map(streams.map((stream) => [stream.id, stream])).values()]
  }

  createSubscriptionMessages(
    action: SubscriptionAction,
    streams: readonly Stream[],
    context: SubscriptionContext,
  ): readonly OutboundMessage[] {
    return batches(streams).map((batch) => {
      const requestId = context.nextRequestId()
      return {
        payload: JSON.stringify({ method: methods[action], params: batch.map(({ id }) => id), id: requestId }),
        action,
        requestId,
        wireChannel: methods[action],
        streams: batch,
      }
    })
  }

  #plannerOf(channel: Channel): StreamPlanner {
    const planner = this.#planners[channel]
    if (planner !== undefined) return planner
    const supported = Object.keys(this.#planners)
    const elsewhere = isChannel(channel) ? (supported.includes('orders') ? 'public()' : 'private()') : null
    throw new StreamError('ERR_UNSUPPORTED_CHANNEL', `These strategies of mexc_spot have no channel ${channel}.`, {
      hint: `They have ${supported.join(', ')}.${elsewhere === null ? '' : ` Strategies made by mexcSpot.${elsewhere} have it.`}`,
    })
  }
}

/** Streams in requests that are known to be taken. */
function batches(streams: readonly Stream[]): Stream[][] {
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
