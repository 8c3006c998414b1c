import type { CandleInterval, DataMessage } from '@tapewire/core'
import { ByteTable, constant, dataMessage, decimalNumber, flag, integer, jsonShape, text } from '@tapewire/core/adapter'
import type { WireChannelStreams } from '../streams.js'
import type { PushReader } from './push.js'

/**
 * `{"type":"candle","symbol":"BTC-USDT","interval":"1m","ts":1767225600123,"open_time":1767225600000,"open":87500,"high":87510.5,"low":87490,
 * "close":87500.1,"volume":12.5,"closed":false}`
 */
const declaration = {
  type: constant('candle'),
  symbol: text,
  interval: text,
  ts: integer,
  open_time: integer,
  open: decimalNumber,
  high: decimalNumber,
  low: decimalNumber,
  close: decimalNumber,
  volume: decimalNumber,
  closed: flag,
} as const

/** Between the last letter of the symbol and the first of the width. */
const intervalKey = Buffer.from('","interval":"')
const quote = 0x22

export function candlesReader(sources: ReadonlyMap<string, WireChannelStreams>): PushReader {
  const shape = jsonShape(declaration)
  const slot = shape.slots
  const byInterval = new ByteTable<WireChannelStreams>()
  for (const [interval, source] of sources) byInterval.set(interval, source)
  return {
    type: 'candle',
    declaration,
    wireChannel: 'candles',
    scan: (bytes, start, end) => shape.scan(bytes, start, end),
    load: (value) => shape.load(value),
    tableOf: ({ interval }) => (typeof interval === 'string' ? (sources.get(interval)?.table ?? null) : null),
    tableAt(bytes, symbolEnd, end) {
      const from = symbolEnd + intervalKey.length
      if (from > end || intervalKey.compare(bytes, symbolEnd, from) !== 0) return null
      const to = bytes.indexOf(quote, from)
      return to === -1 || to >= end ? null : (byInterval.get(bytes, from, to)?.table ?? null)
    },
    compose(receivedAt): DataMessage | null {
      const source = shape.lookUp(slot.interval, byInterval)
      const stream = source ? shape.stream(slot.symbol, source.table) : null
      if (!stream) return null
      return dataMessage<'candles'>(
        stream,
        stream.instrument,
        {
          interval: stream.params.interval as CandleInterval,
          openTime: shape.number(slot.open_time),
          open: shape.number(slot.open),
          high: shape.number(slot.high),
          low: shape.number(slot.low),
          close: shape.number(slot.close),
          baseVolume: shape.number(slot.volume),
          quoteVolume: null,
          closed: shape.flag(slot.closed),
        },
        shape.number(slot.ts),
        receivedAt,
        null,
      )
    },
  }
}
