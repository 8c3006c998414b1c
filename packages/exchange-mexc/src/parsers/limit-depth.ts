import {
  type Instrument,
  type OrderbookMessage,
  protoDigits,
  protoInteger,
  protoLevels,
  protoShape,
  protoText,
} from '@tapewire/core'
import type { PublicLimitDepthsV3Api } from '../generated/market-data.js'
import { bookMessage } from './book-message.js'
import type { FastBody } from './fast-body.js'
import { flatLevels } from './flat-levels.js'
import type { PushOrigin } from './push-origin.js'
import { readVersion } from './read-value.js'

/**
 * `spot@public.limit.depth`: the best 5, 10 or 20 levels of each side, best first; each push replaces the book.
 * Source: MEXC spot v3 API docs, "Partial Book Depth Streams".
 */
export function normaliseLimitDepth(
  origin: PushOrigin,
  symbol: Instrument,
  body: PublicLimitDepthsV3Api,
): OrderbookMessage {
  return bookMessage(origin, symbol, {
    kind: 'snapshot',
    lastSequence: readVersion(body.version, 'version'),
    bids: flatLevels(body.bids),
    asks: flatLevels(body.asks),
    firstSequence: null,
  })
}

const limitDepth = protoShape({
  asks: protoLevels(1),
  bids: protoLevels(2),
  eventType: protoText(3),
  version: protoDigits(4),
  lastOrderCreateTime: protoInteger(5),
})

export const limitDepthBody: FastBody = {
  field: 303,
  channel: 'limit.depth',
  shape: limitDepth,
  isQuote: false,
  read(origin, symbol) {
    const { slots } = limitDepth
    const lastSequence = limitDepth.number(slots.version)
    if (Number.isNaN(lastSequence)) return null
    return bookMessage(origin, symbol, {
      kind: 'snapshot',
      bids: limitDepth.levels(slots.bids),
      asks: limitDepth.levels(slots.asks),
      firstSequence: null,
      lastSequence,
    })
  },
}
