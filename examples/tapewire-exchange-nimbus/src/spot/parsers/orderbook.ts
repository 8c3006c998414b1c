import type { DataMessage } from '@tapewire/core'
import { choice, constant, dataMessage, integer, jsonShape, priceLevelsOf, text } from '@tapewire/core/adapter'
import type { WireChannelStreams } from '../streams.js'
import type { PushReader } from './push.js'

const levels = priceLevelsOf({ notation: 'bare', keepsDigits: true })

/**
 * `{"type":"book","symbol":"BTC-USDT","ts":1767225600123,"kind":"update","bids":[[87500.10,0.50]],"asks":[],"checksum":3421901}`: a `snapshot`
 * first, then each `update` with the levels that changed; size 0 removes one.
 */
const declaration = {
  type: constant('book'),
  symbol: text,
  ts: integer,
  kind: choice('snapshot', 'update'),
  bids: levels,
  asks: levels,
  checksum: integer,
} as const

export function orderbookReader(source: WireChannelStreams): PushReader {
  const shape = jsonShape(declaration)
  const slot = shape.slots
  return {
    type: 'book',
    declaration,
    wireChannel: source.wireChannel,
    scan: (bytes, start, end) => shape.scan(bytes, start, end),
    load: (value) => shape.load(value),
    tableOf: () => source.table,
    tableAt: () => source.table,
    compose(receivedAt): DataMessage | null {
      const stream = shape.stream(slot.symbol, source.table)
      if (!stream) return null
      return dataMessage<'orderbook'>(
        stream,
        stream.instrument,
        {
          kind: shape.choice(slot.kind) === 0 ? 'snapshot' : 'delta',
          bids: shape.levels(slot.bids),
          asks: shape.levels(slot.asks),
          firstSequence: null,
          lastSequence: null,
          checksum: shape.number(slot.checksum),
          digits: { bids: shape.levelDigits(slot.bids), asks: shape.levelDigits(slot.asks) },
        },
        shape.number(slot.ts),
        receivedAt,
        null,
      )
    },
  }
}
