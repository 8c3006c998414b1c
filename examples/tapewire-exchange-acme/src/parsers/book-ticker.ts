import { dataMessage, decimalNumber, id, integer, jsonShape, nullable, tuple } from '@tapewire/core/adapter'
import type { PushReader } from '../push.js'

/**
 * Sample: `{"number":413,"time":1767225600123,"id":45,"bid":[87500,1.2],"ask":[87500.1,0.4]}`
 * A side is null where nobody quotes.
 */
const shape = jsonShape({
  number: id,
  time: integer,
  id: integer,
  bid: nullable(tuple({ price: decimalNumber, size: decimalNumber })),
  ask: nullable(tuple({ price: decimalNumber, size: decimalNumber })),
})
const { slots } = shape

export const bookTickerPush: PushReader = {
  shape,
  compose(stream, receivedAt) {
    const data = {
      bidPrice: shape.numberOrNull(slots.bid.price),
      bidSize: shape.numberOrNull(slots.bid.size),
      askPrice: shape.numberOrNull(slots.ask.price),
      askSize: shape.numberOrNull(slots.ask.size),
    }
    const time = shape.number(slots.time)
    return dataMessage<'book_ticker'>(stream, stream.instrument, data, time, receivedAt, shape.number(slots.id))
  },
}
