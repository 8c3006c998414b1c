import { MessageType, type PublicTrade, type TradesMessage } from '@tapewire/core'
import { decimal, type Fields, fieldsOf, oneOf, optionalId } from './fields.js'
import { type PushContext, pairField } from './push.js'
import { optionalTime } from './times.js'

const sides = ['buy', 'sell'] as const

/**
 * `spot.trades`, and the deprecated `spot.trades_v2` with the same fields: one trade a push, `side` is the taker's. `id` counts over all markets.
 * Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"id":9455001234,"id_market":5500123,"create_time":1767225601,"create_time_ms":"1767225601213.25","side":"sell","currency_pair":"BTC_USDT",
 *  "amount":"0.0105000000","price":"90012.4000000000","range":"5500123-5500123"}
 * ```
 */
export function tradesMessage(result: unknown, context: PushContext): TradesMessage {
  const fields = fieldsOf(result, 'result')
  const trade = readTrade(fields)
  const sequence = trade.id === null ? Number.NaN : Number(trade.id)
  return {
    type: MessageType.Trades,
    symbol: pairField(fields, 'currency_pair', context.symbols),
    channel: 'trades',
    data: [trade],
    exchangeTime: trade.time ?? context.sentAt,
    receivedAt: context.receivedAt,
    sequence: Number.isSafeInteger(sequence) ? sequence : null,
    raw: null,
  }
}

/** The trade itself, without the market it belongs to. */
export function readTrade(fields: Fields): PublicTrade {
  return {
    id: optionalId(fields.id),
    price: decimal(fields, 'price'),
    size: decimal(fields, 'amount'),
    side: oneOf(fields, 'side', sides),
    time: optionalTime(fields, 'create_time_ms', 'create_time'),
  }
}
