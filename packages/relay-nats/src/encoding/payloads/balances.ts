import type { BalanceData } from '@tapewire/core'
import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'

const hasFree = 1
const hasLocked = 2
const hasTotal = 4
const hasChange = 8
const hasFreeChange = 16
const hasReason = 32
const hasTime = 64
const known = 127

/** The bits, and an asset without a letter. */
const leastBytes = 2

export function writeBalances(writer: ByteWriter, balances: readonly BalanceData[]): void {
  writer.count(balances.length)
  for (let index = 0; index < balances.length; index += 1) writeBalance(writer, balances[index] as BalanceData)
}

export function readBalances(reader: ByteReader): readonly BalanceData[] {
  const count = reader.count(leastBytes)
  // Nearly always: a list that grows has room for sixteen more.
  if (count === 1) return [readBalance(reader)]
  const balances: BalanceData[] = []
  for (let index = 0; index < count; index += 1) balances.push(readBalance(reader))
  return balances
}

function writeBalance(writer: ByteWriter, data: BalanceData): void {
  const { asset, free, locked, total, change, freeChange, reason, time } = data
  let bits = free === null ? 0 : hasFree
  if (locked !== null) bits |= hasLocked
  if (total !== null) bits |= hasTotal
  if (change !== null) bits |= hasChange
  if (freeChange !== null) bits |= hasFreeChange
  if (reason !== null) bits |= hasReason
  if (time !== null) bits |= hasTime
  writer.reserve(9)
  writer.u8(bits)
  if (time !== null) writer.f64(time)
  writer.text(asset)
  if (free !== null) writer.text(free)
  if (locked !== null) writer.text(locked)
  if (total !== null) writer.text(total)
  if (change !== null) writer.text(change)
  if (freeChange !== null) writer.text(freeChange)
  if (reason !== null) writer.text(reason)
}

function readBalance(reader: ByteReader): BalanceData {
  const bits = reader.u8()
  if ((bits & ~known) !== 0) reader.fail()
  const time = (bits & hasTime) === 0 ? null : reader.f64()
  const asset = reader.text()
  const free = (bits & hasFree) === 0 ? null : reader.text()
  const locked = (bits & hasLocked) === 0 ? null : reader.text()
  const total = (bits & hasTotal) === 0 ? null : reader.text()
  const change = (bits & hasChange) === 0 ? null : reader.text()
  const freeChange = (bits & hasFreeChange) === 0 ? null : reader.text()
  const reason = (bits & hasReason) === 0 ? null : reader.text()
  return { asset, free, locked, total, change, freeChange, reason, time }
}
