import type { ExecutionData } from '@tapewire/core'
import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'
import { liquidityCodes, sideCodes } from '../words.js'

const hasClientId = 1
const hasQuoteSize = 2
const hasFee = 4
const hasFeeAsset = 8
const hasTime = 16
const known = 31

export function writeExecution(writer: ByteWriter, data: ExecutionData): void {
  const { id, orderId, clientId, side, price, size, quoteSize, fee, feeAsset, liquidity, time } = data
  let bits = clientId === null ? 0 : hasClientId
  if (quoteSize !== null) bits |= hasQuoteSize
  if (fee !== null) bits |= hasFee
  if (feeAsset !== null) bits |= hasFeeAsset
  if (time !== null) bits |= hasTime
  writer.reserve(11)
  writer.u8(bits)
  writer.u8(side === null ? 0 : sideCodes.codeOf[side])
  writer.u8(liquidity === null ? 0 : liquidityCodes.codeOf[liquidity])
  if (time !== null) writer.f64(time)
  writer.text(id)
  writer.text(orderId)
  writer.text(price)
  writer.text(size)
  if (clientId !== null) writer.text(clientId)
  if (quoteSize !== null) writer.text(quoteSize)
  if (fee !== null) writer.text(fee)
  if (feeAsset !== null) writer.text(feeAsset)
}

export function readExecution(reader: ByteReader): ExecutionData {
  const bits = reader.u8()
  if ((bits & ~known) !== 0) reader.fail()
  const side = reader.wordOrNull(sideCodes)
  const liquidity = reader.wordOrNull(liquidityCodes)
  const time = (bits & hasTime) === 0 ? null : reader.f64()
  const id = reader.text()
  const orderId = reader.text()
  const price = reader.text()
  const size = reader.text()
  const clientId = (bits & hasClientId) === 0 ? null : reader.text()
  const quoteSize = (bits & hasQuoteSize) === 0 ? null : reader.text()
  const fee = (bits & hasFee) === 0 ? null : reader.text()
  const feeAsset = (bits & hasFeeAsset) === 0 ? null : reader.text()
  return { id, orderId, clientId, side, price, size, quoteSize, fee, feeAsset, liquidity, time }
}
