import type { BookTickerData } from '@tapewire/core'
import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'

const hasBidPrice = 1
const hasBidSize = 2
const hasAskPrice = 4
const hasAskSize = 8
const known = 15

export function writeBookTicker(writer: ByteWriter, data: BookTickerData): void {
  const { bidPrice, bidSize, askPrice, askSize } = data
  writer.reserve(33)
  writer.u8(
    (bidPrice === null ? 0 : hasBidPrice) |
      (bidSize === null ? 0 : hasBidSize) |
      (askPrice === null ? 0 : hasAskPrice) |
      (askSize === null ? 0 : hasAskSize),
  )
  if (bidPrice !== null) writer.f64(bidPrice)
  if (bidSize !== null) writer.f64(bidSize)
  if (askPrice !== null) writer.f64(askPrice)
  if (askSize !== null) writer.f64(askSize)
}

export function readBookTicker(reader: ByteReader): BookTickerData {
  const bits = reader.u8()
  if ((bits & ~known) !== 0) reader.fail()
  const bidPrice = (bits & hasBidPrice) === 0 ? null : reader.f64()
  const bidSize = (bits & hasBidSize) === 0 ? null : reader.f64()
  const askPrice = (bits & hasAskPrice) === 0 ? null : reader.f64()
  const askSize = (bits & hasAskSize) === 0 ? null : reader.f64()
  return { bidPrice, bidSize, askPrice, askSize }
}
