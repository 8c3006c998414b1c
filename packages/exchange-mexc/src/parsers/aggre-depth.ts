import { MessageType, type OrderbookMessage, type TradingPair } from '@tapewire/core'
import type { PublicAggreDepthsV3Api } from '../generated/market-data.js'
import { flatLevels } from './flat-levels.js'
import type { PushOrigin } from './push-origin.js'
import { readVersion } from './read-value.js'

/**
 * `spot@public.aggre.depth`: absolute sizes that changed from `fromVersion` to `toVersion`, both included; zero removes a level.
 * An empty side is absent, and asks precede bids. Source: MEXC spot v3 API docs, "Diff.Depth Stream".
 */
export function normaliseAggreDepth(
  origin: PushOrigin,
  symbol: TradingPair,
  body: PublicAggreDepthsV3Api,
): OrderbookMessage {
  const lastSequence = readVersion(body.toVersion, 'toVersion')
  const data = {
    kind: 'delta' as const,
    bids: flatLevels(body.bids),
    asks: flatLevels(body.asks),
    firstSequence: readVersion(body.fromVersion, 'fromVersion'),
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
