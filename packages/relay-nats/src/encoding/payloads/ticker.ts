import type { TickerData } from '@tapewire/core'
import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'

const hasLast = 1
const hasOpen = 2
const hasHigh = 4
const hasLow = 8
const hasBaseVolume = 16
const hasQuoteVolume = 32
const hasChange = 64
const hasBidPrice = 128
const hasAskPrice = 256
const known = 511

export function writeTicker(writer: ByteWriter, data: TickerData): void {
  const { last, open, high, low, baseVolume, quoteVolume, change, bidPrice, askPrice } = data
  let bits = last === null ? 0 : hasLast
  if (open !== null) bits |= hasOpen
  if (high !== null) bits |= hasHigh
  if (low !== null) bits |= hasLow
  if (baseVolume !== null) bits |= hasBaseVolume
  if (quoteVolume !== null) bits |= hasQuoteVolume
  if (change !== null) bits |= hasChange
  if (bidPrice !== null) bits |= hasBidPrice
  if (askPrice !== null) bits |= hasAskPrice
  writer.reserve(74)
  writer.u16(bits)
  if (last !== null) writer.f64(last)
  if (open !== null) writer.f64(open)
  if (high !== null) writer.f64(high)
  if (low !== null) writer.f64(low)
  if (baseVolume !== null) writer.f64(baseVolume)
  if (quoteVolume !== null) writer.f64(quoteVolume)
  if (change !== null) writer.f64(change)
  if (bidPrice !== null) writer.f64(bidPrice)
  if (askPrice !== null) writer.f64(askPrice)
}

export function readTicker(reader: ByteReader): TickerData {
  const bits = reader.u16()
  if ((bits & ~known) !== 0) reader.fail()
  const last = (bits & hasLast) === 0 ? null : reader.f64()
  const open = (bits & hasOpen) === 0 ? null : reader.f64()
  const high = (bits & hasHigh) === 0 ? null : reader.f64()
  const low = (bits & hasLow) === 0 ? null : reader.f64()
  const baseVolume = (bits & hasBaseVolume) === 0 ? null : reader.f64()
  const quoteVolume = (bits & hasQuoteVolume) === 0 ? null : reader.f64()
  const change = (bits & hasChange) === 0 ? null : reader.f64()
  const bidPrice = (bits & hasBidPrice) === 0 ? null : reader.f64()
  const askPrice = (bits & hasAskPrice) === 0 ? null : reader.f64()
  return { last, open, high, low, baseVolume, quoteVolume, change, bidPrice, askPrice }
}
