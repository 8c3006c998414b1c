import { MessageType, type OrderbookMessage, type TradingPair } from '@tapewire/core'
import { type Fields, integer } from './fields.js'
import { flatLevels } from './levels.js'
import type { PushContext } from './push.js'
import { optionalMilliseconds } from './times.js'

/**
 * The fields that `spot.order_book_update` and `spot.obu` share: absolute sizes for the ids `U` to `u`, size 0 removes, levels in no promised order, a side
 * may be left out. `full: true` (left out when false) replaces the book, may come at any time, and needs no `U`.
 */
export function bookDiffMessage(fields: Fields, symbol: TradingPair, context: PushContext): OrderbookMessage {
  const isFull = fields.full === true
  const lastSequence = integer(fields, 'u')
  return {
    type: MessageType.Orderbook,
    symbol,
    channel: 'orderbook',
    data: {
      kind: isFull ? 'snapshot' : 'delta',
      bids: flatLevels(fields, 'b'),
      asks: flatLevels(fields, 'a'),
      firstSequence: isFull ? null : integer(fields, 'U'),
      lastSequence,
    },
    exchangeTime: optionalMilliseconds(fields.t) ?? context.sentAt,
    receivedAt: context.receivedAt,
    sequence: lastSequence,
    raw: null,
  }
}
