import type { OrderbookData } from '@tapewire/core'
import { choice, dataMessage, id, integer, jsonShape, priceLevelsOf } from '@tapewire/core/adapter'
import type { PushReader } from '../push.js'

const levels = priceLevelsOf({ notation: 'bare', keepsDigits: true })
const kinds = ['snapshot', 'delta'] as const

/**
 * Sample: `{"number":414,"time":1767225600123,"kind":"update","bids":[[87500.0,0.50000]],"asks":[[87500.1,0.00000]],"sum":3421780262}`
 * The snapshot comes first, once for each subscription. Nothing is numbered; `sum` is what `book-rules.ts` checks, and is made of the digits as they stand here.
 */
const shape = jsonShape({
  number: id,
  time: integer,
  kind: choice('snapshot', 'update'),
  bids: levels,
  asks: levels,
  sum: integer,
})
const { slots } = shape

export const orderbookPush: PushReader = {
  shape,
  compose(stream, receivedAt) {
    const data: OrderbookData = {
      kind: kinds[shape.choice(slots.kind)] as (typeof kinds)[number],
      bids: shape.levels(slots.bids),
      asks: shape.levels(slots.asks),
      firstSequence: null,
      lastSequence: null,
      checksum: shape.number(slots.sum),
      digits: { bids: shape.levelDigits(slots.bids), asks: shape.levelDigits(slots.asks) },
    }
    return dataMessage<'orderbook'>(stream, stream.instrument, data, shape.number(slots.time), receivedAt, null)
  },
}
