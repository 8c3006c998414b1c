import type { OrderData } from '@tapewire/core'
import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'
import { orderStatusCodes, orderTypeCodes, sideCodes, timeInForceCodes } from '../words.js'

const hasClientId = 1
const hasPrice = 2
const hasTriggerPrice = 4
const hasSize = 8
const hasFilledSize = 16
const hasRemainingSize = 32
const hasAveragePrice = 64
const hasCreatedAt = 128
const hasUpdatedAt = 256
const known = 511

export function writeOrder(writer: ByteWriter, data: OrderData): void {
  const { id, clientId, side, type, timeInForce, status, price, triggerPrice, size, filledSize, remainingSize } = data
  const { averagePrice, createdAt, updatedAt } = data
  let bits = clientId === null ? 0 : hasClientId
  if (price !== null) bits |= hasPrice
  if (triggerPrice !== null) bits |= hasTriggerPrice
  if (size !== null) bits |= hasSize
  if (filledSize !== null) bits |= hasFilledSize
  if (remainingSize !== null) bits |= hasRemainingSize
  if (averagePrice !== null) bits |= hasAveragePrice
  if (createdAt !== null) bits |= hasCreatedAt
  if (updatedAt !== null) bits |= hasUpdatedAt
  writer.reserve(22)
  writer.u16(bits)
  writer.u8(side === null ? 0 : sideCodes.codeOf[side])
  writer.u8(type === null ? 0 : orderTypeCodes.codeOf[type])
  writer.u8(timeInForce === null ? 0 : timeInForceCodes.codeOf[timeInForce])
  writer.u8(status === null ? 0 : orderStatusCodes.codeOf[status])
  if (createdAt !== null) writer.f64(createdAt)
  if (updatedAt !== null) writer.f64(updatedAt)
  writer.text(id)
  if (clientId !== null) writer.text(clientId)
  if (price !== null) writer.text(price)
  if (triggerPrice !== null) writer.text(triggerPrice)
  if (size !== null) writer.text(size)
  if (filledSize !== null) writer.text(filledSize)
  if (remainingSize !== null) writer.text(remainingSize)
  if (averagePrice !== null) writer.text(averagePrice)
}

export function readOrder(reader: ByteReader): OrderData {
  const bits = reader.u16()
  if ((bits & ~known) !== 0) reader.fail()
  const side = reader.wordOrNull(sideCodes)
  const type = reader.wordOrNull(orderTypeCodes)
  const timeInForce = reader.wordOrNull(timeInForceCodes)
  const status = reader.wordOrNull(orderStatusCodes)
  const createdAt = (bits & hasCreatedAt) === 0 ? null : reader.f64()
  const updatedAt = (bits & hasUpdatedAt) === 0 ? null : reader.f64()
  const id = reader.text()
  const clientId = (bits & hasClientId) === 0 ? null : reader.text()
  const price = (bits & hasPrice) === 0 ? null : reader.text()
  const triggerPrice = (bits & hasTriggerPrice) === 0 ? null : reader.text()
  const size = (bits & hasSize) === 0 ? null : reader.text()
  const filledSize = (bits & hasFilledSize) === 0 ? null : reader.text()
  const remainingSize = (bits & hasRemainingSize) === 0 ? null : reader.text()
  const averagePrice = (bits & hasAveragePrice) === 0 ? null : reader.text()
  return {
    id,
    clientId,
    side,
    type,
    timeInForce,
    status,
    price,
    triggerPrice,
    size,
    filledSize,
    remainingSize,
    averagePrice,
    createdAt,
    updatedAt,
  }
}
