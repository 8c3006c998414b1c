import type { PublicTrade } from '@tapewire/core'
import { arrayOf, choice, dataMessage, decimalNumber, id, integer, jsonShape, tuple } from '@tapewire/core/adapter'
import type { PushReader } from '../push.js'

const takerSides = ['buy', 'sell'] as const

/**
 * Sample: `{"number":412,"time":1767225600123,"trades":[[18,87500.1,0.004,"b"]]}`
 * The last of a trade is the taker's side: `b` bought, `s` sold.
 */
const shape = jsonShape({
  number: id,
  time: integer,
  trades: arrayOf(tuple({ id, price: decimalNumber, size: decimalNumber, side: choice('b', 's') })),
})
const { slots } = shape

export const tradesPush: PushReader = {
  shape,
  compose(stream, receivedAt) {
    const time = shape.number(slots.time)
    const trades: PublicTrade[] = []
    for (let place = 0; place < shape.count(slots.trades); place += 1) {
      shape.item(slots.trades, place)
      const { id, price, size, side } = slots.trades.item
      trades.push({
        id: shape.text(id),
        price: shape.number(price),
        size: shape.number(size),
        side: takerSides[shape.choice(side)] as (typeof takerSides)[number],
        time,
      })
    }
    return dataMessage<'trades'>(stream, stream.instrument, trades, time, receivedAt, null)
  },
}
