import { MessageType, type OrderbookMessage, type TradingPair } from '@tapewire/core'
import type { PublicLimitDepthsV3Api } from '../generated/market-data.js'
import { flatLevels } from './flat-levels.js'
import type { PushOrigin } from './push-origin.js'
import { readVersion } from './read-value.js'

/**
 * `spot@public.limit.depth`: the best 5, 10 or 20 levels of each side, best first; each push replaces the book.
 * Source: MEXC spot v3 API docs, "Partial Book Depth Streams".
 */
export function normaliseLimitDepth(
  origin: PushOrigin,
  symbol: TradingPair,
  body: PublicLimitDepthsV3Api,
): OrderbookMessage {
  const lastSequence = readVersion(body.version, 'version')
  const data = {
    kind: 'snapshot' as const,
    bids: flatLevels(body.bids),
    asks: flatLevels(body.asks),
    firstSequence: null,
    lastSequence,
  }
  return {
    type: MessageType.Orderbook,
    symbol,
    channel: 'orderbook',
    data,
    exchangeTime: origin.exchangeTime,
    receivedAt: origin.receivedAt,
    sequence: lastSequence,
    raw: null,
  }
}
