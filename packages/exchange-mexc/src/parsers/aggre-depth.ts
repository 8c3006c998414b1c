import {
  type Instrument,
  type OrderbookMessage,
  protoDigits,
  protoInteger,
  protoLevels,
  protoShape,
  protoText,
} from '@tapewire/core'
import type { PublicAggreDepthsV3Api } from '../generated/market-data.js'
import { bookMessage } from './book-message.js'
import type { FastBody } from './fast-body.js'
import { flatLevels } from './flat-levels.js'
import type { PushOrigin } from './push-origin.js'
import { readVersion } from './read-value.js'

/**
 * `spot@public.aggre.depth`: absolute sizes that changed from `fromVersion` to `toVersion`, both included; zero removes a level.
 * An empty side is absent, and asks precede bids. Source: MEXC spot v3 API docs, "Diff.Depth Stream".
 */
export function normaliseAggreDepth(
  origin: PushOrigin,
  symbol: Instrument,
  body: PublicAggreDepthsV3Api,
): OrderbookMessage {
  const lastSequence = readVersion(body.toVersion, 'toVersion')
  return bookMessage(origin, symbol, {
    kind: 'delta',
    bids: flatLevels(body.bids),
    asks: flatLevels(body.asks),
    firstSequence: readVersion(body.fromVersion, 'fromVersion'),
    lastSequence,
  })
}

const aggreDepth = protoShape({
  asks: protoLevels(1),
  bids: protoLevels(2),
  eventType: protoText(3),
  fromVersion: protoDigits(4),
  toVersion: protoDigits(5),
  lastOrderCreateTime: protoInteger(6),
})

export const aggreDepthBody: FastBody = {
  field: 313,
  channel: 'aggre.depth',
  shape: aggreDepth,
  isQuote: false,
  read(origin, symbol) {
    const { slots } = aggreDepth
    const firstSequence = aggreDepth.number(slots.fromVersion)
    const lastSequence = aggreDepth.number(slots.toVersion)
    if (Number.isNaN(firstSequence) || Number.isNaN(lastSequence)) return null
    return bookMessage(origin, symbol, {
      kind: 'delta',
      bids: aggreDepth.levels(slots.bids),
      asks: aggreDepth.levels(slots.asks),
      firstSequence,
      lastSequence,
    })
  },
}
