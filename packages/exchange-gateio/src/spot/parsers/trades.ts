import type { Stream } from '@tapewire/core'
import {
  choice,
  dataMessage,
  decimal,
  id,
  integer,
  nullable,
  optional,
  type StreamTable,
  text,
  unnamedInstrument,
} from '@tapewire/core/adapter'
import { numberOf, timeOf } from '../../shared/fields.js'
import { notAMarket, type PushReader, pushShape, pushTime } from '../../shared/push.js'
import { wireChannels } from '../channels.js'

const sides = ['buy', 'sell'] as const

/**
 * `spot.trades`, and the deprecated `spot.trades_v2` with the same fields: one trade a push, `side` is the taker's. `id` counts over all markets;
 * `id_market` and `range` came in 2025. What may be absent here is so in recorded frames that were trimmed. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"id":9455001234,"id_market":5500123,"create_time":1767225601,"create_time_ms":"1767225601213.25","side":"sell","currency_pair":"BTC_USDT",
 *  "amount":"0.0105000000","price":"90012.4000000000","range":"5500123-5500123"}
 * ```
 */
const shape = pushShape(wireChannels.trades, {
  id: nullable(id),
  id_market: optional(integer),
  create_time: optional(integer),
  create_time_ms: optional(decimal),
  side: choice(...sides),
  currency_pair: optional(text),
  amount: decimal,
  price: decimal,
  range: optional(text),
})
const { result: slots } = shape.slots

export const tradesPush: PushReader = {
  shape,
  streamField: 'currency_pair',
  unread: ['id_market', 'range'],
  times: ({ create_time, create_time_ms }) => ({
    create_time: null,
    create_time_ms: timeOf(numberOf(create_time_ms), numberOf(create_time)),
  }),
  compose(streams, receivedAt) {
    const stream = shape.stream(slots.currency_pair, streams) ?? unnamed(streams)
    if (stream === null) return notAMarket(shape.text(slots.currency_pair))
    const time = timeOf(shape.number(slots.create_time_ms), shape.number(slots.create_time))
    const trade = {
      id: shape.text(slots.id),
      price: shape.number(slots.price),
      size: shape.number(slots.amount),
      side: sides[shape.choice(slots.side)] as (typeof sides)[number],
      time,
    }
    const sequence = shape.numberOrNull(slots.id)
    return dataMessage<'trades'>(stream, stream.instrument, [trade], time ?? pushTime(shape), receivedAt, sequence)
  },
}

/** The stream of a trade that does not say of which market it is. */
function unnamed(streams: StreamTable): Stream | null {
  return shape.start(slots.currency_pair) === -1 ? streams.of(unnamedInstrument.name) : null
}
