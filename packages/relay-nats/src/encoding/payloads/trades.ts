import type { PublicTrade } from '@tapewire/core'
import type { ByteReader } from '../byte-reader.js'
import type { ByteWriter } from '../byte-writer.js'

const isSell = 1
const hasId = 2
const hasTime = 4
const known = 7

/** The bits, the price and the size. */
const leastBytes = 17

export function writeTrades(writer: ByteWriter, trades: readonly PublicTrade[]): void {
  writer.count(trades.length)
  for (let index = 0; index < trades.length; index += 1) {
    const { id, price, size, side, time } = trades[index] as PublicTrade
    writer.reserve(leastBytes + 8)
    writer.u8((side === 'sell' ? isSell : 0) | (id === null ? 0 : hasId) | (time === null ? 0 : hasTime))
    writer.f64(price)
    writer.f64(size)
    if (time !== null) writer.f64(time)
    if (id !== null) writer.text(id)
  }
}

export function readTrades(reader: ByteReader): readonly PublicTrade[] {
  const count = reader.count(leastBytes)
  // Nearly always: a list that grows has room for sixteen more.
  if (count === 1) return [readTrade(reader)]
  const trades: PublicTrade[] = []
  for (let index = 0; index < count; index += 1) trades.push(readTrade(reader))
  return trades
}

function readTrade(reader: ByteReader): PublicTrade {
  const bits = reader.u8()
  if ((bits & ~known) !== 0) reader.fail()
  const price = reader.f64()
  const size = reader.f64()
  const time = (bits & hasTime) === 0 ? null : reader.f64()
  const id = (bits & hasId) === 0 ? null : reader.text()
  return { id, price, size, side: (bits & isSell) === 0 ? 'buy' : 'sell', time }
}
