import type { DataMessage, PublicTrade } from '@tapewire/core'
import {
  arrayOf,
  choice,
  constant,
  dataMessage,
  decimalNumber,
  id,
  integer,
  jsonShape,
  text,
} from '@tapewire/core/adapter'
import type { WireChannelStreams } from '../streams.js'
import type { PushReader } from './push.js'

/** `{"type":"trade","symbol":"BTC-USDT","ts":1767225600123,"trades":[{"id":18,"price":87500.10,"size":0.50,"side":"buy"}]}` */
const declaration = {
  type: constant('trade'),
  symbol: text,
  ts: integer,
  trades: arrayOf({ id, price: decimalNumber, size: decimalNumber, side: choice('buy', 'sell') }),
} as const

export function tradesReader(source: WireChannelStreams): PushReader {
  const shape = jsonShape(declaration)
  const { symbol, ts, trades } = shape.slots
  const { item } = trades
  return {
    type: 'trade',
    declaration,
    wireChannel: source.wireChannel,
    scan: (bytes, start, end) => shape.scan(bytes, start, end),
    load: (value) => shape.load(value),
    tableOf: () => source.table,
    tableAt: () => source.table,
    compose(receivedAt): DataMessage | null {
      const stream = shape.stream(symbol, source.table)
      if (!stream) return null
      const time = shape.number(ts)
      const data: PublicTrade[] = []
      for (let place = 0, count = shape.count(trades); place < count; place++) {
        shape.item(trades, place)
        data.push({
          id: shape.text(item.id),
          price: shape.number(item.price),
          size: shape.number(item.size),
          side: shape.choice(item.side) === 0 ? 'buy' : 'sell',
          time,
        })
      }
      return dataMessage<'trades'>(stream, stream.instrument, data, time, receivedAt, null)
    },
  }
}
