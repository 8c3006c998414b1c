import type { PublicTrade } from '@tapewire/core'
import {
  dataMessage,
  protoDecimal,
  protoInt32,
  protoInteger,
  protoRepeated,
  protoShape,
  protoText,
} from '@tapewire/core/adapter'
import { missingFault, sideFault, sideOf, timeOf } from '../../shared/fields.js'
import type { PushReader } from '../../shared/push.js'
import { wireChannels } from '../channels.js'
import type { MexcSpotStreams } from '../streams.js'

const deal = protoShape({
  price: protoDecimal(1),
  quantity: protoDecimal(2),
  tradeType: protoInt32(3, 1, 2),
  time: protoInteger(4),
  tradeId: protoText(5),
})
const aggreDeals = protoShape({ deals: protoRepeated(1, deal.declaration), eventType: protoText(2) })

/**
 * `spot@public.aggre.deals`: the trades of one interval. `tradeId` is a range (`710X0_711X0`): one item may stand for several fills.
 * Source: MEXC spot v3 API docs, "Trade Streams"; tradeId since June 2026 (mexcdevelop/websocket-proto).
 */
export const tradesPush: PushReader<MexcSpotStreams> = {
  field: 314,
  channel: 'aggre.deals',
  wireChannel: wireChannels.aggreDeals,
  shape: aggreDeals,
  isQuote: false,
  read(push, streams) {
    const stream = push.streamIn(streams.aggreDeals, wireChannels.aggreDeals)
    if (stream === null) return push.unreadable()
    const { deals } = aggreDeals.slots
    const count = aggreDeals.count(deals)
    if (count === 0) return 'deals are missing'
    const trades: PublicTrade[] = []
    for (let index = 0; index < count; index += 1) {
      if (!aggreDeals.scanItem(deals, index, deal)) return deal.fault ?? 'a deal cannot be read'
      const trade = readDeal()
      if (typeof trade === 'string') return trade
      trades.push(trade)
    }
    return dataMessage<'trades'>(stream, stream.instrument, trades, push.exchangeTime, push.receivedAt, null)
  },
}

function readDeal(): PublicTrade | string {
  const { slots } = deal
  const price = deal.number(slots.price)
  const size = deal.number(slots.quantity)
  if (Number.isNaN(price + size)) return missingFault({ price, quantity: size })
  const tradeType = deal.number(slots.tradeType)
  const side = sideOf(tradeType)
  if (side === null) return sideFault(tradeType)
  return { id: deal.textOrNull(slots.tradeId), price, size, side, time: timeOf(deal.number(slots.time)) }
}
