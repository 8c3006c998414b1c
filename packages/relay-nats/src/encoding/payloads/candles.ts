import type { CandleData } from '@tapewire/core'
import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'
import { candleIntervalCodes } from '../words.js'

const hasBaseVolume = 1
const hasQuoteVolume = 2
const isClosedKnown = 4
const isClosed = 8
const known = 15

export function writeCandle(writer: ByteWriter, data: CandleData): void {
  const { interval, openTime, open, high, low, close, baseVolume, quoteVolume, closed } = data
  let bits = baseVolume === null ? 0 : hasBaseVolume
  if (quoteVolume !== null) bits |= hasQuoteVolume
  if (closed !== null) bits |= closed ? isClosedKnown | isClosed : isClosedKnown
  writer.reserve(58)
  writer.u8(candleIntervalCodes.codeOf[interval])
  writer.u8(bits)
  writer.f64(openTime)
  writer.f64(open)
  writer.f64(high)
  writer.f64(low)
  writer.f64(close)
  if (baseVolume !== null) writer.f64(baseVolume)
  if (quoteVolume !== null) writer.f64(quoteVolume)
}

export function readCandle(reader: ByteReader): CandleData {
  const interval = reader.word(candleIntervalCodes)
  const bits = reader.u8()
  if ((bits & ~known) !== 0 || (bits & (isClosedKnown | isClosed)) === isClosed) reader.fail()
  const openTime = reader.f64()
  const open = reader.f64()
  const high = reader.f64()
  const low = reader.f64()
  const close = reader.f64()
  const baseVolume = (bits & hasBaseVolume) === 0 ? null : reader.f64()
  const quoteVolume = (bits & hasQuoteVolume) === 0 ? null : reader.f64()
  const closed = (bits & isClosedKnown) === 0 ? null : (bits & isClosed) !== 0
  return { interval, openTime, open, high, low, close, baseVolume, quoteVolume, closed }
}
