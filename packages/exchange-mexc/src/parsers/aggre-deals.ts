import {
  type Instrument,
  MessageType,
  type PublicTrade,
  protoDecimal,
  protoInteger,
  protoRepeated,
  protoShape,
  protoText,
  type TradesMessage,
} from '@tapewire/core'
import type { PublicAggreDealItem, PublicAggreDealsV3Api } from '../generated/market-data.js'
import type { FastBody } from './fast-body.js'
import { PayloadFault } from './payload-fault.js'
import type { PushOrigin } from './push-origin.js'
import { readDecimal, readSide, readTime } from './read-value.js'

/**
 * `spot@public.aggre.deals`: the trades of one interval. `tradeId` is a range (`710X0_711X0`): one item may stand for several fills.
 * Source: MEXC spot v3 API docs, "Trade Streams"; tradeId since June 2026 (mexcdevelop/websocket-proto).
 */
export function normaliseAggreDeals(
  origin: PushOrigin,
  symbol: Instrument,
  body: PublicAggreDealsV3Api,
): TradesMessage {
  if (body.deals.length === 0) throw new PayloadFault('deals are missing')
  return tradesMessage(origin, symbol, body.deals.map(tradeOf))
}

function tradesMessage(origin: PushOrigin, symbol: Instrument, data: readonly PublicTrade[]): TradesMessage {
  return {
    type: MessageType.Trades,
    symbol,
    channel: 'trades',
    data,
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

const deal = protoShape({
  price: protoDecimal(1),
  quantity: protoDecimal(2),
  tradeType: protoInteger(3, 1, 2),
  time: protoInteger(4),
  tradeId: protoText(5),
})
const aggreDeals = protoShape({ deals: protoRepeated(1, deal.declaration), eventType: protoText(2) })

export const aggreDealsBody: FastBody = {
  field: 314,
  channel: 'aggre.deals',
  shape: aggreDeals,
  isQuote: false,
  read(origin, symbol) {
    const { deals } = aggreDeals.slots
    const count = aggreDeals.count(deals)
    if (count === 0) return null
    const trades: PublicTrade[] = []
    for (let index = 0; index < count; index += 1) {
      const trade = aggreDeals.scanItem(deals, index, deal) ? scannedTrade() : null
      if (trade === null) return null
      trades.push(trade)
    }
    return tradesMessage(origin, symbol, trades)
  },
}

function scannedTrade(): PublicTrade | null {
  const { slots } = deal
  const price = deal.number(slots.price)
  const size = deal.number(slots.quantity)
  const tradeType = deal.number(slots.tradeType)
  if (Number.isNaN(price) || Number.isNaN(size) || (tradeType !== 1 && tradeType !== 2)) return null
  return {
    id: deal.textOrNull(slots.tradeId),
    price,
    size,
    side: readSide(tradeType),
    time: readTime(deal.number(slots.time)),
  }
}
