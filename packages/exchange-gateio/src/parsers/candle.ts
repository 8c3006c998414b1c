import { type CandleMessage, MessageType, type OtherMessage, otherMessage } from '@tapewire/core'
import { intervalOfWire, wireChannels } from '../channels.js'
import { decimal, FieldFault, fieldsOf, optionalDecimal, text } from './fields.js'
import { type PushContext, pairOf } from './push.js'
import { optionalSeconds } from './times.js'

/**
 * `spot.candlesticks`: `t` is the start in seconds, `v` the QUOTE volume, `a` the base volume (absent before 2022), `w` whether the window is closed
 * (absent before 2023; a closing push may be missing). `n` is `<interval>_<market>`. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"t":"1767225600","v":"90012.4","c":"90012.4","h":"90013","l":"90010","o":"90011","n":"1m_BTC_USDT","a":"1","w":false}
 * ```
 */
export function candleMessage(result: unknown, context: PushContext): CandleMessage | OtherMessage {
  const fields = fieldsOf(result, 'result')
  const name = text(fields, 'n')
  const underscore = name.indexOf('_')
  const symbol = pairOf(name.slice(underscore + 1), context.symbols)
  const wireInterval = name.slice(0, Math.max(underscore, 0))
  const interval = intervalOfWire(wireInterval)
  if (interval === null) {
    return otherMessage(context.receivedAt, wireChannels.candlesticks, `candles of width ${wireInterval.slice(0, 10)}`)
  }
  const openTime = optionalSeconds(fields.t)
  if (openTime === null) throw new FieldFault('t is not a time in seconds')
  return {
    type: MessageType.Candle,
    symbol,
    channel: 'candles',
    data: {
      interval,
      openTime,
      open: decimal(fields, 'o'),
      high: decimal(fields, 'h'),
      low: decimal(fields, 'l'),
      close: decimal(fields, 'c'),
      baseVolume: optionalDecimal(fields, 'a'),
      quoteVolume: optionalDecimal(fields, 'v'),
      closed: typeof fields.w === 'boolean' ? fields.w : null,
    },
    exchangeTime: context.sentAt,
    receivedAt: context.receivedAt,
    sequence: null,
    raw: null,
  }
}
