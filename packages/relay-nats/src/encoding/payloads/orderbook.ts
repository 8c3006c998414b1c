import type { OrderbookData } from '@tapewire/core'
import type { BookDigits } from '@tapewire/core/adapter'
import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'

const isSnapshot = 1
const hasFirst = 2
const hasLast = 4
const hasChecksumNumber = 8
const hasChecksumText = 16
const hasDigits = 32
const known = 63

/** A price and a size. */
const levelBytes = 16

export function writeOrderbook(writer: ByteWriter, data: OrderbookData): void {
  const { kind, bids, asks, firstSequence, lastSequence, checksum, digits } = data
  let bits = kind === 'snapshot' ? isSnapshot : 0
  if (firstSequence !== null) bits |= hasFirst
  if (lastSequence !== null) bits |= hasLast
  if (checksum !== null) bits |= typeof checksum === 'number' ? hasChecksumNumber : hasChecksumText
  if (digits !== null) bits |= hasDigits
  writer.reserve(25)
  writer.u8(bits)
  if (firstSequence !== null) writer.f64(firstSequence)
  if (lastSequence !== null) writer.f64(lastSequence)
  if (typeof checksum === 'number') writer.f64(checksum)
  else if (checksum !== null) writer.text(checksum)
  writeSide(writer, bids)
  writeSide(writer, asks)
  if (digits === null) return
  writeTexts(writer, digits.bids)
  writeTexts(writer, digits.asks)
}

export function readOrderbook(reader: ByteReader): OrderbookData {
  const bits = reader.u8()
  if (
    (bits & ~known) !== 0 ||
    (bits & (hasChecksumNumber | hasChecksumText)) === (hasChecksumNumber | hasChecksumText)
  ) {
    reader.fail()
  }
  const kind = (bits & isSnapshot) === 0 ? 'delta' : 'snapshot'
  const firstSequence = (bits & hasFirst) === 0 ? null : reader.f64()
  const lastSequence = (bits & hasLast) === 0 ? null : reader.f64()
  const checksum =
    (bits & hasChecksumNumber) !== 0 ? reader.f64() : (bits & hasChecksumText) !== 0 ? reader.text() : null
  const bids = readSide(reader)
  const asks = readSide(reader)
  const digits = (bits & hasDigits) === 0 ? null : readDigits(reader, bids.length, asks.length)
  return { kind, bids, asks, firstSequence, lastSequence, checksum, digits }
}

function writeSide(writer: ByteWriter, levels: readonly number[]): void {
  writer.count(levels.length >>> 1)
  writer.numbers(levels)
}

function readSide(reader: ByteReader): number[] {
  return reader.numbers(reader.count(levelBytes) * 2)
}

/** As many as there are numbers in the levels that they are the texts of. */
function writeTexts(writer: ByteWriter, texts: readonly string[]): void {
  for (const text of texts) writer.text(text)
}

function readDigits(reader: ByteReader, bids: number, asks: number): BookDigits {
  return { bids: readTexts(reader, bids), asks: readTexts(reader, asks) }
}

function readTexts(reader: ByteReader, count: number): string[] {
  const texts: string[] = []
  for (let index = 0; index < count; index += 1) texts.push(reader.text())
  return texts
}
