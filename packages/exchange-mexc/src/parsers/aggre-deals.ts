import { MessageType, type PublicTrade, type TradesMessage, type TradingPair } from '@tapewire/core'
import type { PublicAggreDealItem, PublicAggreDealsV3Api } from '../generated/market-data.js'
import { PayloadFault } from './payload-fault.js'
import type { PushOrigin } from './push-origin.js'
import { readDecimal, readSide, readTime } from './read-value.js'

/**
 * `spot@public.aggre.deals`: the trades of one interval. `tradeId` is a range (`710X0_711X0`): one item may stand for several fills.
 * Source: MEXC spot v3 API docs, "Trade Streams"; tradeId since June 2026 (mexcdevelop/websocket-proto).
 */
export function normaliseAggreDeals(
  origin: PushOrigin,
  symbol: TradingPair,
  body: PublicAggreDealsV3Api,
): TradesMessage {
  if (body.deals.length === 0) throw new PayloadFault('deals are missing')
  return {
    type: MessageType.Trades,
    symbol,
    channel: 'trades',
    data: body.deals.map(tradeOf),
    exchangeTime: origin.exchangeTime,
    receivedAt: origin.receivedAt,
    sequence: null,
    raw: null,
  }
}

function tradeOf(deal: PublicAggreDealItem): PublicTrade {
  return {
    id: deal.tradeId === '' ? null : deal.tradeId,
    price: readDecimal(deal.price, 'price'),
    size: readDecimal(deal.quantity, 'quantity'),
    side: readSide(deal.tradeType),
    time: readTime(deal.time),
  }
}
