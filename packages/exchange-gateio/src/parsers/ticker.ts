import {
  decimalOrEmpty,
  type Instrument,
  MessageType,
  percentage,
  type TickerData,
  type TickerMessage,
  text as textField,
} from '@tapewire/core'
import { wireChannels } from '../channels.js'
import { FieldFault, type Fields, fieldsOf, numberOf, optionalDecimal } from './fields.js'
import { type PushContext, pairField } from './push.js'
import { type FastPush, pushShape, pushTime, type ResultFields } from './push-shape.js'

/**
 * `spot.tickers`: rolling 24 h statistics. It carries no time of its own and no opening price. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"currency_pair":"BTC_USDT","last":"90012.4","lowest_ask":"90012.5","highest_bid":"90012.4","change_percentage":"-0.52",
 *  "base_volume":"8123.45","quote_volume":"731220011.2","high_24h":"91200","low_24h":"88990.1"}
 * ```
 */
const shape = pushShape(wireChannels.tickers, {
  currency_pair: textField,
  last: decimalOrEmpty,
  lowest_ask: decimalOrEmpty,
  highest_bid: decimalOrEmpty,
  change_percentage: percentage,
  base_volume: decimalOrEmpty,
  quote_volume: decimalOrEmpty,
  high_24h: decimalOrEmpty,
  low_24h: decimalOrEmpty,
})
const { result: slots } = shape.slots

export const tickerPush: FastPush = {
  shape,
  read({ receivedAt }, symbols) {
    const symbol = shape.pair(slots.currency_pair, symbols)
    if (symbol === null) return null
    const data = {
      last: shape.numberOrNull(slots.last),
      open: null,
      high: shape.numberOrNull(slots.high_24h),
      low: shape.numberOrNull(slots.low_24h),
      baseVolume: shape.numberOrNull(slots.base_volume),
      quoteVolume: shape.numberOrNull(slots.quote_volume),
      change: shape.numberOrNull(slots.change_percentage),
      bidPrice: shape.numberOrNull(slots.highest_bid),
      askPrice: shape.numberOrNull(slots.lowest_ask),
    }
    return compose(symbol, data, pushTime(shape), receivedAt)
  },
}

export function tickerMessage(result: unknown, context: PushContext): TickerMessage {
  const fields: ResultFields<typeof shape> = fieldsOf(result, 'result')
  const symbol = pairField(fields, 'currency_pair', context.symbols)
  if (fields.last === undefined) throw new FieldFault('last is missing')
  const data = {
    last: optionalDecimal(fields, 'last'),
    open: null,
    high: optionalDecimal(fields, 'high_24h'),
    low: optionalDecimal(fields, 'low_24h'),
    baseVolume: optionalDecimal(fields, 'base_volume'),
    quoteVolume: optionalDecimal(fields, 'quote_volume'),
    change: fractionOfPercent(fields, 'change_percentage'),
    bidPrice: optionalDecimal(fields, 'highest_bid'),
    askPrice: optionalDecimal(fields, 'lowest_ask'),
  }
  return compose(symbol, data, context.sentAt, context.receivedAt)
}

/** `"-0.52"` percent is -0.0052. The decimal point is moved in the text: dividing the number by 100 would round twice. */
function fractionOfPercent<Name extends string>(fields: Fields<Name>, name: Name): number | null {
  if (optionalDecimal(fields, name) === null) return null
  const [digits, exponent = '0'] = String(fields[name]).toLowerCase().split('e')
  return numberOf(`${digits}e${Number(exponent) - 2}`)
}

function compose(symbol: Instrument, data: TickerData, exchangeTime: number | null, receivedAt: number): TickerMessage {
  return {
    type: MessageType.Ticker,
    symbol,
    channel: 'ticker',
    data,
    exchangeTime,
    receivedAt,
    sequence: null,
    raw: null,
  }
}
