import { readDecimal } from '../decimal.js'
import type { Source } from '../source.js'
import type { Registers } from './registers.js'

// What scanners call. Values are read from `start` on, behind the opening quote or bracket, and the first byte behind them is returned. None looks behind `end`.

/** Returned in place of a position: this is not the declared value. */
export const refused = -1

const quote = 34
const comma = 44
const openBracket = 91
const closeBracket = 93

/** A decimal in quotes, `shift` places smaller than it is written; `orEmpty` takes an empty text for none. */
export function readDecimalField(
  { bytes }: Source,
  start: number,
  end: number,
  { numbers }: Registers,
  slot: number,
  shift: number,
  orEmpty: boolean,
): number {
  const behind = readDecimal(bytes, start, end, numbers, slot, shift)
  if (behind >= end || bytes[behind] !== quote) return refused
  return Number.isNaN(numbers[slot]) && !(orEmpty && behind === start) ? refused : behind + 1
}

/** Price and size of one level. */
const level = new Float64Array(2)

export function readLevels({ bytes }: Source, start: number, end: number, registers: Registers, slot: number): number {
  const levels: number[] = []
  registers.levels[slot] = levels
  registers.starts[slot] = start
  let at = start
  if (bytes[at] === closeBracket) return at + 1
  // A level is no shorter than `["1","1"]`.
  while (at + 9 <= end) {
    if (bytes[at] !== openBracket || bytes[at + 1] !== quote) return refused
    at = readDecimal(bytes, at + 2, end, level, 0, 0)
    if (bytes[at] !== quote || bytes[at + 1] !== comma || bytes[at + 2] !== quote) return refused
    at = readDecimal(bytes, at + 3, end, level, 1, 0)
    if (bytes[at] !== quote || bytes[at + 1] !== closeBracket) return refused
    const price = level[0] as number
    const size = level[1] as number
    if (Number.isNaN(price) || Number.isNaN(size)) return refused
    levels.push(price, size)
    const next = bytes[at + 2]
    at += 3
    if (next === closeBracket) return at
    if (next !== comma) return refused
  }
  return refused
}
