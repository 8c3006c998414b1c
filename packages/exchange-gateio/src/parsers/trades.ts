import {
  choice,
  decimal as decimalField,
  type Instrument,
  integer as integerField,
  MessageType,
  optional,
  type PublicTrade,
  type TradesMessage,
  text as textField,
  unnamedInstrument,
} from '@tapewire/core'
import { wireChannels } from '../channels.js'
import { decimal, fieldsOf, oneOf, optionalId } from './fields.js'
import { type PushContext, pairField } from './push.js'
import { type FastPush, pushShape, pushTime, type ResultFields } from './push-shape.js'
import { optionalTime, timeOfMilliseconds, timeOfSeconds } from './times.js'

const sides = ['buy', 'sell'] as const

/**
 * `spot.trades`, and the deprecated `spot.trades_v2` with the same fields: one trade a push, `side` is the taker's. `id` counts over all markets;
 * `id_market` and `range` came in 2025. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"id":9455001234,"id_market":5500123,"create_time":1767225601,"create_time_ms":"1767225601213.25","side":"sell","currency_pair":"BTC_USDT",
 *  "amount":"0.0105000000","price":"90012.4000000000","range":"5500123-5500123"}
 * ```
 */
const shape = pushShape(wireChannels.trades, {
  id: integerField,
  id_market: optional(integerField),
  create_time: integerField,
  create_time_ms: decimalField,
  side: choice(...sides),
  currency_pair: textField,
  amount: decimalField,
  price: decimalField,
  range: optional(textField),
})
const { result: slots } = shape.slots

export const tradesPush: FastPush = {
  shape,
  read({ receivedAt }, symbols) {
    const symbol = shape.pair(slots.currency_pair, symbols)
    const side = sides[shape.choice(slots.side)]
    if (symbol === null || side === undefined) return null
    const trade = {
      id: shape.digits(slots.id),
      price: shape.number(slots.price),
      size: shape.number(slots.amount),
      side,
      time: timeOfMilliseconds(shape.number(slots.create_time_ms)) ?? timeOfSeconds(shape.number(slots.create_time)),
    }
    return compose(symbol, trade, shape.number(slots.id), trade.time ?? pushTime(shape), receivedAt)
  },
}

export function tradesMessage(result: unknown, context: PushContext): TradesMessage {
  const fields: ResultFields<typeof shape> = fieldsOf(result, 'result')
  const trade = {
    id: optionalId(fields.id),
    price: decimal(fields, 'price'),
    size: decimal(fields, 'amount'),
    side: oneOf(fields, 'side', sides),
    time: optionalTime(fields, 'create_time_ms', 'create_time'),
  }
  const symbol =
    fields.currency_pair === undefined ? unnamedInstrument : pairField(fields, 'currency_pair', context.symbols)
  const sequence = trade.id === null ? Number.NaN : Number(trade.id)
  return compose(symbol, trade, sequence, trade.time ?? context.sentAt, context.receivedAt)
}

/** `sequence` is NaN where the trade has no number. */
function compose(
  symbol: Instrument,
  trade: PublicTrade,
  sequence: number,
  exchangeTime: number | null,
  receivedAt: number,
): TradesMessage {
  return {
    type: MessageType.Trades,
    symbol,
    channel: 'trades',
    data: [trade],
    exchangeTime,
    receivedAt,
    sequence: Number.isSafeInteger(sequence) ? sequence : null,
    raw: null,
  }
}
