import { MessageType, type TickerMessage } from '@tapewire/core'
import { FieldFault, type Fields, fieldsOf, numberOf, optionalDecimal } from './fields.js'
import { type PushContext, pairField } from './push.js'

/**
 * `spot.tickers`: rolling 24 h statistics. It carries no time of its own and no opening price. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"currency_pair":"BTC_USDT","last":"90012.4","lowest_ask":"90012.5","highest_bid":"90012.4","change_percentage":"-0.52",
 *  "base_volume":"8123.45","quote_volume":"731220011.2","high_24h":"91200","low_24h":"88990.1"}
 * ```
 */
export function tickerMessage(result: unknown, context: PushContext): TickerMessage {
  const fields = fieldsOf(result, 'result')
  const symbol = pairField(fields, 'currency_pair', context.symbols)
  if (fields.last === undefined) throw new FieldFault('last is missing')
  return {
    type: MessageType.Ticker,
    symbol,
    channel: 'ticker',
    data: {
      last: optionalDecimal(fields, 'last'),
      open: null,
      high: optionalDecimal(fields, 'high_24h'),
      low: optionalDecimal(fields, 'low_24h'),
      baseVolume: optionalDecimal(fields, 'base_volume'),
      quoteVolume: optionalDecimal(fields, 'quote_volume'),
      change: fractionOfPercent(fields, 'change_percentage'),
      bidPrice: optionalDecimal(fields, 'highest_bid'),
      askPrice: optionalDecimal(fields, 'lowest_ask'),
    },
    exchangeTime: context.sentAt,
    receivedAt: context.receivedAt,
    sequence: null,
    raw: null,
  }
}

/** `"-0.52"` percent is -0.0052. The decimal point is moved in the text: dividing the number by 100 would round twice. */
function fractionOfPercent(fields: Fields, name: string): number | null {
  if (optionalDecimal(fields, name) === null) return null
  const [digits, exponent = '0'] = String(fields[name]).toLowerCase().split('e')
  return numberOf(`${digits}e${Number(exponent) - 2}`)
}
